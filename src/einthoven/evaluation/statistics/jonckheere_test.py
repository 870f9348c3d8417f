"""Jonckheere's and Terpstra's test: does a score rise with graded severity?

References
----------
.. [1] Jonckheere, Biometrika 41:133 (1954), doi:10.2307/2333011
.. [2] Kendall, Biometrika 33:239 (1945), doi:10.2307/2332303 (the variance with ties in both)
.. [3] Somers, American Sociological Review 27:799 (1962), doi:10.2307/2090408
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from einthoven.errors import OneClassError, StatisticsError
from einthoven.evaluation.estimate import Estimate, TestResult
from einthoven.evaluation.statistics.binary_outcome import patient_codes
from einthoven.evaluation.statistics.dominance import dominance
from einthoven.evaluation.statistics.survival_times import ROUNDING, checked_scores

__all__ = ["jonckheere_test"]


def jonckheere_test(
    score: ArrayLike, severity: ArrayLike, *, clusters: ArrayLike | None = None, level: float = 0.95
) -> TestResult:
    """Return the test for a score that rises with severity.

    Of all pairs of records of different severity, ``S`` counts those in which the more severe one scores higher, less
    those in which it scores lower. ``S / sqrt(var(S))`` is normal, with the variance that counts ties in both [2]_:
    the same as the test of Kendall's tau. ``difference`` is Somers' D [3]_, ``S`` divided by the number of pairs,
    within [-1, 1], with an infinitesimal jackknife by patient, on the logit scale of (1 + D) / 2; where all pairs
    agree the interval is the exact binomial one of half the patients. With repeated patients the statistic is D
    divided by its error, or where all pairs agree, so that it has none, the one above with the records of a patient
    counted as one.

    Parameters
    ----------
    score : float64 (record,)
    severity : float64 (record,)
        Grades, in their order; at least two (OneClassError). NaN is refused in both.
    clusters : (record,), optional
        Patient of each record.
    level : float in (0, 1)

    Examples
    --------
    >>> test = jonckheere_test([0.1, 0.3, 0.2, 0.6, 0.5, 0.9], [0, 0, 1, 1, 2, 2])
    >>> round(test.difference.value, 3), round(test.statistic, 3)
    (0.667, 1.589)
    """
    grade = np.asarray(severity, dtype=np.float64)
    scores = checked_scores(score, n=grade.size)
    if grade.ndim != 1 or not np.isfinite(grade).all():
        raise StatisticsError("severity must be finite numbers, one per record")
    rank = np.unique(grade, return_inverse=True)[1].reshape(-1)
    if rank.size == 0 or rank.max() == 0:
        raise OneClassError(f"all {rank.size} records have one severity; two are needed")
    patient, patients = patient_codes(clusters, n=grade.size)
    ones = np.ones(rank.size)
    found = dominance(rank, scores, before_weight=ones, after_weight=ones)
    excess = found.before_below - found.before_above + found.after_above - found.after_below
    level_too = found.before_level + found.after_level
    pairs_of = found.before_below + found.before_above + found.after_above + found.after_below + level_too
    pairs = float(pairs_of.sum()) / 2
    value = float(excess.sum()) / 2 / pairs
    sums = np.bincount(patient, (excess - value * pairs_of) / pairs, patients)
    error = math.sqrt(float(sums @ sums))
    repeated = patients < rank.size
    method = "Jonckheere-Terpstra" + (", infinitesimal jackknife by patient" if repeated else "")
    low, high = _interval(value, error, patients=patients, level=level)
    events = int(np.count_nonzero(rank))
    estimate = Estimate(value, min(low, value), max(high, value), rank.size, events, patients, method, level)
    spread = error
    if not repeated or error < ROUNDING:
        # where all pairs agree the jackknife sees nothing: there a patient's records count as one
        spread = math.sqrt(max(_variance(rank, scores), 0.0) * rank.size / patients) / pairs
    statistic = value / spread if spread > 0 else 0.0
    return TestResult(estimate, statistic, float(2 * special.ndtr(-abs(statistic))), method)


def _variance(rank: NDArray[np.int64], score: NDArray[np.float64]) -> float:
    n = float(rank.size)
    t, u = (np.unique(values, return_counts=True)[1].astype(np.float64) for values in (rank, score))

    def twos(size: NDArray[np.float64]) -> float:
        return float(np.sum(size * (size - 1)))

    def threes(size: NDArray[np.float64]) -> float:
        return float(np.sum(size * (size - 1) * (size - 2)))

    ties = sum(float(np.sum(size * (size - 1) * (2 * size + 5))) for size in (t, u))
    variance = (n * (n - 1) * (2 * n + 5) - ties) / 18 + twos(t) * twos(u) / (2 * n * (n - 1))
    if n > 2:
        variance += threes(t) * threes(u) / (9 * n * (n - 1) * (n - 2))
    return variance


def _interval(value: float, error: float, *, patients: int, level: float) -> tuple[float, float]:
    tail = (1 - level) / 2
    share = (1 + value) / 2
    if not 0 < share < 1:
        limit = 2 * tail ** (1 / max(1, patients // 2)) - 1
        return (limit, 1.0) if share >= 1 else (-1.0, -limit)
    if error < ROUNDING:
        return -1.0, 1.0
    reach = float(special.ndtri(1 - tail)) * error / 2 / (share * (1 - share))
    low, high = (float(special.expit(special.logit(share) + by)) for by in (-reach, reach))
    return 2 * low - 1, 2 * high - 1
