"""How far a metric on some of the records differs from that on all of them, as sensitivity analyses ask.

The two share records, so they are neither independent nor paired: each estimate is written as a sum over records of
their influence on it [1]_, the difference of both sums is summed by patient, and its variance is that of the patients'
sums: the infinitesimal jackknife [2]_.

References
----------
.. [1] Hampel, Journal of the American Statistical Association 69:383 (1974), doi:10.1080/01621459.1974.10482962
.. [2] Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapter 21, doi:10.1201/9780429246593
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from einthoven.errors import OneClassError, StatisticsError, TooFewObservationsError, UnknownNameError
from einthoven.evaluation.estimate import Estimate, TestResult
from einthoven.evaluation.statistics.binary_outcome import BinaryOutcome, binary_outcome
from einthoven.evaluation.statistics.delong import placements
from einthoven.evaluation.statistics.logistic_regression import fit_logistic
from einthoven.registry import nearest

__all__ = ["METRICS", "subset_difference"]

METHOD = "influence functions, summed by patient"


@dataclass(frozen=True, slots=True, eq=False)
class _Linearised:
    """A metric with the influence of each record on it, float64 (record,)."""

    value: float
    influence: NDArray[np.float64]


def subset_difference(
    metric: str,
    score: ArrayLike,
    truth: ArrayLike,
    kept: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> TestResult:
    """Return ``metric of the kept records - metric of all records`` with interval and p value.

    ``z = difference / sqrt(P / (P - 1) * sum over patients of (their summed influence)^2)``, normal. Where all records
    are kept the difference is 0 and p = 1.

    Parameters
    ----------
    metric : {"auroc", "sensitivity", "specificity", "brier", "calibration_slope"}
    score : float64 (record,)
        Scores; probabilities for Brier score and slope; 0/1 calls for sensitivity and specificity.
    truth : 0 or 1 (record,)
    kept : bool (record,)
    clusters : (record,), optional
        Patient of each record.
    weights : float64 (record,), optional
        Sampling weights.
    level : float in (0, 1)

    Raises
    ------
    OneClassError, TooFewObservationsError
        The metric isn't defined on the kept records, or on all.

    Examples
    --------
    >>> truth, score = [0, 0, 1, 1, 1, 0], [0.1, 0.4, 0.35, 0.8, 0.7, 0.2]
    >>> result = subset_difference("auroc", score, truth, [True, True, True, True, False, False])
    >>> round(result.difference.value, 3), round(result.p_value, 3)
    (-0.139, 0.407)
    """
    if metric not in METRICS:
        raise UnknownNameError(f"there is no metric {metric!r} of subsets{nearest(metric, METRICS)}")
    data = binary_outcome(score, truth, clusters=clusters, weights=weights, both_classes=False)
    among = np.asarray(kept, dtype=np.bool_)
    if among.shape != data.truth.shape:
        raise StatisticsError(f"kept must tell of each of the {data.n} records, got shape {among.shape}")
    weight = np.ones(data.n) if data.weight is None else data.weight
    every = METRICS[metric](data.score, data.truth, weight)
    some = METRICS[metric](data.score[among], data.truth[among], weight[among])
    influence = -every.influence
    influence[among] += some.influence
    return _test(some.value - every.value, influence, data, among, level=level)


def _test(
    difference: float, influence: NDArray[np.float64], data: BinaryOutcome, among: NDArray[np.bool_], *, level: float
) -> TestResult:
    counts = int(among.sum()), int(data.truth[among].sum()), int(np.unique(data.patient[among]).size)
    if among.all():
        return TestResult(Estimate(0.0, 0.0, 0.0, *counts, METHOD, level), 0.0, 1.0, METHOD)
    sums = np.bincount(data.patient, influence, data.patients)
    error = math.sqrt(data.patients / max(data.patients - 1, 1) * float(sums @ sums))
    if error < 1e-12:
        reason = "the records show no spread of the difference, so there is no interval and no p value"
        estimate = Estimate(difference, math.nan, math.nan, *counts, METHOD, level, reason)
        return TestResult(estimate, math.nan, math.nan, METHOD)
    reach = float(stats.norm.ppf((1 + level) / 2)) * error
    estimate = Estimate(difference, difference - reach, difference + reach, *counts, METHOD, level)
    statistic = difference / error
    return TestResult(estimate, statistic, float(2 * stats.norm.sf(abs(statistic))), METHOD)


def _auroc(score: NDArray[np.float64], truth: NDArray[np.bool_], weight: NDArray[np.float64]) -> _Linearised:
    if truth.all() or not truth.any():
        raise OneClassError(f"all {truth.size} records are of one class; the AUROC needs both")
    ranked = placements(score, truth) if np.ptp(weight) == 0 else placements(score, truth, weight)
    influence = np.empty(score.size)
    for side, placed in ((truth, ranked.positive), (~truth, ranked.negative)):
        influence[side] = weight[side] * (placed - ranked.auroc) / weight[side].sum()
    return _Linearised(ranked.auroc, influence)


def _mean(values: NDArray[np.float64], counted: NDArray[np.bool_], weight: NDArray[np.float64]) -> _Linearised:
    if not counted.any():
        raise TooFewObservationsError("there is no record to count")
    share = np.where(counted, weight, 0.0) / weight[counted].sum()
    value = float(share @ values)
    return _Linearised(value, share * (values - value))


def _sensitivity(score: NDArray[np.float64], truth: NDArray[np.bool_], weight: NDArray[np.float64]) -> _Linearised:
    return _mean((score == 1).astype(np.float64), truth, weight)


def _specificity(score: NDArray[np.float64], truth: NDArray[np.bool_], weight: NDArray[np.float64]) -> _Linearised:
    return _mean((score == 0).astype(np.float64), ~truth, weight)


def _brier(score: NDArray[np.float64], truth: NDArray[np.bool_], weight: NDArray[np.float64]) -> _Linearised:
    return _mean((score - truth) ** 2, np.ones(truth.size, dtype=np.bool_), weight)


def _slope(score: NDArray[np.float64], truth: NDArray[np.bool_], weight: NDArray[np.float64]) -> _Linearised:
    # a right score of exactly 0 or 1 adds nothing to the fit, as in calibration_slope; a wrong one has no slope
    inside = (score > 0) & (score < 1)
    if (truth[~inside] != (score[~inside] == 1)).any():
        raise TooFewObservationsError("a score of exactly 0 or 1 is wrong, so there is no calibration slope")
    logit = special.logit(score[inside])[:, None]
    fit = fit_logistic(logit, truth[inside], weights=weight[inside])
    residual = weight[inside] * (truth[inside] - fit.probability(logit))
    influence = np.zeros(score.size)
    influence[inside] = residual * (fit.covariance[1, 0] + fit.covariance[1, 1] * logit[:, 0])
    return _Linearised(float(fit.coefficients[1]), influence)


METRICS: dict[str, Callable[[NDArray[np.float64], NDArray[np.bool_], NDArray[np.float64]], _Linearised]] = {
    "auroc": _auroc,
    "sensitivity": _sensitivity,
    "specificity": _specificity,
    "brier": _brier,
    "calibration_slope": _slope,
}
