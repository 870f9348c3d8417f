"""Macro averages over labels: each label counts alike, however rare; intervals by BCa bootstrap over patients.

Labels with too few events are left out and named in ``method``: an area of three positives is noise that weighs as much
as any other label's, and what was left out has to be said beside the average.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from einthoven.evaluation.estimate import Estimate, TestResult
from einthoven.evaluation.statistics.area_replicates import AreaReplicates, area_replicates
from einthoven.evaluation.statistics.bca_interval import (
    Interval,
    Resampled,
    bca_interval,
    bca_p_value,
    linearised_error,
)
from einthoven.evaluation.statistics.label_table import LabelTable, label_table
from einthoven.evaluation.statistics.ranked_scores import Area

__all__ = ["Area", "label_average", "macro_auprc", "macro_auroc", "macro_difference"]


def macro_auroc(
    score: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    labels: Sequence[str] | None = None,
    minimum_events: int = 1,
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> Estimate:
    """Return the mean over labels of the area under the ROC curve.

    Patients are resampled within strata of their rarest class (see ``bootstrap``), all labels at once; the interval is
    BCa [1]_, or what stands in for it (see ``bca_interval``). Where every label is 1 or 0 no resample differs: then
    each label's bound is the exact binomial one at a level divided by the number of labels, and their mean is
    the bound of the mean.

    Parameters
    ----------
    score : float64 (record, label)
        Any scale, ties count half.
    truth : (record, label)
        0, 1, or NaN where unknown.
    clusters, weights : (record,), optional
        Patient of each record, and how much it counts.
    labels : sequence of str (label,), optional
        Names, by which ``method`` tells the labels that were left out.
    minimum_events : int
        Labels with fewer positives, or fewer negatives, are left out; those without any always are.
    level : float in (0, 1)
    resamples, seed : int

    Raises
    ------
    InvalidScoreError
        A score is NaN or infinite where the truth is known.
    OneClassError
        No label has both classes.
    TooFewObservationsError
        No label has ``minimum_events``.

    References
    ----------
    .. [1] Efron, Journal of the American Statistical Association 82:171 (1987), doi:10.1080/01621459.1987.10478410

    Examples
    --------
    >>> score = [[0.1, 0.3], [0.4, 0.2], [0.35, 0.9], [0.8, 0.1]]
    >>> macro_auroc(score, [[0, 0], [0, 1], [1, 1], [1, 0]]).value
    0.75
    """
    table = label_table(score, truth, clusters=clusters, weights=weights, labels=labels, minimum_events=minimum_events)
    return label_average(table, area_replicates(table, "auroc", resamples=resamples, seed=seed), level=level)


def macro_auprc(
    score: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    labels: Sequence[str] | None = None,
    minimum_events: int = 1,
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> Estimate:
    """Return the mean over labels of the average precision; arguments, refusals and interval as ``macro_auroc``.

    References
    ----------
    .. [1] Davis and Goadrich, ICML (2006), doi:10.1145/1143844.1143874

    Examples
    --------
    >>> score = [[0.1, 0.3], [0.4, 0.2], [0.35, 0.9], [0.8, 0.1]]
    >>> round(macro_auprc(score, [[0, 0], [0, 1], [1, 1], [1, 0]]).value, 4)
    0.8333
    """
    table = label_table(score, truth, clusters=clusters, weights=weights, labels=labels, minimum_events=minimum_events)
    found = area_replicates(table, "average_precision", resamples=resamples, seed=seed)
    return label_average(table, found, level=level)


def macro_difference(
    scores_a: ArrayLike,
    scores_b: ArrayLike,
    truth: ArrayLike,
    *,
    area: Area = "auroc",
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    labels: Sequence[str] | None = None,
    minimum_events: int = 1,
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> TestResult:
    """Return the difference of two macro averages on the same records, each resample drawn once for both.

    Interval and p value are one: the p value is 1 less the level at which the BCa interval just reaches 0 (see
    ``bca_p_value``). The statistic is the difference divided by the standard deviation of the replicates, 0 where they
    don't vary.

    Parameters
    ----------
    scores_a, scores_b : float64 (record, label)
    truth : (record, label)
        0, 1, or NaN where unknown.
    area : {"auroc", "average_precision"}
    clusters, weights, labels, minimum_events, level, resamples, seed
        As in ``macro_auroc``.

    Raises
    ------
    InvalidScoreError, OneClassError, TooFewObservationsError
        As for one macro average.

    References
    ----------
    .. [1] Efron, Journal of the American Statistical Association 82:171 (1987), doi:10.1080/01621459.1987.10478410

    Examples
    --------
    >>> score = [[0.1, 0.3], [0.4, 0.2], [0.35, 0.9], [0.8, 0.1]]
    >>> macro_difference(score, score, [[0, 0], [0, 1], [1, 1], [1, 0]], resamples=50).p_value
    1.0
    """
    names = None if labels is None else [*labels, *labels]
    both = label_table(
        np.hstack([scores_a, scores_b]), np.hstack([truth, truth]),
        clusters=clusters, weights=weights, labels=names, minimum_events=minimum_events,
    )  # fmt: skip
    table = _first_half(both)
    half = len(table.kept)
    found = area_replicates(both, area, resamples=resamples, seed=seed)
    difference, spread, influence = (
        values[..., :half].mean(axis=-1) - values[..., half:].mean(axis=-1)
        for values in (found.area, found.replicates, found.influence)
    )
    value = float(difference)
    resampled = Resampled(value, spread, influence, found.stratum, bounds=(-1.0, 1.0))
    interval = bca_interval(resampled, level=level)
    method = f"mean of {table.described}; {interval.method}"
    estimate = Estimate(value, interval.low, interval.high, *table.counts, method, level)
    deviation = float(np.nanstd(spread, ddof=1)) if spread.size > 1 else linearised_error(influence)
    return TestResult(estimate, value / deviation if deviation > 0 else 0.0, bca_p_value(resampled), method)


def label_average(table: LabelTable, found: AreaReplicates, *, level: float = 0.95, median: bool = False) -> Estimate:
    """Return the mean (or the median) of the labels' areas with its interval; see ``macro_auroc``.

    Examples
    --------
    >>> table = label_table([[0.1], [0.4], [0.35], [0.8]], [[0], [0], [1], [1]])
    >>> label_average(table, area_replicates(table, "auroc", resamples=50, seed=0)).value
    0.75
    """
    value = float(np.median(found.area) if median else found.area.mean())
    name = "median" if median else "mean"
    edges = np.minimum(found.area, 1 - found.area) < 1e-12
    if edges.all() or (median and min(value, 1 - value) < 1e-12):
        interval = _at_the_edge(table, found.area, level=level, median=median)
    else:
        replicates = found.replicates.mean(axis=1) if not median else np.median(found.replicates, axis=1)
        influence = found.influence @ (_middle(found) if median else np.full(found.area.size, 1 / found.area.size))
        interval = bca_interval(Resampled(value, replicates, influence, found.stratum), level=level)
    method = f"{name} of {table.described}; {interval.method}"
    return Estimate(value, interval.low, interval.high, *table.counts, method, level)


def _middle(found: AreaReplicates) -> NDArray[np.float64]:
    # the median moves with the one label in the middle, or with the two
    share = np.zeros(found.area.size)
    order = np.argsort(found.area, kind="stable")
    middle = order[(order.size - 1) // 2 : order.size // 2 + 1]
    share[middle] = 1 / middle.size
    return share


def _at_the_edge(table: LabelTable, area: NDArray[np.float64], *, level: float, median: bool) -> Interval:
    # every label's bound holds at once (Bonferroni), so that of their mean and of their median does; a label inside
    # (0, 1), which a median at the edge may have beside it, is taken to be anywhere
    patients = [int(np.unique(table.patient[column == 1]).size) for column in table.truth.T]
    bound = ((1 - level) / 2 / len(patients)) ** (1 / np.array(patients))
    low, high = np.where(area > 1 - 1e-12, bound, 0.0), np.where(area < 1e-12, 1 - bound, 1.0)
    average = np.median if median else np.mean
    method = "exact binomial on each label's patients with the outcome (the bootstrap has no width at the edge)"
    return Interval(float(average(low)), float(average(high)), method)


def _first_half(both: LabelTable) -> LabelTable:
    half = len(both.kept) // 2
    left_out = both.left_out[: len(both.left_out) // 2]
    return LabelTable(
        both.score[:, :half], both.truth[:, :half], both.patient, both.patients, both.weight, both.kept[:half], left_out
    )
