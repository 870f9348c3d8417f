"""Observed over expected events: whether probabilities are too low or too high on the whole."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.probability_bins import checked_probabilities, record_weights, undefined_estimate

__all__ = ["observed_expected_ratio"]


def observed_expected_ratio(
    score: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return ``sum(truth) / sum(score)``; 1 is ideal, above 1 the probabilities are too low.

    The interval is normal on the logarithm, linearised, with sums over patients in the variance [1]_; it counts the
    probabilities as sampled along with the outcomes.

    Parameters
    ----------
    score : float64 (record,)
        Probabilities in [0, 1]; others and NaN are refused. All 0 makes the ratio undefined.
    truth : 0 or 1 (record,)
        Both classes are needed (OneClassError).
    clusters : (record,), optional
        Patient of each record.
    weights : (record,), optional
        How much each record counts.
    level : float in (0, 1)

    References
    ----------
    .. [1] Debray et al., BMJ 356:i6460 (2017), doi:10.1136/bmj.i6460

    Examples
    --------
    >>> ratio = observed_expected_ratio([0.1, 0.2, 0.3, 0.4], [0, 0, 1, 1])
    >>> ratio.value, round(ratio.low, 2), round(ratio.high, 2)
    (2.0, 0.98, 4.09)
    """
    data = checked_probabilities(score, truth, clusters=clusters, weights=weights)
    method = "normal on the logarithm, clustered by patient" if data.repeated else "normal on the logarithm"
    counts = (data.n, data.events, data.patients)
    weight = record_weights(data)
    observed, expected = float(weight @ data.truth), float(weight @ data.score)
    if expected == 0:
        return undefined_estimate("all probabilities are 0, so no events are expected", data, method=method)
    value = observed / expected
    if data.patients < 2:
        return Estimate(value, 0.0, math.inf, *counts, "no interval: a single patient", level)
    sums = np.bincount(data.patient, weight * (data.truth / observed - data.score / expected), data.patients)
    error = math.sqrt(data.patients / (data.patients - 1) * float(sums @ sums))
    factor = math.exp(float(stats.norm.ppf((1 + level) / 2)) * error)
    return Estimate(value, value / factor, value * factor, *counts, method, level)
