"""Which labels a study asks of a data set: its owners' own, or those of findings that all data sets share."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from einthoven.cohort.labels.label_columns import label_columns
from einthoven.cohort.labels.label_sets import LABEL_SETS, resolve_labels
from einthoven.cohort.labels.presence import Presence
from einthoven.cohort.labels.vocabulary import vocabulary
from einthoven.cohort.sources.source import LabelRequest
from einthoven.errors import CohortError
from einthoven.registry import nearest

__all__ = ["FindingLabels", "RequestedLabels", "finding_columns", "known_only"]

Columns = dict[str, list[object]]


@dataclass(frozen=True, slots=True)
class RequestedLabels:
    """The labels of one study.

    Attributes
    ----------
    outcomes, auxiliary : tuple of str
        In the order asked for; none is in both.
    own : tuple of str
        Those among them that the owners publish under that name.
    """

    outcomes: tuple[str, ...]
    auxiliary: tuple[str, ...]
    own: tuple[str, ...]

    @property
    def shared(self) -> tuple[str, ...]:
        """Those that findings or measurements decide."""
        return tuple(name for name in (*self.outcomes, *self.auxiliary) if name not in self.own)

    @property
    def stated(self) -> tuple[str, ...]:
        """Those that findings decide, not measurements."""
        return tuple(name for name, label in resolve_labels(self.shared).items() if not label.measurement)

    @classmethod
    def of(
        cls,
        labels: LabelRequest,
        auxiliary: LabelRequest = (),
        *,
        owner: str,
        own: Collection[str] = (),
        own_sets: Mapping[str, Sequence[str]] | None = None,
        findings: bool = True,
    ) -> RequestedLabels:
        """Resolve both requests of ``load``: sets and labels of the owners first, then the shared ones.

        Parameters
        ----------
        labels, auxiliary : label request
        owner : str
            The data set, for the error.
        own : collection of str
            Labels that the owners publish.
        own_sets : mapping of str to sequence of str, optional
            Sets of them.
        findings : bool
            Whether labels of findings can be answered, too.

        Raises
        ------
        CohortError
            For a name that is none of these, with the nearest one.
        """
        answers = _Answers(owner, {name: (name,) for name in own} | dict(own_sets or {}), findings)
        outcomes = answers.names(labels)
        helpers = tuple(name for name in answers.names(auxiliary) if name not in outcomes)
        return cls(outcomes, helpers, tuple(name for name in (*outcomes, *helpers) if name in own))


class _Answers(NamedTuple):
    """What a data set can answer: names of its own labels and sets with their labels, and perhaps all findings."""

    owner: str
    own: Mapping[str, Sequence[str]]
    findings: bool

    def names(self, request: LabelRequest) -> tuple[str, ...]:
        labels: dict[str, None] = {}
        for name in (request,) if isinstance(request, str) else request:
            if name:
                labels |= dict.fromkeys(self.own[name] if name in self.own else self._shared(name))
        return tuple(labels)

    def _shared(self, name: str) -> tuple[str, ...]:
        known = list(self.own)
        if self.findings:
            shared = {*LABEL_SETS, *(label.name for labels in LABEL_SETS.values() for label in labels)}
            known += sorted(shared | set(vocabulary().words))
        if not self.findings or name not in known:
            raise CohortError(f"{self.owner} has no label or label set {name!r}{nearest(name, known)}")
        return tuple(resolve_labels(name))


@dataclass(frozen=True, slots=True, eq=False)
class FindingLabels:
    """What is known of each ECG for the labels of findings.

    Attributes
    ----------
    findings : sequence of (mapping of concept to presence) or None
        The different findings there are.
    row_of : Series of int, one per ECG
        Which of them an ECG has: those of a million ECGs are few, and each is looked at once.
    measurements : mapping of name to Series, one entry per ECG
    sex : Series of F, M or U, one per ECG
    """

    findings: Sequence[Mapping[str, Presence] | None]
    row_of: pl.Series
    measurements: Mapping[str, pl.Series]
    sex: pl.Series | None = None


def finding_columns(known: FindingLabels, names: tuple[str, ...]) -> Columns:
    """Return ``y.`` and ``u.`` columns of shared labels, one entry per ECG."""
    if not names:
        return {}
    labels = resolve_labels(names)
    measured = tuple(name for name in names if labels[name].measurement)
    stated = tuple(name for name in names if name not in measured)
    columns: Columns = {}
    for name, values in label_columns(known.findings, stated).items():
        dtype = pl.Boolean if name.startswith("u.") else pl.Float64
        columns[name] = pl.Series(values, dtype=dtype).gather(known.row_of).to_list()
    if measured:
        measurements = {name: values.to_list() for name, values in known.measurements.items()}
        sex = None if known.sex is None else known.sex.to_list()
        silent: list[Mapping[str, Presence] | None] = [None] * known.row_of.len()
        for name, values in label_columns(silent, measured, measurements=measurements, sex=sex).items():
            columns[name] = list(values)
    return columns


def known_only(columns: Columns, *, answered: Collection[str]) -> Columns:
    """Return the columns with 0 only for labels whose concepts the owners looked for: others are unknown unless 1.

    Parameters
    ----------
    columns : dict of str to list
        ``y.`` and ``u.`` columns.
    answered : collection of str
        Concepts that the owners answered with yes or no for every ECG.
    """
    kept: Columns = {}
    for name, values in columns.items():
        concepts = resolve_labels(name[2:])[name[2:]].concepts
        is_certain = name.startswith("u.") or (concepts and concepts <= set(answered))
        kept[name] = values if is_certain else [1.0 if value == 1.0 else None for value in values]
    return kept
