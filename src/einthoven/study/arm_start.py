"""``from`` in ``[arm.NAME]``: what an arm's encoder starts from decides its architecture, and what it must be fed.

Three things are accepted: a pretraining of the study, the folder of a checkpoint, and the name of a published model
whose file stands in ``weights``. Nothing here needs torch, so all is checked before anything is read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from einthoven.ecg.input_spec import InputSpec
from einthoven.errors import SpecificationError
from einthoven.models.public.catalogue import public_model, public_model_names
from einthoven.registry import nearest
from einthoven.training.arm import ArmSettings
from einthoven.training.pretrain_settings import PretrainSettings

__all__ = ["check_start", "is_published", "published_preset", "start_folder", "with_start"]

DESCRIPTION = "checkpoint.json"
OF_THE_START = ("architecture", "settings")


def with_start(name: str, section: Mapping[str, Any], *, pretrain: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Return the section with ``start`` for ``from``, and with the architecture and settings of what it starts from.

    Parameters
    ----------
    name : str
        Of the arm.
    section : mapping
        As the file has it.
    pretrain : mapping of name to section
        The study's pretrainings, as the file has them.
    folder : Path
        From which paths count.

    Raises
    ------
    SpecificationError
        Nothing has that name, or the section gives an architecture or settings of its own.
    """
    if "start" in section:
        raise SpecificationError(f"arm.{name} has no key 'start'; did you mean 'from'?")
    rest, given = {key: value for key, value in section.items() if key != "from"}, section.get("from")
    of_public = isinstance(given, str) and given not in pretrain and is_published(given)
    if rest.get("weights") and not of_public:
        raise SpecificationError(f"arm.{name}.weights is the file of a published model: name that in arm.{name}.from")
    if given is None:
        return rest
    if not isinstance(given, str) or not given:
        raise SpecificationError(f"arm.{name}.from is a name or a folder, got {given!r}")
    start, facts = _found(name, given, rest, pretrain=pretrain, folder=folder)
    for key in OF_THE_START:
        if key in rest and rest[key] != facts[key]:
            raise SpecificationError(
                f"arm.{name}.{key} is that of what it starts from ({given}): leave it out; got {rest[key]!r} beside "
                f"{facts[key]!r}"
            )
    return {**facts, **rest, "start": start}


def is_published(start: str) -> bool:
    """Return whether an arm starts from a published model."""
    return start in public_model_names()


def start_folder(start: str) -> Path | None:
    """Return the folder of the checkpoint that an arm starts from; None for a pretraining or a published model."""
    return Path(start) if Path(start).is_absolute() else None


def check_start(name: str, arm: ArmSettings, *, given: InputSpec, pretrain: Mapping[str, PretrainSettings]) -> None:
    """Refuse to feed an encoder otherwise than it was pretrained.

    Parameters
    ----------
    name : str
        Of the arm.
    arm : ArmSettings
    given : InputSpec
        Of the study.
    pretrain : mapping of name to PretrainSettings

    Raises
    ------
    SpecificationError
        Names what differs.
    """
    if not arm.start:
        return
    leads = tuple(arm.leads) or given.leads
    if arm.start in pretrain:
        wanted = tuple(pretrain[arm.start].leads) or given.leads
        if leads != wanted:
            raise SpecificationError(_other(name, arm.start, "leads", list(leads), list(wanted)))
        return
    if is_published(arm.start):
        published_preset(arm.start, given, place=f"arm.{name}")
        spec = public_model(arm.start).spec
    else:
        spec = InputSpec.from_dict(_read(Path(arm.start))["input"])
        _check_input(name, arm.start, given, spec)
    if leads != spec.leads:
        raise SpecificationError(_other(name, arm.start, "leads", list(leads), list(spec.leads)))


def published_preset(public: str, given: InputSpec, *, place: str) -> str:
    """Return which of a published model's presets the study's input is.

    Raises
    ------
    SpecificationError
        None of them.
    """
    presets = public_model(public).presets
    for preset, spec in presets.items():
        if spec.ingest == given.ingest and _scaling(spec) == _scaling(given):
            return preset
    raise SpecificationError(
        f"{place} starts from {public}, whose input is prepared otherwise than [input] says: put "
        f"public = {public!r} there (presets: {', '.join(presets)})"
    )


def _check_input(name: str, start: str, given: InputSpec, wanted: InputSpec) -> None:
    if given.ingest != wanted.ingest:
        ours, theirs = given.ingest.to_dict(), wanted.ingest.to_dict()
        key = next((key for key in theirs if ours.get(key) != theirs[key]), "ingest")
        raise SpecificationError(_other(name, start, f"input.ingest.{key}", ours.get(key), theirs.get(key)))
    for key, ours, theirs in zip(("normalise", "clip_mv"), _scaling(given), _scaling(wanted), strict=True):
        if ours != theirs:
            raise SpecificationError(_other(name, start, f"input.view.{key}", ours, theirs))


def _scaling(spec: InputSpec) -> tuple[Any, Any]:
    return spec.view.normalise, spec.view.clip_mv


def _other(name: str, start: str, what: str, ours: object, theirs: object) -> str:
    return f"arm.{name} starts from {start}, which was pretrained with other {what}: got {ours}, needs {theirs}"


def _found(
    name: str, given: str, rest: dict[str, Any], *, pretrain: Mapping[str, Any], folder: Path
) -> tuple[str, dict[str, Any]]:
    """Return what ``start`` is to hold, and what the arm takes over from it."""
    if given in pretrain:
        return given, _of_pretraining(pretrain[given])
    if is_published(given):
        return given, _of_published(name, given, rest, folder)
    start = (folder / given).resolve()
    if not (start / DESCRIPTION).is_file():
        known = [*pretrain, *public_model_names()]
        raise SpecificationError(
            f"arm.{name}.from is a pretraining of the study, a published model, or a folder with {DESCRIPTION}; "
            f"{given!r} is none of them{nearest(given, known)}"
        )
    return str(start), {key: value for key, value in _read(start).items() if key in OF_THE_START}


def _of_pretraining(section: Any) -> dict[str, Any]:
    values = section if isinstance(section, Mapping) else {}
    return {
        "architecture": values.get("architecture", PretrainSettings.__dataclass_fields__["architecture"].default),
        "settings": values.get("settings", {}),
        **({"leads": values["leads"]} if "leads" in values else {}),
    }


def _of_published(name: str, given: str, rest: dict[str, Any], folder: Path) -> dict[str, Any]:
    weights = rest.get("weights")
    if not isinstance(weights, str) or not weights:
        raise SpecificationError(
            f"arm.{name}.from = {given!r} is a published model: say where its file lies in arm.{name}.weights "
            f"(`einthoven models show {given}` says where it is offered)"
        )
    rest["weights"] = str((folder / weights).resolve())
    if not Path(rest["weights"]).is_file():
        raise SpecificationError(f"arm.{name}.weights: there is no file {rest['weights']}")
    model = public_model(given)
    return {"architecture": model.architecture, "settings": dict(model.settings)}


def _read(folder: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((folder / DESCRIPTION).read_text())
        return {key: found[key] for key in ("architecture", "settings", "input")}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SpecificationError(f"{folder / DESCRIPTION} is damaged: {error}") from error
