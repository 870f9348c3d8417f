"""study.toml as typed settings: pydantic over the components' own dataclasses; an unknown key names the nearest one."""

from __future__ import annotations

import dataclasses
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import pydantic
from pydantic import BaseModel, ConfigDict, Field

from einthoven.cohort.settings import CohortSettings
from einthoven.ecg.input_spec import InputSpec
from einthoven.errors import EinthovenError, SpecificationError
from einthoven.evaluation.protocol import Protocol
from einthoven.models.architectures import resolved_settings
from einthoven.registry import nearest
from einthoven.study.arm_start import check_start, is_published, with_start
from einthoven.study.data_settings import DataSettings, data_settings
from einthoven.study.input_settings import input_of_study
from einthoven.study.pretrain_checks import check_pretraining, check_window, has_torch
from einthoven.study.settings_errors import explain
from einthoven.training.arm import ArmSettings
from einthoven.training.augmentation_settings import Augmentation
from einthoven.training.pretrain_settings import PretrainSettings

__all__ = ["DataSettings", "ReportSettings", "StoreSettings", "StudySettings", "load_study"]


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


class StudySettings(BaseModel):
    """A whole study file."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    version: Literal[1]
    title: str = "A study of ECGs"
    seed: int = Field(default=0, ge=0)
    data: dict[str, DataSettings] = Field(min_length=1)
    cohort: CohortSettings = Field(default_factory=CohortSettings)
    input: InputSpec = Field(default_factory=InputSpec)
    store: StoreSettings = Field(default_factory=StoreSettings)
    pretrain: dict[str, PretrainSettings] = Field(default_factory=dict)
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
        _check_names([*values.get("data", {}), *values.get("pretrain", {}), *values.get("arm", {})])
        values["data"] = {name: data_settings(name, section) for name, section in values.get("data", {}).items()}
        if isinstance(values.get("input"), dict):
            values["input"] = input_of_study(values["input"])
        _keep_archives_apart(values)
        _disturb_nothing_unasked(values)
        _resolve_starts(values, path.parent)
        study = StudySettings.model_validate(values)
        _check_study(study)
    except pydantic.ValidationError as error:
        raise SpecificationError(f"{path}: {explain(error, StudySettings)}") from error
    except EinthovenError as error:
        raise SpecificationError(f"{path}: {error}") from error
    return study


def _keep_archives_apart(values: dict[str, Any]) -> None:
    """Let nobody who is tested be pretrained on under another id of an archive, unless the study decides otherwise."""
    cohort = values.get("cohort")
    if isinstance(cohort, dict) and any(section.role == "pretrain" for section in values["data"].values()):
        cohort.setdefault("near_duplicates", "drop")


def _disturb_nothing_unasked(values: dict[str, Any]) -> None:
    """Fill up the augmentation of pretrainings with nothing; an arm's has defaults of its own."""
    pretrain = values.get("pretrain", {})
    for section in pretrain.values() if isinstance(pretrain, dict) else ():
        if isinstance(section, dict) and isinstance(section.get("augmentation"), dict):
            section["augmentation"] = {**dataclasses.asdict(Augmentation.off()), **section["augmentation"]}


def _resolve_starts(values: dict[str, Any], folder: Path) -> None:
    """Give arms that start from an encoder its architecture."""
    arms, pretrain = values.get("arm"), values.get("pretrain", {})
    if isinstance(arms, dict) and isinstance(pretrain, dict):
        values["arm"] = {
            name: with_start(name, section, pretrain=pretrain, folder=folder) if isinstance(section, dict) else section
            for name, section in arms.items()
        }


def _check_study(study: StudySettings) -> None:
    """Refuse what contradicts itself across sections, before anything is read."""
    roles = {name: section.role for name, section in study.data.items()}
    if not study.pretrain:
        _check_outcome(study.cohort)
        idle = next((name for name, role in roles.items() if role == "pretrain"), None)
        if idle is not None:
            raise SpecificationError(f"data.{idle} serves pretraining, but the study has no [pretrain.NAME]")
    if study.arm:
        _check_outcome(study.cohort)
        if "develop" not in roles.values():
            raise SpecificationError("arms learn from data with the role develop, and there is none")
    for name, pretraining in study.pretrain.items():
        if is_published(name):
            raise SpecificationError(f"pretrain.{name} has the name of a published model: choose another")
        check_pretraining(name, pretraining, data=study.data, given=study.input)
    for name, arm in study.arm.items():
        _check_arm(name, arm, study)


def _check_outcome(cohort: CohortSettings) -> None:
    """Only pretraining can do without."""
    if not cohort.labels and not cohort.outcomes:
        raise SpecificationError(
            "the cohort has no outcome: name a label set or labels in cohort.labels, or rules in cohort.outcomes, "
            'for example lvsd = "lvef <= 40"'
        )


def _check_names(names: Iterable[str]) -> None:
    """Names of data and arms become names of folders."""
    for name in names:
        if not re.fullmatch(r"[A-Za-z0-9][\w.-]*", name):
            raise SpecificationError(f"names of data and arms are letters, digits, '.', '_' and '-', got {name!r}")


def _check_arm(name: str, arm: ArmSettings, study: StudySettings) -> None:
    """Refuse an unknown network, seeds that aren't distinct, and a start that is fed otherwise.

    Networks are only known where torch is; a cohort can be made without.
    """
    try:
        if has_torch():
            resolved_settings(arm.architecture, arm.settings)
            if arm.start:
                leads = arm.leads or study.input.leads
                check_window(arm.architecture, arm.settings, leads=leads, n=study.input.window_samples)
    except EinthovenError as error:
        raise SpecificationError(f"arm.{name}: {error}") from error
    if not arm.seeds or min(arm.seeds) < 0 or len(set(arm.seeds)) != len(arm.seeds):
        raise SpecificationError(f"arm.{name}.seeds must be distinct whole numbers from 0, got {list(arm.seeds)}")
    check_start(name, arm, given=study.input, pretrain=study.pretrain)


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
    for section, key in _sections_with_paths(values):
        if isinstance(section, dict) and isinstance(section.get(key), str) and section[key]:
            section[key] = str((folder / section[key]).resolve())


def _sections_with_paths(values: dict[str, Any]) -> list[tuple[Any, str]]:
    """Return tables of the file that may name a file or folder, with the key that does."""
    pretrain = values.get("pretrain", {})
    pretrainings = [one for one in pretrain.values() if isinstance(one, dict)] if isinstance(pretrain, dict) else []
    split = values.get("cohort", {}).get("split", {})
    return [(values.get("store", {}), "path"), (split, "file"), *((one.get("vectors"), "path") for one in pretrainings)]
