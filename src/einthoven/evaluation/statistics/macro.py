"""Macro averages over labels: each label counts alike, however rare; intervals by bootstrap over patients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from einthoven.errors import InvalidScoreError, OneClassError, StatisticsError
from einthoven.evaluation.estimate import Estimate, TestResult
from einthoven.evaluation.statistics.binary_outcome import patient_codes
from einthoven.evaluation.statistics.bootstrap import (
    bootstrap_p_value,
    patient_draws,
    percentile_interval,
    rarest_class,
)
from einthoven.evaluation.statistics.ranked_scores import rank_scores, weighted_areas

__all__ = ["Area", "LabelTable", "area_replicates", "label_table", "macro_auprc", "macro_auroc", "macro_difference"]

Area = Literal["auroc", "average_precision"]


@dataclass(frozen=True, slots=True, eq=False)
class LabelTable:
    """Checked scores of several labels.

    Attributes
    ----------
    score, truth : float64 (record, label)
        NaN in ``truth`` where unknown; only labels with both classes.
    patient : int64 (record,)
    patients : int
    left_out : int
        Labels without positives or without negatives.
    """

    score: NDArray[np.float64]
    truth: NDArray[np.float64]
    patient: NDArray[np.int64]
    patients: int
    left_out: int

    @property
    def counts(self) -> tuple[int, int, int]:
        """Records, positives over all labels, patients."""
        return self.truth.shape[0], int(np.nansum(self.truth)), self.patients


def label_table(score: ArrayLike, truth: ArrayLike, *, clusters: ArrayLike | None = None) -> LabelTable:
    """Return checked scores of the labels that have both classes.

    Parameters
    ----------
    score : (record, label)
        Finite wherever the truth is known.
    truth : (record, label)
        0, 1, or NaN where unknown.
    clusters : (record,), optional

    Raises
    ------
    OneClassError
        No label has both positives and negatives.
    """
    scores, known = np.asarray(score, dtype=np.float64), np.asarray(truth, dtype=np.float64)
    if scores.ndim != 2 or scores.shape != known.shape:
        raise StatisticsError(f"score and truth must both be (record, label), got {scores.shape} and {known.shape}")
    if not np.isin(known[~np.isnan(known)], (0.0, 1.0)).all():
        raise StatisticsError("truth must be 0, 1, or NaN where unknown")
    if not np.isfinite(scores[~np.isnan(known)]).all():
        raise InvalidScoreError("scores must be finite numbers wherever the truth is known")
    defined = (known == 1).any(axis=0) & (known == 0).any(axis=0)
    if not defined.any():
        raise OneClassError("no label has both positives and negatives, so there is nothing to average")
    scores, known = scores[:, defined], known[:, defined]
    if clusters is None:
        # an order that depends on the values alone, so that a shuffled table gives the same interval
        order = np.lexsort((*scores.T, *known.T))
        scores, known = scores[order], known[order]
    patient, patients = patient_codes(clusters, n=scores.shape[0])
    return LabelTable(scores, known, patient, patients, int((~defined).sum()))


def macro_auroc(
    score: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> Estimate:
    """Return the mean over labels of the area under the ROC curve.

    The percentile interval comes from resampling patients within strata of their rarest class (see ``bootstrap``).
    Labels without positives or without negatives are left out, and ``method`` counts them.

    Parameters
    ----------
    score : float64 (record, label)
        Any scale, ties count half.
    truth : (record, label)
        0, 1, or NaN where unknown.
    clusters : (record,), optional
        Patient of each record.
    level : float in (0, 1)
    resamples, seed : int

    Raises
    ------
    InvalidScoreError
        A score is NaN or infinite where the truth is known.
    OneClassError
        No label has both classes.

    References
    ----------
    .. [1] Efron and Tibshirani, An Introduction to the Bootstrap (1993), doi:10.1201/9780429246593

    Examples
    --------
    >>> score = [[0.1, 0.3], [0.4, 0.2], [0.35, 0.9], [0.8, 0.1]]
    >>> macro_auroc(score, [[0, 0], [0, 1], [1, 1], [1, 0]]).value
    0.75
    """
    table = label_table(score, truth, clusters=clusters)
    return _macro(table, "auroc", level=level, resamples=resamples, seed=seed)


def macro_auprc(
    score: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
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
    table = label_table(score, truth, clusters=clusters)
    return _macro(table, "average_precision", level=level, resamples=resamples, seed=seed)


def macro_difference(
    scores_a: ArrayLike,
    scores_b: ArrayLike,
    truth: ArrayLike,
    *,
    area: Area = "auroc",
    clusters: ArrayLike | None = None,
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> TestResult:
    """Return the difference of two macro averages on the same records, each resample drawn once for both.

    The p value is twice the smaller share of replicates on one side of 0; the statistic is the difference divided by
    the standard deviation of the replicates (0 when they don't vary).

    Parameters
    ----------
    scores_a, scores_b : float64 (record, label)
    truth : (record, label)
        0, 1, or NaN where unknown.
    area : {"auroc", "average_precision"}
    clusters, level, resamples, seed
        As in ``macro_auroc``.

    Raises
    ------
    InvalidScoreError, OneClassError
        As for one macro average.

    References
    ----------
    .. [1] Efron and Tibshirani, An Introduction to the Bootstrap (1993), doi:10.1201/9780429246593

    Examples
    --------
    >>> score = [[0.1, 0.3], [0.4, 0.2], [0.35, 0.9], [0.8, 0.1]]
    >>> macro_difference(score, score, [[0, 0], [0, 1], [1, 1], [1, 0]], resamples=50).p_value
    1.0
    """
    both = label_table(np.hstack([scores_a, scores_b]), np.hstack([truth, truth]), clusters=clusters)
    half = both.truth.shape[1] // 2
    points, replicates = area_replicates(both, area, resamples=resamples, seed=seed)
    difference = float(points[:half].mean() - points[half:].mean())
    spread = replicates[:, :half].mean(axis=1) - replicates[:, half:].mean(axis=1)
    low, high = percentile_interval(spread, difference, level=level)
    deviation = float(np.nanstd(spread, ddof=1)) if spread.size > 1 else 0.0
    records, events, patients = both.counts
    method = _method(half, both.left_out // 2, spread)
    estimate = Estimate(difference, low, high, records, events // 2, patients, method, level)
    statistic = difference / deviation if deviation > 0 else 0.0
    return TestResult(estimate, statistic, bootstrap_p_value(spread), method)


def area_replicates(
    table: LabelTable, area: Area, *, resamples: int, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return an area per label, (label,), and its replicates, (resample, label); NaN where a class is lost."""
    known = [np.flatnonzero(~np.isnan(column)) for column in table.truth.T]
    ranked = [rank_scores(table.score[k, j], table.truth[k, j] == 1) for j, k in enumerate(known)]
    patient = [table.patient[k][r.order] for k, r in zip(known, ranked, strict=True)]
    once = np.ones((1, table.patients), dtype=np.int32)

    def areas(counts: NDArray[np.int32]) -> NDArray[np.float64]:
        columns = [weighted_areas(r, np.take(counts, p, axis=1)) for r, p in zip(ranked, patient, strict=True)]
        return np.stack([c.auroc if area == "auroc" else c.average_precision for c in columns], axis=1)

    stratum = rarest_class(table.truth, patient=table.patient, patients=table.patients)
    draws = patient_draws(stratum, resamples=resamples, seed=seed, records=table.truth.shape[0])
    return areas(once)[0], np.concatenate([areas(counts) for counts in draws])


def _macro(table: LabelTable, area: Area, *, level: float, resamples: int, seed: int) -> Estimate:
    points, replicates = area_replicates(table, area, resamples=resamples, seed=seed)
    value, means = float(points.mean()), replicates.mean(axis=1)
    low, high = percentile_interval(means, value, level=level)
    method = _method(points.size, table.left_out, means)
    return Estimate(value, low, high, *table.counts, method, level)


def _method(labels: int, left_out: int, replicates: NDArray[np.float64]) -> str:
    of = f"{labels} labels" if left_out == 0 else f"{labels} of {labels + left_out} labels (the others have one class)"
    lost = int(np.isnan(replicates).sum())
    without = f", {lost} without a class left out" if lost else ""
    width = "" if np.nanmax(replicates) > np.nanmin(replicates) else ", none of which differs: no width"
    return f"mean of {of}; percentile bootstrap by patient, {replicates.size} resamples{without}{width}"
