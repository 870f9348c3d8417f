"""Log-rank test of two or more groups, and for trend over ordered groups; with repeated patients its robust version.

References
----------
.. [1] Peto and Peto, Journal of the Royal Statistical Society A 135:185 (1972), doi:10.2307/2344317
.. [2] Tarone, Biometrika 62:679 (1975), doi:10.1093/biomet/62.3.679
.. [3] Lin and Wei, Journal of the American Statistical Association 84:1074 (1989), doi:10.1080/01621459.1989.10478874
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from einthoven.errors import OneClassError, StatisticsError
from einthoven.evaluation.estimate import Estimate, TestResult
from einthoven.evaluation.statistics.survival_times import SurvivalTimes, risk_table, survival_times

__all__ = ["log_rank_test", "log_rank_trend_test"]


@dataclass(frozen=True, slots=True, eq=False)
class _Excess:
    """Events beyond the expected, float64 (group,), with their covariance and its robust version, (group, group)."""

    excess: NDArray[np.float64]
    covariance: NDArray[np.float64]
    robust: NDArray[np.float64]


def log_rank_test(
    group: ArrayLike, time: ArrayLike, event: ArrayLike, *, clusters: ArrayLike | None = None, level: float = 0.95
) -> TestResult:
    """Return the test that all groups have one hazard.

    At each time of an event the events of a group are held against those expected from its share of all at risk. The
    statistic, chi-squared with ``groups - 1`` degrees of freedom, has the hypergeometric covariance [1]_; with several
    records per patient it has the covariance of the sums over patients of the score residuals [3]_. ``difference`` is
    the log hazard ratio of the second group against the first by one step, ``(O - E) / V``; with more than two groups
    it is undefined.

    Parameters
    ----------
    group : (record,)
        Of any type that sorts; two values at least (OneClassError).
    time : float64 (record,), days
    event : int (record,)
        1 the event; competing ones, 2 and above, count as censored.
    clusters : (record,), optional
        Patient of each record.
    level : float in (0, 1)

    Examples
    --------
    >>> test = log_rank_test([0, 0, 0, 1, 1, 1], [6, 7, 10, 15, 19, 25], [1, 0, 1, 1, 0, 1])
    >>> round(test.statistic, 4), round(test.p_value, 4)
    (3.5714, 0.0588)
    """
    data = survival_times(time, event, clusters=clusters)
    codes, names = _codes(group, n=data.time.size)
    found = _excess(codes, names.size, data)
    covariance = found.robust if data.repeated else found.covariance
    method = "robust log-rank, clustered by patient" if data.repeated else "log-rank"
    statistic, degrees = _quadratic(found.excess, covariance)
    if math.isnan(statistic):
        return TestResult(_nothing(data, method, "no event while both groups are at risk"), math.nan, math.nan, method)
    reason = f"{names.size} groups have no single difference; see the hazard ratios"
    difference = _nothing(data, method, reason)
    if names.size == 2:
        weights = np.array([-0.5, 0.5])
        difference = _one_step(found, covariance, weights, data=data, method=method, level=level)
    return TestResult(difference, statistic, float(special.chdtrc(degrees, statistic)), method)


def log_rank_trend_test(
    group: ArrayLike, time: ArrayLike, event: ArrayLike, *, clusters: ArrayLike | None = None, level: float = 0.95
) -> TestResult:
    """Return the test for a hazard that rises or falls steadily over ordered groups [2]_.

    The excess of events of each group is weighted by its number, 0, 1, 2...; chi-squared with 1 degree of freedom.
    ``difference`` is the log hazard ratio from one group to the next by one step. Arguments as ``log_rank_test``.

    Examples
    --------
    >>> test = log_rank_trend_test([0, 0, 1, 1, 2, 2], [16, 27, 10, 15, 9, 12], [1, 0, 1, 1, 1, 1])
    >>> round(test.statistic, 4), round(test.difference.value, 3)
    (4.5467, 1.459)
    """
    data = survival_times(time, event, clusters=clusters)
    codes, names = _codes(group, n=data.time.size)
    found = _excess(codes, names.size, data)
    covariance = found.robust if data.repeated else found.covariance
    method = "log-rank for trend" + (", robust, clustered by patient" if data.repeated else "")
    weights = np.arange(names.size, dtype=np.float64)
    excess, variance = float(weights @ found.excess), float(weights @ covariance @ weights)
    if variance <= 0:
        reason = "no event while several groups are at risk"
        return TestResult(_nothing(data, method, reason), math.nan, math.nan, method)
    difference = _one_step(found, covariance, weights, data=data, method=method, level=level)
    statistic = excess**2 / variance
    return TestResult(difference, statistic, float(special.chdtrc(1, statistic)), method)


def _codes(group: ArrayLike, *, n: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    values = np.asarray(group)
    if values.shape != (n,):
        raise StatisticsError(f"group must name the group of each of the {n} records, got shape {values.shape}")
    names, codes = np.unique(values, return_inverse=True)
    if names.size < 2:
        raise OneClassError(f"all {n} records are in one group; two are needed")
    return codes.reshape(-1).astype(np.int64), names


def _excess(codes: NDArray[np.int64], groups: int, data: SurvivalTimes) -> _Excess:
    table = risk_table(data)
    size = table.time.size
    cell = table.place * groups + codes
    leaving = np.bincount(cell, minlength=size * groups).reshape(size, groups)
    at_risk = np.cumsum(leaving[::-1], axis=0)[::-1]
    failed = table.failed_of_cause
    share = at_risk / table.at_risk[:, None]
    observed = np.bincount(codes, data.event, groups).astype(np.float64)
    excess = observed - failed @ share
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.where(table.at_risk > 1, failed * (table.at_risk - failed) / (table.at_risk - 1), 0.0)
    covariance = np.diag(spread @ share) - (share * spread[:, None]).T @ share
    member = np.eye(groups)[codes]
    hazard = failed / table.at_risk
    expected = member * np.cumsum(hazard)[table.place, None] - np.cumsum(hazard[:, None] * share, axis=0)[table.place]
    residual = data.event[:, None] * (member - share[table.place]) - expected
    sums = np.stack([np.bincount(data.patient, column, data.patients) for column in residual.T], axis=1)
    return _Excess(excess.astype(np.float64), covariance, np.asarray(sums.T @ sums, dtype=np.float64))


def _quadratic(excess: NDArray[np.float64], covariance: NDArray[np.float64]) -> tuple[float, int]:
    # the excesses add up to 0, so the first group tells nothing that the others don't
    part = covariance[1:, 1:]
    rank = int(np.linalg.matrix_rank(part))
    if rank == 0:
        return math.nan, 0
    return float(excess[1:] @ np.linalg.pinv(part, hermitian=True) @ excess[1:]), rank


def _one_step(
    found: _Excess,
    covariance: NDArray[np.float64],
    weights: NDArray[np.float64],
    *,
    data: SurvivalTimes,
    method: str,
    level: float,
) -> Estimate:
    information = float(weights @ found.covariance @ weights)
    if information <= 0:
        return _nothing(data, method, "no event while several groups are at risk")
    value = float(weights @ found.excess) / information
    reach = float(special.ndtri((1 + level) / 2)) * math.sqrt(float(weights @ covariance @ weights)) / information
    return Estimate(value, value - reach, value + reach, *data.counts, method, level)


def _nothing(data: SurvivalTimes, method: str, reason: str) -> Estimate:
    records, events, patients = data.counts
    return Estimate.undefined(reason, n=records, events=events, clusters=patients, method=method)
