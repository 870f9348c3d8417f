"""Areas and shares in many groups of records at once, in each bootstrap resample of patients.

Everything that is wanted of a group is made of sums over its records: how many positives and negatives were called
positive, and, for the area under the ROC curve, how many negatives lie between neighbouring positives in order of score
(ties apart). A sum is linear in how often each patient was drawn, so a block of resamples is one product of a sparse
matrix (sum, patient) with the counts (patient, resample); no record is sorted or gathered twice. The numbers are those
of a loop that repeats the records of each drawn patient and starts anew.

Patients are drawn with replacement from all patients, in one stratum: how many events a group has is part of what makes
its predictive values uncertain.

References
----------
.. [1] Efron and Tibshirani, An Introduction to the Bootstrap (1993), doi:10.1201/9780429246593
.. [2] Field and Welsh, Journal of the Royal Statistical Society B 69:369 (2007), doi:10.1111/j.1467-9868.2007.00593.x
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from einthoven.errors import InvalidScoreError, StatisticsError
from einthoven.evaluation.statistics.binary_outcome import BinaryOutcome, binary_outcome
from einthoven.evaluation.statistics.bootstrap import patient_draws

__all__ = ["SHARES", "GroupReplicates", "group_bootstrap"]

# numerator and denominator in terms of true and false positives, positives and negatives
SHARES = ("sensitivity", "specificity", "ppv", "npv", "accuracy")


@dataclass(frozen=True, slots=True, eq=False)
class GroupReplicates:
    """Metrics of several groups with their replicates; NaN where a metric is not defined.

    Attributes
    ----------
    point : mapping of metric to float64 (group,)
    replicates : mapping of metric to float64 (resample, group)
    """

    point: Mapping[str, NDArray[np.float64]]
    replicates: Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True, slots=True, eq=False)
class GroupSums:
    """The sparse matrices whose product with the patients' counts are the sums of every group.

    Attributes
    ----------
    counts : sparse (sum, patient)
        Of each group one after the other: the negatives in ``2 * distinct + 1`` slots (below the first positive score,
        tied with it, between the first and the second ...), the positives in ``distinct`` slots, one per distinct
        score, then the positives and the negatives that were called positive.
    first, distinct : int64 (group,)
        First row of each group, and the distinct scores of its positives.
    expected : sparse (group, patient), optional
        Sums of probabilities.
    """

    counts: sparse.csr_matrix
    first: NDArray[np.int64]
    distinct: NDArray[np.int64]
    expected: sparse.csr_matrix | None


def group_bootstrap(
    score: ArrayLike,
    truth: ArrayLike,
    member: ArrayLike,
    *,
    decision: ArrayLike | None = None,
    probability: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    resamples: int = 1000,
    seed: int = 0,
) -> GroupReplicates:
    """Return area, shares and calibration of each group, with a replicate of each for every resample of patients.

    ``auroc``; of ``decision`` also ``sensitivity, specificity, ppv, npv, accuracy``; of ``probability`` also
    ``observed_expected``, the events divided by the sum of probabilities.

    Parameters
    ----------
    score : float64 (record,)
        NaN is refused; a reader's answers are a score of two values.
    truth : 0 or 1 (record,)
        A group may lack a class: its area is NaN.
    member : bool (record, group)
        Groups may overlap.
    decision : 0 or 1 (record,), optional
    probability : float64 in [0, 1] (record,), optional
    clusters : (record,), optional
        Patient of each record; all groups share each resample, also where a patient is in several.
    weights : (record,), optional
    resamples, seed : int

    Examples
    --------
    >>> score, truth = [0.1, 0.4, 0.4, 0.8], [0, 0, 1, 1]
    >>> found = group_bootstrap(score, truth, [[1, 0], [1, 1], [1, 1], [1, 0]], decision=[0, 1, 1, 1], resamples=20)
    >>> found.point["auroc"], found.point["specificity"], found.replicates["auroc"].shape
    (array([0.875, 0.5  ]), array([0.5, 0. ]), (20, 2))
    """
    data = binary_outcome(score, truth, clusters=clusters, weights=weights, both_classes=False)
    groups = _flags(member, "member", shape=(data.n, np.shape(member)[-1] if np.ndim(member) == 2 else 0))
    called = None if decision is None else _flags(decision, "decision", shape=(data.n,))
    chance = None if probability is None else _chances(probability, n=data.n)
    order = None if clusters is not None else _order_by_value(data, groups, called, chance)
    sums = _group_sums(data, groups, called=called, probability=chance, order=order)
    rows = sums.counts.shape[0]
    draws = patient_draws(
        np.zeros(data.patients, dtype=np.int64), resamples=resamples, seed=seed, records=max(data.n, rows)
    )
    once = _metrics(sums, np.ones((1, data.patients), dtype=np.int32), decided=called is not None)
    blocks = [_metrics(sums, counts, decided=called is not None) for counts in draws]
    return GroupReplicates(
        {name: values[0] for name, values in once.items()},
        {name: np.concatenate([block[name] for block in blocks]) for name in once},
    )


def _group_sums(
    data: BinaryOutcome,
    groups: NDArray[np.bool_],
    *,
    called: NDArray[np.bool_] | None,
    probability: NDArray[np.float64] | None,
    order: NDArray[np.int64] | None,
) -> GroupSums:
    place = data.patient
    if order is not None:  # each record its own patient: they are numbered by value, not by row
        place = np.empty(data.n, dtype=np.int64)
        place[order] = np.arange(data.n)
    rows, records, first, distinct, past = [], [], [], [], 0
    for group in groups.T:
        members = np.flatnonzero(group)
        slot, found = _slots(data.score[members], data.truth[members])
        rows.append(past + slot)
        records.append(members)
        first.append(past)
        distinct.append(found)
        past += 3 * found + 3
        if called is not None:
            alarms = members[called[members]]
            rows.append(past - np.where(data.truth[alarms], 2, 1))
            records.append(alarms)
    record = np.concatenate([np.zeros(0, dtype=np.int64), *records])
    value = np.ones(record.size, dtype=np.int32) if data.weight is None else data.weight[record]
    row = np.concatenate([np.zeros(0, dtype=np.int64), *rows])
    counts = sparse.csr_matrix((value, (row, place[record])), shape=(past, data.patients))
    expected = None
    if probability is not None:
        inside, group_of = np.nonzero(groups)
        chance = probability[inside] * (1.0 if data.weight is None else data.weight[inside])
        expected = sparse.csr_matrix((chance, (group_of, place[inside])), shape=(groups.shape[1], data.patients))
    return GroupSums(counts, np.array(first, dtype=np.int64), np.array(distinct, dtype=np.int64), expected)


def _slots(score: NDArray[np.float64], truth: NDArray[np.bool_]) -> tuple[NDArray[np.int64], int]:
    """Return each record's row within its group, and the number of distinct scores of positives."""
    values, of_positive = np.unique(score[truth], return_inverse=True)
    below = np.searchsorted(values, score[~truth], side="left")
    tied = np.searchsorted(values, score[~truth], side="right") - below
    slot = np.empty(score.size, dtype=np.int64)
    slot[~truth] = 2 * below + tied
    slot[truth] = 2 * values.size + 1 + of_positive.reshape(-1)
    return slot, int(values.size)


