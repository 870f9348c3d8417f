"""The records of one label in groups, each beside its complement, resampled together; what subgroups and fairness read.

How an interval is made: by the bootstrap over patients (BCa), which all groups share. Where that can't be trusted, the
interval is the one that the whole test set would get: a share with fewer than 5 hits or fewer than 5 misses has the
exact binomial one, an area of fewer than 30 positives or negatives the one of ``auroc``. ``method`` says which. What is
counted are patients with a hit, a miss, a positive: ten ECGs of one patient are not ten events.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from einthoven.errors import OneClassError, TooFewObservationsError
from einthoven.evaluation.context import UNKNOWN, Context
from einthoven.evaluation.estimate import Estimate, TestResult
from einthoven.evaluation.label_metrics import DECISION_METRICS, undefined
from einthoven.evaluation.label_scores import LabelScores
from einthoven.evaluation.statistics.auroc import auroc
from einthoven.evaluation.statistics.bca_interval import Resampled, bca_interval, bca_p_value, linearised_error
from einthoven.evaluation.statistics.binary_outcome import BinaryOutcome, binary_outcome
from einthoven.evaluation.statistics.group_bootstrap import SHARES, GroupReplicates, group_bootstrap
from einthoven.evaluation.statistics.group_influence import group_influence, share_members
from einthoven.evaluation.statistics.mover_difference import mover_difference

__all__ = ["MOST_GROUPS", "Group", "GroupTable", "group_table"]

# a column with more values is a measurement, or an id
MOST_GROUPS = 50
# with fewer hits, or fewer misses, resamples say too little of a share
FEW_HITS = 5
# with fewer positives, or negatives, resamples say too little of an area
FEW_EVENTS = 30
CALIBRATION = "observed_expected"


@dataclass(frozen=True, slots=True)
class Group:
    """One value of one column.

    Attributes
    ----------
    column, value : str
        Of crossed columns both are joined by `` x ``.
    index : int
        Its set of records.
    rest : int, optional
        The set of records with another known value; None where there is none.
    known : bool
        Whether no cell is empty.
    """

    column: str
    value: str
    index: int
    rest: int | None
    known: bool

    @property
    def name(self) -> str:
        """``column=value``, as rows have it."""
        return f"{self.column}={self.value}"


@dataclass(frozen=True, eq=False)
class GroupTable:
    """Groups of one label's records with their resamples.

    Attributes
    ----------
    one : LabelScores
    groups : tuple of Group
        By column in the order asked for; values sorted, unknown last.
    member : bool (record, set)
        Sets of records: the groups and their complements, each set once.
    called : bool (record,), optional
    found : GroupReplicates
    level : float
    """

    one: LabelScores
    groups: tuple[Group, ...]
    member: NDArray[np.bool_]
    called: NDArray[np.bool_] | None
    found: GroupReplicates
    level: float

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that have groups."""
        return tuple(dict.fromkeys(group.column for group in self.groups))

    @property
    def metrics(self) -> tuple[str, ...]:
        """Those that this kind of score has; a reader has no area."""
        return tuple(m for m in self.found.point if m != "auroc" or self.one.score_kind != "binary")

    def of(self, column: str) -> list[Group]:
        """Return the groups of a column."""
        return [group for group in self.groups if group.column == column]

    def events(self, index: int) -> tuple[int, int]:
        """Return the patients of a set with a positive record, and those with a negative one."""
        kept = self.member[:, index]
        return self._patients(kept & self.data.truth), self._patients(kept & ~self.data.truth)

    def estimate(self, metric: str, index: int) -> Estimate:
        """Return a metric of a set of records; undefined with a reason where it lacks what the metric needs."""
        if (metric, index) not in self._estimates:
            self._estimates[metric, index] = self._estimated(metric, index)
        return self._estimates[metric, index]

    def _estimated(self, metric: str, index: int) -> Estimate:
        plain = self._plain(metric, index)
        if plain.reason is not None or not self.resampled(metric, index):
            return plain
        bounds = None if metric == CALIBRATION else (0.0, 1.0)
        interval = bca_interval(self._drawn(metric, index, bounds), level=self.level)
        return dataclasses.replace(plain, low=interval.low, high=interval.high, method=interval.method)

    def difference(self, metric: str, index: int, other: int) -> TestResult:
        """Return the difference of a metric between two sets, drawn together."""
        a, b = self.estimate(metric, index), self.estimate(metric, other)
        both = self._patients(self.member[:, index] | self.member[:, other])
        n, events = a.n + b.n, a.events + b.events
        for part in (a, b):
            if part.reason is not None:
                nothing = Estimate.undefined(part.reason, n=n, events=events, clusters=both, method="none")
                return TestResult(nothing, math.nan, math.nan, "none")
        if not (self.resampled(metric, index) and self.resampled(metric, other)):
            return mover_difference(a, b, clusters=both)
        one, rest = self._drawn(metric, index, None), self._drawn(metric, other, None)
        drawn = Resampled(
            one.value - rest.value,
            one.replicates - rest.replicates,
            one.influence - rest.influence,
            bounds=None if metric == CALIBRATION else (-1.0, 1.0),
        )
        interval = bca_interval(drawn, level=self.level)
        error = linearised_error(drawn.influence)
        method = interval.method
        difference = Estimate(drawn.value, interval.low, interval.high, n, events, both, method, self.level)
        return TestResult(difference, drawn.value / error if error > 0 else 0.0, bca_p_value(drawn), method)

    def resampled(self, metric: str, index: int) -> bool:
        """Return whether the bootstrap is trusted with a metric of a set."""
        kept = self.member[:, index]
        if metric in SHARES:
            hit, counted = share_members(metric, self.data.truth, self.called)
            hits, misses = self._patients(kept & hit), self._patients(kept & counted & ~hit)
            return min(hits, misses) >= FEW_HITS
        return min(self.events(index)) >= (FEW_EVENTS if metric == "auroc" else FEW_HITS)

    def least_variance(self, metric: str, index: int) -> float:
        """Return the least variance to believe of a set's metric: 0, but for shares near 0 or 1 (Agresti-Coull's)."""
        if metric not in SHARES or self.resampled(metric, index):
            return 0.0
        hit, counted = share_members(metric, self.data.truth, self.called)
        kept = self.member[:, index] & counted
        n = self._patients(kept)  # two hits and two misses are added
        share = (float((hit & kept).sum()) / max(int(kept.sum()), 1) * n + 2) / (n + 4)
        return share * (1 - share) / (n + 4)

    @cached_property
    def data(self) -> BinaryOutcome:
        """The checked scores."""
        one = self.one
        return binary_outcome(one.score, one.truth, clusters=one.patient, weights=one.weight, both_classes=False)

    def _plain(self, metric: str, index: int) -> Estimate:
        part = self.one.only(self.member[:, index])
        patient, weight, level = part.patient, part.weight, self.level
        try:
            if metric == "auroc":
                return auroc(part.score, part.truth, clusters=patient, weights=weight, level=level)
            if metric == CALIBRATION:
                return self._calibration(index, part)
            called = self.called[self.member[:, index]] if self.called is not None else ()
            return DECISION_METRICS[metric](called, part.truth, clusters=patient, weights=weight, level=level)
        except (OneClassError, TooFewObservationsError) as error:
            return undefined(part, str(error))

    def _calibration(self, index: int, part: LabelScores) -> Estimate:
        if not self.resampled(CALIBRATION, index):
            return undefined(part, f"fewer than {FEW_HITS} positives or negatives")
        value, patients = float(self.found.point[CALIBRATION][index]), self._patients(self.member[:, index])
        return Estimate(value, value, value, part.truth.size, part.events, patients, "none", self.level)

    @cached_property
    def _estimates(self) -> dict[tuple[str, int], Estimate]:
        return {}

    def _patients(self, kept: NDArray[np.bool_]) -> int:
        return int(np.count_nonzero(np.bincount(self.data.patient[kept])))

    def _drawn(self, metric: str, index: int, bounds: tuple[float, float] | None) -> Resampled:
        influence = group_influence(
            metric, self.data, self.member[:, index], called=self.called, probability=self.one.probability
        )
        value = float(self.found.point[metric][index])
        return Resampled(value, self.found.replicates[metric][:, index], influence, bounds=bounds)


