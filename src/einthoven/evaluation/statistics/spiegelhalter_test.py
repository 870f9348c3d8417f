"""Spiegelhalter's test of calibration: is the Brier score what calibrated probabilities would have."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from einthoven.evaluation.estimate import Estimate, TestResult
from einthoven.evaluation.statistics.probability_bins import checked_probabilities, record_weights, undefined_estimate

__all__ = ["spiegelhalter_test"]


def spiegelhalter_test(
    score: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> TestResult:
    """Return the test of ``mean((truth - score)(1 - 2 score)) = 0``, the Brier score minus that of calibrated scores.

    ``z`` divides the sum by its standard error under calibration, ``sqrt(sum((1 - 2 score)^2 score (1 - score)))``
    [1]_. With repeated patients, or weights, the standard error comes from sums over patients. It misses errors that
    cancel, needs no bins, and in a large sample finds the smallest deviation: read the size from slope, intercept and
    ICI.

    Parameters
    ----------
    score : float64 (record,)
        Probabilities in [0, 1]; others and NaN are refused.
    truth : 0 or 1 (record,)
        Both classes are needed (OneClassError).
    clusters, weights : (record,), optional
    level : float in (0, 1)

    Returns
    -------
    TestResult
        The p value is NaN, with a reason, where all scores are 0, 1/2 or 1: nothing varies then.

    References
    ----------
    .. [1] Spiegelhalter, Statistics in Medicine 5:421 (1986), doi:10.1002/sim.4780050506

    Examples
    --------
    >>> result = spiegelhalter_test([0.1, 0.2, 0.3, 0.4], [0, 0, 1, 1])
    >>> round(result.statistic, 3), round(result.p_value, 3)
    (0.503, 0.615)
    """
    data = checked_probabilities(score, truth, clusters=clusters, weights=weights)
    weight = record_weights(data)
    term = weight * (data.truth - data.score) * (1 - 2 * data.score)
    value = float(term.sum() / weight.sum())
    counts = (data.n, data.events, data.patients)
    if data.repeated or data.weight is not None:
        method = "Spiegelhalter, variance over patients"
        sums = np.bincount(data.patient, term, data.patients)
        error = math.sqrt(float(sums @ sums))
    else:
        method = "Spiegelhalter"
        error = math.sqrt(float(np.sum((1 - 2 * data.score) ** 2 * data.score * (1 - data.score))))
    if error == 0:
        reason = "all scores are 0, 1/2 or 1, so the Brier score doesn't vary under calibration"
        return TestResult(undefined_estimate(reason, data, method=method), math.nan, math.nan, method)
    statistic = float(term.sum()) / error
    reach = float(stats.norm.ppf((1 + level) / 2)) * error / float(weight.sum())
    difference = Estimate(value, value - reach, value + reach, *counts, method, level)
    return TestResult(difference, statistic, float(2 * stats.norm.sf(abs(statistic))), method)
