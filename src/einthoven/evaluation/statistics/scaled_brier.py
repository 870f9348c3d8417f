"""Scaled Brier score: the share of the outcome's variance that the probabilities take away."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.probability_bins import checked_probabilities, record_weights

__all__ = ["scaled_brier"]


def scaled_brier(
    score: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return ``1 - Brier / Brier_null``, Brier_null that of the prevalence for everybody; 1 is ideal, below 0 harmful.

    Also known as index of prediction accuracy [1]_. The interval is normal, by linearisation of the ratio, with sums
    over patients in the variance.

    Parameters
    ----------
    score : float64 (record,)
        Probabilities in [0, 1]; others and NaN are refused.
    truth : 0 or 1 (record,)
        Both classes are needed (OneClassError): one alone has no variance to take away.
    clusters : (record,), optional
        Patient of each record.
    weights : (record,), optional
        How much each record counts.
    level : float in (0, 1)

    References
    ----------
    .. [1] Kattan and Gerds, Diagnostic and Prognostic Research 2:7 (2018), doi:10.1186/s41512-018-0029-2

    Examples
    --------
    >>> round(scaled_brier([0.1, 0.9, 0.8, 0.3], [0, 1, 1, 0]).value, 3)
    0.85
    """
    data = checked_probabilities(score, truth, clusters=clusters, weights=weights)
    weight = record_weights(data)
    error = (data.score - data.truth) ** 2
    brier, prevalence = (float(np.average(values, weights=weight)) for values in (error, data.truth))
    null = prevalence * (1 - prevalence)
    value = 1 - brier / null
    if data.patients < 2:
        method = "no interval: a single patient"
        return Estimate(value, -np.inf, 1.0, data.n, data.events, data.patients, method, level)
    influence = -(error - brier) / null + brier / null**2 * (1 - 2 * prevalence) * (data.truth - prevalence)
    sums = np.bincount(data.patient, weight * influence, data.patients)
    variance = data.patients / (data.patients - 1) * float(sums @ sums) / weight.sum() ** 2
    reach = float(stats.norm.ppf((1 + level) / 2)) * variance**0.5
    method = "normal, linearised, clustered by patient" if data.repeated else "normal, linearised"
    return Estimate(value, value - reach, value + reach, data.n, data.events, data.patients, method, level)
