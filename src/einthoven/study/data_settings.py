"""Section ``[data.NAME]`` of a study: a source with its own settings, and the role that it plays."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Mapping
from typing import Any

import pydantic
from pydantic import SerializeAsAny, SkipValidation

from einthoven.cohort.settings import Role
from einthoven.cohort.sources import SOURCES
from einthoven.cohort.sources.source import LabelRequest, Source
from einthoven.errors import SpecificationError
from einthoven.registry import nearest, resolve
from einthoven.study.settings_errors import accepted_keys, explain

__all__ = ["DataSettings", "data_settings"]


@dataclasses.dataclass(frozen=True)
class DataSettings:
    """One section ``[data.NAME]``: the source's own settings, checked against its class, and the role it plays.

    Sources that number their patients alike say so by the same word in ``patient_numbering``; otherwise patient 1 of
    one is another person than patient 1 of the next. What serves pretraining alone needs none of the study's labels; it
    may have ``labels`` of its own.
    """

    source: str
    role: Role
    settings: SerializeAsAny[SkipValidation[Source]]
    patient_numbering: str = ""
    labels: LabelRequest = ()


def data_settings(name: str, section: Mapping[str, Any]) -> DataSettings:
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
    labels = _own_labels(name, role, rest)
    kind = resolve("sources", source, SOURCES)
    unknown = next((key for key in rest if key not in accepted_keys(kind)), None)
    if unknown is not None:
        raise SpecificationError(f"data.{name} has no key {unknown!r}{nearest(unknown, accepted_keys(kind))}")
    try:
        settings = pydantic.TypeAdapter(kind).validate_python(rest)
    except pydantic.ValidationError as error:
        raise SpecificationError(f"data.{name}.{explain(error, kind)}") from error
    return DataSettings(source, role, settings, numbering, labels)


def _own_labels(name: str, role: str, rest: dict[str, Any]) -> LabelRequest:
    """Take ``labels`` out of a section that serves pretraining alone; the others have those of the cohort."""
    if role != "pretrain" or "labels" not in rest:
        return ()
    labels = rest.pop("labels")
    if isinstance(labels, str):
        return labels
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        raise SpecificationError(f"data.{name}.labels is a set of labels or a list of their names, got {labels!r}")
    return tuple(labels)
