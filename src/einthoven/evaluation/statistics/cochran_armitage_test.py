"""Cochran's and Armitage's test for trend: does the share of events rise steadily over ordered groups?

References
----------
.. [1] Armitage, Biometrics 11:375 (1955), doi:10.2307/3001775
.. [2] Cochran, Biometrics 10:417 (1954), doi:10.2307/3001616
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from einthoven.evaluation.estimate import Estimate, TestResult
from einthoven.evaluation.statistics.binary_outcome import BinaryOutcome, binary_outcome

__all__ = ["cochran_armitage_test"]


def cochran_armitage_test(
    group: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> TestResult:
    """Return the test for trend of the share of events over groups that are numbered in their order.

    ``T = sum (group - mean) (truth - share)``; ``T^2 / var(T)`` is chi-squared with 1 degree of freedom, where
    ``var(T) = share (1 - share) sum (group - mean)^2``, or with repeated patients or weights the sum over patients of
    their squared parts of T. ``difference`` is the slope of the share per group by least squares, its interval from
    sums over patients. The statistic is ``T / sqrt(var(T))``, so its sign is that of the trend.

    Parameters
    ----------
    group : float64 (record,)
        The number of each record's group, for example 0 low, 1 intermediate, 2 high.
    truth : 0 or 1 (record,)
        Both classes are needed (OneClassError).
    clusters, weights : (record,), optional
        Patient of each record, and positive sampling weights.
    level : float in (0, 1)

    Examples
    --------
    >>> test = cochran_armitage_test([0, 0, 0, 1, 1, 1, 2, 2, 2], [0, 0, 0, 0, 1, 0, 1, 1, 0])
    >>> round(test.difference.value, 3), round(test.statistic**2, 3)
    (0.333, 3.0)
    """
    data = binary_outcome(group, truth, clusters=clusters, weights=weights)
    weight = np.ones(data.n) if data.weight is None else data.weight
    robust = data.repeated or data.weight is not None
    method = "Cochran-Armitage" + (", robust by patient" if robust else "")
    away = data.score - np.average(data.score, weights=weight)
    share = float(np.average(data.truth, weights=weight))
    spread = float(weight @ away**2)
    if spread <= 1e-12 * weight.sum() or data.patients < 2:
        reason = "all records are in one group, or of one patient"
        nothing = Estimate.undefined(reason, n=data.n, events=data.events, clusters=data.patients, method=method)
        return TestResult(nothing, math.nan, math.nan, method)
    trend = float(weight @ (away * (data.truth - share)))
    variance = share * (1 - share) * spread
    if robust:
        variance = _squares(weight * away * (data.truth - share), data)
    slope = trend / spread
    residual = data.truth - share - slope * away
    error = math.sqrt(data.patients / (data.patients - 1) * _squares(weight * away * residual, data)) / spread
    reach = float(-special.stdtrit(data.patients - 1, (1 - level) / 2)) * error
    estimate = Estimate(slope, slope - reach, slope + reach, data.n, data.events, data.patients, method, level)
    statistic = trend / math.sqrt(variance) if variance > 0 else 0.0
    return TestResult(estimate, statistic, float(special.chdtrc(1, statistic**2)), method)


def _squares(part: NDArray[np.float64], data: BinaryOutcome) -> float:
    sums = np.bincount(data.patient, part, data.patients)
    return float(sums @ sums)