def _metrics(sums: GroupSums, counts: NDArray[np.int32], *, decided: bool) -> dict[str, NDArray[np.float64]]:
    """Return each metric, (resample, group), for counts (resample, patient)."""
    drawn = np.ascontiguousarray(counts.T)
    found = sums.counts @ drawn
    size = (len(sums.first), counts.shape[0])
    pairs, positives, negatives, true_alarms, false_alarms = (np.zeros(size) for _ in range(5))
    for group, (start, distinct) in enumerate(zip(sums.first, sums.distinct, strict=True)):
        negative = found[start : start + 2 * distinct + 1].astype(np.float64)
        positive = found[start + 2 * distinct + 1 : start + 3 * distinct + 1].astype(np.float64)
        below = np.cumsum(negative, axis=0)
        pairs[group] = np.sum(positive * (below[: 2 * distinct : 2] + negative[1::2] / 2), axis=0)
        positives[group], negatives[group] = positive.sum(axis=0), below[-1]
        true_alarms[group], false_alarms[group] = found[start + 3 * distinct + 1], found[start + 3 * distinct + 2]
    metrics = {"auroc": _ratio(pairs, positives * negatives)}
    if decided:
        spared, total = negatives - false_alarms, positives + negatives
        alarms = true_alarms + false_alarms
        tops = (true_alarms, spared, true_alarms, spared, true_alarms + spared)
        bottoms = (positives, negatives, alarms, total - alarms, total)
        metrics |= {name: _ratio(top, bottom) for name, top, bottom in zip(SHARES, tops, bottoms, strict=True)}
    if sums.expected is not None:
        metrics["observed_expected"] = _ratio(positives, np.asarray(sums.expected @ drawn.astype(np.float64)))
    return metrics


def _ratio(top: NDArray[np.float64], bottom: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.divide(top, bottom, out=np.full(top.shape, np.nan), where=bottom > 0).T)


def _order_by_value(
    data: BinaryOutcome, groups: NDArray[np.bool_], *extra: NDArray[np.bool_] | NDArray[np.float64] | None
) -> NDArray[np.int64]:
    # an order that depends on the values alone, so that a shuffled table gives the same replicates
    keys = [values for values in (*extra, data.weight) if values is not None]
    return np.lexsort((*keys, *np.packbits(groups, axis=1).T, data.truth, data.score))


def _flags(values: ArrayLike, name: str, *, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    flags = np.asarray(values)
    if flags.shape != shape:
        axes = "(record, group)" if name == "member" else "(record,)"
        raise StatisticsError(f"{name} must be {axes} of the {shape[0]} records, got shape {flags.shape}")
    if flags.dtype == np.bool_:
        return flags
    if not ((flags == 0) | (flags == 1)).all():
        raise InvalidScoreError(f"{name} must be 0 or 1 for each record; apply a threshold to scores first")
    return np.asarray(flags == 1, dtype=np.bool_)


def _chances(values: ArrayLike, *, n: int) -> NDArray[np.float64]:
    chances = np.asarray(values, dtype=np.float64)
    if chances.shape != (n,):
        raise StatisticsError(f"probability must be one number for each of the {n} records, got shape {chances.shape}")
    if not ((chances >= 0) & (chances <= 1)).all():
        raise InvalidScoreError("a probability must lie in [0, 1]")
    return chances