def group_table(context: Context, one: LabelScores, columns: Sequence[str]) -> GroupTable | None:
    """Return the groups of the columns, None where there is nothing to compute.

    Columns with more than 50 values are left out; the caller says so.
    """
    decisions = context.decisions(one)
    called = None if decisions is None else decisions.values
    if one.truth.size == 0 or (one.score_kind == "binary" and called is None):
        return None
    sets: dict[bytes, int] = {}
    members: list[NDArray[np.bool_]] = []

    def index_of(member: NDArray[np.bool_]) -> int:
        if member.tobytes() not in sets:
            sets[member.tobytes()] = len(members)
            members.append(member)
        return sets[member.tobytes()]

    groups = [group for column in columns for group in _groups_of(column, context.texts(column, one), index_of)]
    if not groups:
        return None
    member = np.stack(members, axis=1)
    found = group_bootstrap(
        one.score, one.truth, member, decision=called, probability=one.probability, clusters=one.patient,
        weights=one.weight, resamples=context.protocol.resamples, seed=context.protocol.seed,
    )  # fmt: skip
    return GroupTable(one, tuple(groups), member, called, found, context.protocol.level)


def _groups_of(
    column: str, values: NDArray[np.object_], index_of: Callable[[NDArray[np.bool_]], int]
) -> Iterator[Group]:
    names = sorted(set(values))
    if len(names) > MOST_GROUPS:
        return
    unknown = {name for name in names if UNKNOWN in name.split(" x ")}
    known = ~np.isin(values, list(unknown))
    for name in sorted(names, key=lambda name: (name in unknown, name)):
        member = np.asarray(values == name, dtype=np.bool_)
        rest = known & ~member
        yield Group(column, name, index_of(member), index_of(rest) if rest.any() else None, name not in unknown)
