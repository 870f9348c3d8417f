"""Expected calibration error (ECE): the mean gap between probability and observed share, in bins of equal weight.

The plain error is biased upwards: every bin's share has noise, and a gap has no sign. Of the squared error the bias is
known and is taken off [1]_ [2]_.

References
----------
.. [1] Kumar et al., NeurIPS (2019), doi:10.48550/arXiv.1909.10155
.. [2] Broecker, Climate Dynamics 39:655 (2012), doi:10.1007/s00382-011-1191-1
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.binary_outcome import BinaryOutcome
from einthoven.evaluation.statistics.brier_parts import brier_parts
from einthoven.evaluation.statistics.probability_bins import (
    BinnedShares,
    binned_shares,
    checked_probabilities,
    record_weights,
)
from einthoven.evaluation.statistics.resampled_sums import reflected_interval, resampled_sums

__all__ = ["debiased_calibration_error", "expected_calibration_error"]


def expected_calibration_error(
    score: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    bins: int = 10,
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> Estimate:
    """Return ``sum over bins of share * |mean score - share of positives|``; 0 is ideal.

    The interval is the bootstrap's by patient with the bins held, reflected because resamples are biased twice; it
    reaches down to 0 where noise explains the value (see ``reflected_interval``).

    Parameters
    ----------
    score : float64 (record,)
        Probabilities in [0, 1]; others and NaN are refused.
    truth : 0 or 1 (record,)
        Both classes are needed (OneClassError).
    clusters, weights : (record,), optional
        Patient of each record, and how much it counts.
    bins : int
        Of equal weight; equal scores never fall into two bins, so there may be fewer.
    level : float in (0, 1)
    resamples, seed : int

    Examples
    --------
    >>> round(expected_calibration_error([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1], bins=2).value, 3)
    0.15
    """
    data = checked_probabilities(score, truth, clusters=clusters, weights=weights)
    binned = binned_shares(data, bins=bins)
    value = _error(binned)
    replicates, noise = _replicates(data, binned, resamples=resamples, seed=seed)
    low, high = reflected_interval(value, replicates, noise, level=level)
    method = f"{binned.share.size} bins; bootstrap by patient, reflected, {resamples} resamples"
    return Estimate(value, low, high, data.n, data.events, data.patients, method, level)


def debiased_calibration_error(
    score: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    bins: int = 10,
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> Estimate:
    """Return ``sqrt(sum over bins of share * ((mean score - share of positives)^2 - variance))``; 0 is ideal.

    The root mean squared gap of the bins without what noise adds to it [1]_ [2]_: ``variance`` is that of a bin's share
    of positives, with sums over patients. 0 where noise explains all. Its square, and that of its interval, is the
    reliability of ``brier_parts``. It weighs great gaps more than the plain error does, so it may exceed that.
    Undefined, with a reason, where a bin holds a single patient. Arguments are those of ``expected_calibration_error``.

    Examples
    --------
    >>> score, truth = [0.1, 0.1, 0.2, 0.2, 0.7, 0.7, 0.8, 0.8], [0, 0, 1, 1, 0, 0, 0, 1]
    >>> round(debiased_calibration_error(score, truth, bins=2).value, 3)
    0.337
    """
    parts = brier_parts(
        score, truth, clusters=clusters, weights=weights, bins=bins, level=level, resamples=resamples, seed=seed
    )
    squared = parts.reliability
    if squared.reason is not None:
        return squared
    value, low, high = (math.sqrt(max(0.0, number)) for number in (squared.value, squared.low, squared.high))
    return dataclasses.replace(squared, value=value, low=low, high=high)


def _error(binned: BinnedShares) -> float:
    return float(binned.share @ np.abs(binned.predicted - binned.observed))


def _replicates(
    data: BinaryOutcome, binned: BinnedShares, *, resamples: int, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    # the error of each resample, and the distance of its bins' gaps from those of the sample
    weight = record_weights(data)
    values = np.column_stack([weight, weight * (data.score - data.truth)])
    sums = resampled_sums(data, binned.member, values, resamples=resamples, seed=seed)
    mass, gap = sums[..., 0], sums[..., 1]
    noise = np.abs(gap - mass * (binned.predicted - binned.observed))
    total = mass.sum(axis=1)
    return np.abs(gap).sum(axis=1) / total, noise.sum(axis=1) / total
