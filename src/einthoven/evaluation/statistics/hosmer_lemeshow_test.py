"""Hosmer and Lemeshow's test of calibration in groups of probability, and why not to lean on it.

Why not: its p value depends on the number of groups and on where ties fall, it says nothing about size or direction of
the error, finds nothing in small samples and everything in large ones [2]_ [3]_. It is here because reviewers ask for
it. Slope, intercept, ICI and the curve say what it can't.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from einthoven.errors import SpecificationError
from einthoven.evaluation.estimate import Estimate, TestResult
from einthoven.evaluation.statistics.binary_outcome import BinaryOutcome
from einthoven.evaluation.statistics.probability_bins import (
    checked_probabilities,
    equal_weight_bins,
    record_weights,
    undefined_estimate,
)

__all__ = ["hosmer_lemeshow_test"]


def hosmer_lemeshow_test(
    score: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    groups: int = 10,
    level: float = 0.95,
) -> TestResult:
    """Return ``sum over groups of (observed - expected)^2 / (n p (1 - p))`` with its chi-squared p value.

    The probabilities are taken as made elsewhere, so that there are as many degrees of freedom as groups [1]_ (two
    fewer only apply to a model fitted on these very records). With repeated patients, or weights, the statistic is
    Wald's instead: the groups' mean residuals with their covariance over patients. The difference is the mean of truth
    minus score over all records.

    Parameters
    ----------
    score : float64 (record,)
        Probabilities in [0, 1]; others and NaN are refused.
    truth : 0 or 1 (record,)
        Both classes are needed (OneClassError).
    clusters, weights : (record,), optional
    groups : int
        Of equal weight; equal scores never fall into two groups, so there may be fewer.
    level : float in (0, 1)

    Returns
    -------
    TestResult
        Statistic and p value are NaN, with a reason, where a group's scores are all 0 or all 1, or, with repeated
        patients, where there are fewer patients than groups or residuals that don't vary.

    References
    ----------
    .. [1] Hosmer and Lemeshow, Communications in Statistics 9:1043 (1980), doi:10.1080/03610928008827941
    .. [2] Hosmer et al., Statistics in Medicine 16:965 (1997),
       doi:10.1002/(SICI)1097-0258(19970515)16:9<965::AID-SIM509>3.0.CO;2-O
    .. [3] Van Calster et al., BMC Medicine 17:230 (2019), doi:10.1186/s12916-019-1466-7

    Examples
    --------
    >>> result = hosmer_lemeshow_test([0.1, 0.2, 0.3, 0.4], [0, 0, 1, 1], groups=2)
    >>> round(result.statistic, 3), round(result.p_value, 3)
    (4.068, 0.131)
    """
    if groups < 2:
        raise SpecificationError(f"the test needs at least 2 groups, got {groups}")
    data = checked_probabilities(score, truth, clusters=clusters, weights=weights)
    weight = record_weights(data)
    member = equal_weight_bins(data.score, bins=groups, weight=data.weight)
    residual = weight * (data.truth - data.score)
    robust = data.repeated or data.weight is not None
    method = f"{'Wald by patient' if robust else 'Hosmer-Lemeshow'}, {member.max() + 1} groups"
    statistic = _wald(data, member, residual) if robust else _pearson(data, member, residual)
    difference = _mean_residual(data, residual, weight, level=level, method=method)
    if math.isnan(statistic):
        reason = (
            "fewer patients than groups, or groups without variance"
            if robust
            else "a group of scores without variance: all 0 or all 1"
        )
        return TestResult(undefined_estimate(reason, data, method=method), math.nan, math.nan, method)
    return TestResult(difference, statistic, float(stats.chi2.sf(statistic, int(member.max()) + 1)), method)


def _pearson(data: BinaryOutcome, member: NDArray[np.int64], residual: NDArray[np.float64]) -> float:
    size = np.bincount(member)
    mean = np.bincount(member, data.score) / size
    spread = size * mean * (1 - mean)
    if (spread == 0).any():
        return math.nan
    return float(np.sum(np.bincount(member, residual) ** 2 / spread))


def _wald(data: BinaryOutcome, member: NDArray[np.int64], residual: NDArray[np.float64]) -> float:
    groups = int(member.max()) + 1
    sums = np.bincount(data.patient * groups + member, residual, data.patients * groups).reshape(-1, groups)
    covariance = sums.T @ sums
    if data.patients < groups or np.linalg.cond(covariance) > 1 / np.finfo(np.float64).eps:
        return math.nan
    total = sums.sum(axis=0)
    return float(total @ np.linalg.solve(covariance, total))


def _mean_residual(
    data: BinaryOutcome, residual: NDArray[np.float64], weight: NDArray[np.float64], *, level: float, method: str
) -> Estimate:
    total = float(weight.sum())
    value = float(residual.sum()) / total
    sums = np.bincount(data.patient, residual - weight * value, data.patients)
    reach = float(stats.norm.ppf((1 + level) / 2)) * math.sqrt(float(sums @ sums)) / total
    return Estimate(value, value - reach, value + reach, data.n, data.events, data.patients, method, level)
