"""What ``[pretrain.NAME]`` asks for is held against what there is, before anything is read or trained."""

from __future__ import annotations

import fnmatch
import importlib.util
import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from einthoven.cohort.cohort import SPLITS
from einthoven.ecg.input_spec import InputSpec
from einthoven.errors import EinthovenError, SpecificationError
from einthoven.models.architectures import build_encoder
from einthoven.models.plain_settings import settings_from
from einthoven.registry import names, nearest, resolve
from einthoven.study.data_settings import DataSettings
from einthoven.training.objectives import OBJECTIVES
from einthoven.training.pretrain_settings import PretrainSettings

__all__ = ["asked_labels", "check_labels", "check_pretraining", "check_window", "has_torch", "serving"]

logger = logging.getLogger(__name__)
WEIGHT = "weight"


def has_torch() -> bool:
    """Return whether networks and objectives can be looked at; a cohort can be made without."""
    return importlib.util.find_spec("torch") is not None


def serving(settings: PretrainSettings, data: Mapping[str, DataSettings]) -> tuple[str, ...]:
    """Return the names of the data that a pretraining learns from: those it asks for, or all that aren't external."""
    return tuple(settings.data) or tuple(name for name, section in data.items() if section.role != "external")


def check_pretraining(
    name: str, settings: PretrainSettings, *, data: Mapping[str, DataSettings], given: InputSpec
) -> None:
    """Refuse data, splits, seeds, objectives, an architecture or settings that don't exist.

    Parameters
    ----------
    name : str
    settings : PretrainSettings
    data : mapping of name to DataSettings
    given : InputSpec
        Of the study.

    Raises
    ------
    SpecificationError
        Names the key and the nearest accepted word.
    """
    place = f"pretrain.{name}"
    _check_among(settings.data, data, place=f"{place}.data")
    for one in settings.data:
        if data[one].role == "external":
            raise SpecificationError(f"{place}.data has {one!r}, which is external: no training ever touches it")
    if not serving(settings, data):
        raise SpecificationError(f"{place} has no data: all of [data] is external")
    _check_among(settings.splits, ("train", "validation"), place=f"{place}.splits")
    if not settings.splits:
        raise SpecificationError(f"{place}.splits is empty; accepted: {', '.join(SPLITS[:2])}")
    _check_among(settings.leads, given.leads, place=f"{place}.leads")
    seeds = settings.seeds
    if not seeds or min(seeds) < 0 or len(set(seeds)) != len(seeds):
        raise SpecificationError(f"{place}.seeds must be distinct whole numbers from 0, got {list(seeds)}")
    for objective, values in settings.objectives.items():
        _check_objective(objective, values, place=f"{place}.objectives.{objective}")
    if "supervised" in settings.objectives and not settings.labels:
        raise SpecificationError(f"{place}: the objective supervised needs labels: name them in {place}.labels")
    if has_torch():
        leads = settings.leads or given.leads
        try:
            check_window(settings.architecture, settings.settings, leads=leads, n=given.window_samples)
            _check_suited(settings, leads=leads, given=given)
        except EinthovenError as error:
            raise SpecificationError(f"{place}: {error}") from error


def check_window(architecture: str, settings: Mapping[str, Any], *, leads: Sequence[str], n: int) -> None:
    """Refuse an architecture that doesn't exist, or doesn't take windows of so many leads and samples.

    Raises
    ------
    EinthovenError
        See ``build_encoder``; a window of another length is refused by name.
    """
    import torch

    with torch.device("meta"), torch.random.fork_rng(devices=[]):  # shapes alone, which take neither memory nor time
        encoder = build_encoder(architecture, n_leads=len(leads), **settings)
    encoder.lengths.check(n, name=architecture)


