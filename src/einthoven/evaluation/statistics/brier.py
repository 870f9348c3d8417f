"""Brier score: the mean squared error of a probability."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from einthoven.errors import InvalidScoreError
from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.binary_outcome import BinaryOutcome, binary_outcome

__all__ = ["brier", "probability_outcome"]


def brier(
    score: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return ``sum(w * (score - truth) ** 2) / sum(w)``; lower is better.

    It mixes discrimination, calibration and prevalence. Its variance is that of a mean, with sums over patients. The
    interval is made on the logit scale, ``logit(value) -+ t * se / (value * (1 - value))``, so that it stays inside
    (0, 1), with Student's quantile for as many patients as have the rarer outcome, less 1: nearly all of the error is
    theirs. A score without any error has the exact binomial bound on the share of patients with one.

    Parameters
    ----------
    score : float64 (record,)
        Probabilities in [0, 1]; others and NaN are refused.
    truth : 0 or 1 (record,)
        One class alone is accepted.
    clusters : (record,), optional
        Patient of each record.
    weights : (record,), optional
        How many records each stands for, positive.
    level : float in (0, 1)

    References
    ----------
    .. [1] Brier, Monthly Weather Review 78:1 (1950), doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2

    Examples
    --------
    >>> brier([0.1, 0.9, 0.8, 0.3], [0, 1, 1, 0]).value
    0.0375
    """
    data = probability_outcome(score, truth, clusters=clusters, weights=weights)
    weight = np.ones(data.n) if data.weight is None else data.weight
    error = (data.score - data.truth) ** 2
    value = float(np.sum(weight * error) / np.sum(weight))
    low, high, method = _interval(data, weight, error, value, level=level)
    return Estimate(value, low, high, data.n, data.events, data.patients, method, level)


def probability_outcome(
    score: ArrayLike, truth: ArrayLike, *, clusters: ArrayLike | None = None, weights: ArrayLike | None = None
) -> BinaryOutcome:
    """Return checked probabilities with their truth; a score outside [0, 1] is refused."""
    data = binary_outcome(score, truth, clusters=clusters, weights=weights, both_classes=False)
    outside = (data.score < 0) | (data.score > 1)
    if outside.any():
        first = int(np.flatnonzero(outside)[0])
        raise InvalidScoreError(f"probabilities must lie in [0, 1], got {data.score[first]} at position {first}")
    return data


def _interval(
    data: BinaryOutcome, weight: NDArray[np.float64], error: NDArray[np.float64], value: float, *, level: float
) -> tuple[float, float, str]:
    if data.patients < 2:
        return 0.0, 1.0, "no interval: a single patient"
    if not 0 < value < 1:
        bound = ((1 - level) / 2) ** (1 / data.patients)
        limits = (0.0, 1 - bound) if value <= 0 else (bound, 1.0)
        return *limits, f"exact binomial on {data.patients} patients"
    sums = np.bincount(data.patient, weight * (error - value), data.patients)
    variance = data.patients / (data.patients - 1) * float(sums @ sums) / float(np.sum(weight)) ** 2
    with_outcome = [int(np.count_nonzero(np.bincount(data.patient[kept]))) for kept in (data.truth, ~data.truth)]
    student = float(stats.t.ppf((1 + level) / 2, max(min(size for size in with_outcome if size) - 1, 1)))
    reach = student * variance**0.5 / (value * (1 - value))
    centre = float(special.logit(value))
    low, high = (float(limit) for limit in special.expit([centre - reach, centre + reach]))
    method = "logit, Student's t, clustered by patient" if data.repeated else "logit, Student's t"
    return min(low, value), max(high, value), method
