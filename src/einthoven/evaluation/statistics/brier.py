"""Brier score: the mean squared error of a probability."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from einthoven.errors import InvalidScoreError
from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.binary_outcome import BinaryOutcome, binary_outcome

__all__ = ["brier", "probability_outcome"]


def brier(score: ArrayLike, truth: ArrayLike, *, clusters: ArrayLike | None = None, level: float = 0.95) -> Estimate:
    """Return ``mean((score - truth) ** 2)``; lower is better, and it mixes discrimination, calibration and prevalence.

    The interval is the normal one of a mean, with sums over patients in the variance, cut to [0, 1].

    Parameters
    ----------
    score : float64 (record,)
        Probabilities in [0, 1]; others and NaN are refused.
    truth : 0 or 1 (record,)
        One class alone is accepted.
    clusters : (record,), optional
        Patient of each record.
    level : float in (0, 1)

    References
    ----------
    .. [1] Brier, Monthly Weather Review 78:1 (1950), doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2

    Examples
    --------
    >>> brier([0.1, 0.9, 0.8, 0.3], [0, 1, 1, 0]).value
    0.0375
    """
    data = probability_outcome(score, truth, clusters=clusters)
    error = (data.score - data.truth) ** 2
    value = float(np.mean(error))
    if data.patients < 2:
        low, high, method = 0.0, 1.0, "no interval: a single patient"
    else:
        sums = np.bincount(data.patient, error - value, data.patients)
        variance = data.patients / (data.patients - 1) * float(sums @ sums) / data.n**2
        reach = float(stats.norm.ppf((1 + level) / 2)) * variance**0.5
        low, high = max(0.0, value - reach), min(1.0, value + reach)
        method = "normal, clustered by patient" if data.repeated else "normal"
    return Estimate(value, low, high, data.n, data.events, data.patients, method, level)


def probability_outcome(score: ArrayLike, truth: ArrayLike, *, clusters: ArrayLike | None = None) -> BinaryOutcome:
    """Return checked probabilities with their truth; a score outside [0, 1] is refused."""
    data = binary_outcome(score, truth, clusters=clusters, both_classes=False)
    outside = (data.score < 0) | (data.score > 1)
    if outside.any():
        first = int(np.flatnonzero(outside)[0])
        raise InvalidScoreError(f"probabilities must lie in [0, 1], got {data.score[first]} at position {first}")
    return data