def _check_suited(settings: PretrainSettings, *, leads: Sequence[str], given: InputSpec) -> None:
    """Refuse objectives that can't train this architecture, or don't go together, before an archive is read."""
    import torch

    from einthoven.training.composition import composition
    from einthoven.training.objectives.objective import Facts

    one_each = np.ones(len(settings.labels), np.int64)
    frames = max(int(values.get("frames", 1)) for values in settings.objectives.values())
    facts = Facts(
        leads=tuple(leads),
        window_samples=given.window_samples,
        rate_hz=given.ingest.rate_hz,
        labels=settings.labels,
        positives=one_each,
        negatives=one_each,
        # vectors are read later; these can be cut into the frames that are asked for
        vector_width=max(1, frames) if settings.vectors.path else 0,
    )
    with torch.device("meta"), torch.random.fork_rng(devices=[]):
        encoder = build_encoder(settings.architecture, n_leads=len(leads), **settings.settings)
        try:
            composition(settings.objectives, encoder, facts)
        except RuntimeError as error:  # an operation that needs more than shapes: the pretraining itself will tell
            logger.debug("objectives aren't looked at ahead: %s", error)


def check_labels(name: str, settings: PretrainSettings, tasks: Sequence[str]) -> None:
    """Refuse labels and watched tasks that nothing in the cohort is called.

    Parameters
    ----------
    name : str
    settings : PretrainSettings
    tasks : sequence of str
        All that the cohort will have.

    Raises
    ------
    SpecificationError
        Names the nearest.
    """
    for key, asked in (("labels", settings.labels), ("watch.tasks", settings.watch.tasks)):
        for pattern in asked:
            if not fnmatch.filter(tasks, pattern):
                near = nearest(pattern, tasks) if tasks else "; the cohort has none"
                raise SpecificationError(f"pretrain.{name}.{key}: no label is called {pattern!r}{near}")


def asked_labels(settings: PretrainSettings, tasks: Sequence[str], *, outcomes: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the labels that a pretraining learns.

    A pattern stands for labels that are no outcomes of the study: pretraining on ``*`` doesn't make an arm's few labels
    many. An outcome is learnt where it is named.

    Parameters
    ----------
    settings : PretrainSettings
    tasks : sequence of str
        All that the cohort has.
    outcomes : sequence of str
        Those of them that are evaluated.

    Raises
    ------
    SpecificationError
        Patterns match outcomes alone.
    """
    found: dict[str, None] = {}
    for pattern in settings.labels:
        named = pattern in tasks
        matched = [pattern] if named else [task for task in fnmatch.filter(tasks, pattern) if task not in outcomes]
        found |= dict.fromkeys(matched)
    if settings.labels and not found:
        raise SpecificationError(
            f"the labels {', '.join(settings.labels)} of a pretraining match outcomes of the study alone, which are "
            f"learnt only where they are named: write {', '.join(outcomes)}, say, or add other labels to the data"
        )
    return tuple(found)


def _check_objective(objective: str, values: Mapping[str, Any], *, place: str) -> None:
    _check_among((objective,), names("objectives", OBJECTIVES), place=place.rpartition(".")[0])
    weight = values.get(WEIGHT, 1.0)
    if not isinstance(weight, int | float) or isinstance(weight, bool) or not weight > 0:
        raise SpecificationError(f"{place}.weight must be a positive number, got {weight!r}")
    if not has_torch():
        return
    kind = resolve("objectives", objective, OBJECTIVES)
    own = {key: value for key, value in values.items() if key != WEIGHT}
    try:
        settings_from(kind.settings_type, own, where="it")
    except EinthovenError as error:
        raise SpecificationError(f"{place}: {error}") from error
    except TypeError as error:
        raise SpecificationError(f"{place}: a value is of another kind than its setting ({error})") from error


def _check_among(asked: Iterable[str], accepted: Iterable[str], *, place: str) -> None:
    known = list(accepted)
    for name in asked:
        if name not in known:
            raise SpecificationError(f"{place} has no {name!r}{nearest(name, known)}")
