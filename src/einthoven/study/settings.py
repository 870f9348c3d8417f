"""study.toml as typed settings: pydantic over the components' own dataclasses; an unknown key names the nearest one."""

from __future__ import annotations

import dataclasses
import importlib.util
import os
import re
import tomllib
import types
import typing
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import pydantic
from pydantic import BaseModel, ConfigDict, Field, SerializeAsAny, SkipValidation

from einthoven.cohort.settings import CohortSettings, Role
from einthoven.cohort.sources import SOURCES
from einthoven.cohort.sources.source import Source
from einthoven.ecg.input_spec import InputSpec
from einthoven.errors import EinthovenError, SpecificationError
from einthoven.evaluation.protocol import Protocol
from einthoven.models.architectures import resolved_settings
from einthoven.registry import nearest, resolve
from einthoven.study.input_settings import input_of_study
from einthoven.training.arm import ArmSettings

__all__ = ["DataSettings", "ReportSettings", "StoreSettings", "StudySettings", "load_study"]

UNKNOWN_KEY = ("extra_forbidden", "unexpected_keyword_argument")


@dataclasses.dataclass(frozen=True)
class StoreSettings:
    """Section ``[store]``: where prepared signals are kept (default: the run folder), by how many processes made."""

    path: str | None = None
    workers: int = dataclasses.field(default_factory=lambda: max(1, (os.cpu_count() or 1)))
    shard_records: int = 1000


@dataclasses.dataclass(frozen=True)
class ReportSettings:
    """Section ``[report]``."""

    examples: int = 4


@dataclasses.dataclass(frozen=True)
class DataSettings:
    """One section ``[data.NAME]``: the source's own settings, checked against its class, and the role it plays.

    Sources that number their patients alike say so by the same word in ``patient_numbering``; otherwise patient 1 of
    one is another person than patient 1 of the next.
    """

    source: str
    role: Role
    settings: SerializeAsAny[SkipValidation[Source]]
    patient_numbering: str = ""


