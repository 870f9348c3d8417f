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

    Also known as index of prediction accuracy [1]_. The interval is that of the ratio on the logarithm, linearised,
    with sums over patients in the variance, and Student's quantile for as many patients as have the rarer outcome, less
    1. A score without any error has the exact binomial bound on the share of patients with one.

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
    ratio = brier / null
    low, high, method = 0.0, np.inf, "no interval: a single patient"
    if data.patients > 1 and ratio == 0:
        high = (1 - ((1 - level) / 2) ** (1 / data.patients)) / null
        method = f"exact binomial on {data.patients} patients"
    elif data.patients > 1:
        # of the logarithm of the ratio
        influence = (error - brier) / brier - (1 - 2 * prevalence) * (data.truth - prevalence) / null
        sums = np.bincount(data.patient, weight * influence, data.patients)
        variance = data.patients / (data.patients - 1) * float(sums @ sums) / weight.sum() ** 2
        rarer = min(np.unique(data.patient[kept]).size for kept in (data.truth, ~data.truth))
        reach = float(stats.t.ppf((1 + level) / 2, max(rarer - 1, 1))) * variance**0.5
        low, high = ratio * np.exp(-reach), ratio * np.exp(reach)
        method = "logarithm, Student's t, clustered by patient" if data.repeated else "logarithm, Student's t"
    counts = (data.n, data.events, data.patients)
    return Estimate(1 - ratio, 1 - float(high), 1 - float(low), *counts, method, level)