class StudySettings(BaseModel):
    """A whole study file."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    version: Literal[1]
    title: str = "A study of ECGs"
    seed: int = Field(default=0, ge=0)
    data: dict[str, DataSettings] = Field(min_length=1)
    cohort: CohortSettings
    input: InputSpec = Field(default_factory=InputSpec)
    store: StoreSettings = Field(default_factory=StoreSettings)
    arm: dict[str, ArmSettings] = Field(default_factory=dict)
    evaluation: Protocol = Field(default_factory=Protocol)
    report: ReportSettings = Field(default_factory=ReportSettings)

    def to_plain(self) -> dict[str, Any]:
        """Return the resolved settings as JSON values."""
        return self.model_dump(mode="json")


def load_study(path: Path, *, data_paths: Mapping[str, str] | None = None) -> StudySettings:
    """Read a study file.

    Parameters
    ----------
    path : Path
    data_paths : mapping of data name to path, optional
        Overrides ``data.NAME.path``; paths inside the file count from the file's folder.

    Raises
    ------
    SpecificationError
        Names the file, the key and what is accepted.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SpecificationError(f"there is no study file {path}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SpecificationError(f"{path} is no valid TOML: {error}") from error
    _resolve_paths(values, path.parent, data_paths or {})
    try:
        _check_names([*values.get("data", {}), *values.get("arm", {})])
        values["data"] = {name: _data_settings(name, section) for name, section in values.get("data", {}).items()}
        if isinstance(values.get("input"), dict):
            values["input"] = input_of_study(values["input"])
        study = StudySettings.model_validate(values)
        for name, arm in study.arm.items():
            _check_arm(name, arm)
    except pydantic.ValidationError as error:
        raise SpecificationError(f"{path}: {_explain(error, StudySettings)}") from error
    except EinthovenError as error:
        raise SpecificationError(f"{path}: {error}") from error
    return study


def _check_names(names: Iterable[str]) -> None:
    """Names of data and arms become names of folders."""
    for name in names:
        if not re.fullmatch(r"[A-Za-z0-9][\w.-]*", name):
            raise SpecificationError(f"names of data and arms are letters, digits, '.', '_' and '-', got {name!r}")


def _check_arm(name: str, arm: ArmSettings) -> None:
    """Refuse an unknown network and seeds that aren't distinct, before anything is read.

    Networks are only known where torch is; a cohort can be made without.
    """
    try:
        if importlib.util.find_spec("torch") is not None:
            resolved_settings(arm.architecture, arm.settings)
    except SpecificationError as error:
        raise SpecificationError(f"arm.{name}: {error}") from error
    if not arm.seeds or min(arm.seeds) < 0 or len(set(arm.seeds)) != len(arm.seeds):
        raise SpecificationError(f"arm.{name}.seeds must be distinct whole numbers from 0, got {list(arm.seeds)}")


def _resolve_paths(values: dict[str, Any], folder: Path, overrides: Mapping[str, str]) -> None:
    data = values.get("data", {})
    for name in overrides:
        if name not in data:
            raise SpecificationError(f"--data names {name!r}, which the study file doesn't{nearest(name, data)}")
    for name, section in data.items():
        if name in overrides:
            section["path"] = str(Path(overrides[name]).resolve())
        elif "path" in section:
            section["path"] = str((folder / os.path.expandvars(section["path"])).resolve())
    split = values.get("cohort", {}).get("split", {})
    for section, key in ((values.get("store", {}), "path"), (split, "file")):
        if isinstance(section, dict) and isinstance(section.get(key), str):
            section[key] = str((folder / section[key]).resolve())


def _data_settings(name: str, section: Mapping[str, Any]) -> DataSettings:
    """Validate a section against the settings of the source that it names."""
    rest = dict(section)
    source, role = rest.pop("source", None), rest.pop("role", "develop")
    numbering = rest.pop("patient_numbering", "")
    if not isinstance(numbering, str):
        raise SpecificationError(f"data.{name}.patient_numbering is a word that sources share, got {numbering!r}")
    if source is None:
        raise SpecificationError(f"data.{name} must say its source{nearest('', SOURCES)}")
    if role not in typing.get_args(Role):
        raise SpecificationError(f"data.{name}.role must be one of {', '.join(typing.get_args(Role))}, got {role!r}")
    kind = resolve("sources", source, SOURCES)
    unknown = next((key for key in rest if key not in _accepted(kind)), None)
    if unknown is not None:
        raise SpecificationError(f"data.{name} has no key {unknown!r}{nearest(unknown, _accepted(kind))}")
    try:
        settings = pydantic.TypeAdapter(kind).validate_python(rest)
    except pydantic.ValidationError as error:
        raise SpecificationError(f"data.{name}.{_explain(error, kind)}") from error
    return DataSettings(source, role, settings, numbering)


def _explain(error: pydantic.ValidationError, root: Any) -> str:
    """Say the first problem in one line: where, what is accepted, what came."""
    problems = error.errors(include_url=False)
    # a misspelt section shows up as a missing one, too; the spelling is what has to be mended
    first = next((problem for problem in problems if problem["type"] in UNKNOWN_KEY), problems[0])
    if first["type"] in UNKNOWN_KEY:
        key = str(first["loc"][-1])
        parent, names = _followed(root, first["loc"][:-1])
        return f"{'.'.join(names) or 'the top level'} has no key {key!r}{nearest(key, _accepted(parent))}"
    names = _followed(root, first["loc"])[1]
    # of several types that were tried, the one that went deepest is the one that was meant
    within = [problem for problem in problems if _followed(root, problem["loc"])[1][: len(names)] == names]
    first = max(within, key=lambda problem: len(_followed(root, problem["loc"])[1]))
    place = ".".join(_followed(root, first["loc"])[1])
    if first["type"] == "missing":
        return f"{place} is missing"
    message = first["msg"].removeprefix("Value error, ")
    return f"{place}: {message}, got {first['input']!r}"


def _followed(kind: Any, location: tuple[int | str, ...]) -> tuple[Any, list[str]]:
    """Follow a location through models, dataclasses, tables and lists; return the type there and the names of the way.

    Where a value may be of several types, pydantic puts the one that it tried into the location; no file has that name.
    """
    names: list[str] = []
    for part in location:
        if isinstance(kind, types.UnionType):
            members = [member for member in typing.get_args(kind) if member is not type(None)]
            tried = next((member for member in members if str(part).startswith(member.__name__)), None)
            kind = tried or members[0]
            if len(members) > 1 and tried is not None:
                continue
        names.append(str(part))
        kind = _inner(kind, str(part))
    if isinstance(kind, types.UnionType):
        kind = next(member for member in typing.get_args(kind) if member is not type(None))
    return kind, names


def _inner(kind: Any, name: str) -> Any:
    if typing.get_origin(kind) is dict:
        return typing.get_args(kind)[1]
    if typing.get_origin(kind) in (tuple, list):
        return typing.get_args(kind)[0]
    return typing.get_type_hints(kind).get(name, Any) if isinstance(kind, type) else Any


def _accepted(kind: Any) -> list[str]:
    if dataclasses.is_dataclass(kind):
        return [field.name for field in dataclasses.fields(kind)]
    return list(kind.model_fields)
