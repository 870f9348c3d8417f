"""Pearson's and Spearman's correlation of a predicted with a measured number.

A high correlation is no agreement: a prediction that is twice the measurement has one of 1. It is reported because
readers ask for it; bias and limits of agreement say what is wrong.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.paired_values import PairedValues, linearised_estimate, paired_values

__all__ = ["pearson_correlation", "spearman_correlation"]


def pearson_correlation(
    predicted: ArrayLike,
    measured: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return Pearson's r, ``cov(p, m) / (sd(p) sd(m))``.

    The interval is Fisher's [1]_, ``tanh(atanh(r) -+ z / sqrt(n - 3))``; with repeated patients or weights the
    standard error is linearised with sums over patients, on the same scale. Undefined where one side is constant.
    Arguments and refusals as ``mean_absolute_error``.

    References
    ----------
    .. [1] Fisher, Biometrika 10:507 (1915), doi:10.1093/biomet/10.4.507

    Examples
    --------
    >>> round(pearson_correlation([50, 42, 61, 35, 44], [52, 40, 60, 38, 47]).value, 4)
    0.9721
    """
    data = paired_values(predicted, measured, clusters=clusters, weights=weights)
    return _correlation(data, data.predicted, data.measured, level=level)


def spearman_correlation(
    predicted: ArrayLike,
    measured: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return Spearman's rho: Pearson's r of the midranks.

    The interval is that of Bonett and Wright [1]_, Fisher's with ``sqrt((1 + rho**2 / 2) / (n - 3))``; with repeated
    patients or weights the standard error is linearised with sums over patients, the ranks' own uncertainty
    included. Arguments and refusals as ``pearson_correlation``.

    References
    ----------
    .. [1] Bonett and Wright, Psychometrika 65:23 (2000), doi:10.1007/BF02294183

    Examples
    --------
    >>> spearman_correlation([50, 42, 61, 35, 44], [52, 40, 60, 38, 47]).value
    1.0
    """
    data = paired_values(predicted, measured, clusters=clusters, weights=weights)
    ranks = _weighted_ranks(data.predicted, data.weight), _weighted_ranks(data.measured, data.weight)
    return _correlation(data, *ranks, level=level, ranked=True)


def _correlation(
    data: PairedValues, x: NDArray[np.float64], y: NDArray[np.float64], *, level: float, ranked: bool = False
) -> Estimate:
    records, events, patients = data.counts
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        reason = "one of the two is constant, so there is no correlation"
        return Estimate.undefined(reason, n=records, events=events, clusters=patients, method="none")
    (u, deviation_x), (v, deviation_y) = _standardised(x, data), _standardised(y, data)
    value = min(1.0, max(-1.0, data.mean(u * v)))
    if data.plain and records > 3:
        factor = 1 + value**2 / 2 if ranked else 1.0
        reach = float(stats.norm.ppf((1 + level) / 2)) * math.sqrt(factor / (records - 3))
        z = math.atanh(value) if abs(value) < 1 else math.copysign(math.inf, value)
        name = "Bonett and Wright" if ranked else "Fisher's z"
        return Estimate(value, math.tanh(z - reach), math.tanh(z + reach), *data.counts, name, level)
    influence = u * v - value * (u**2 + v**2) / 2
    if ranked:
        influence = influence + _of_ranks(x, (v - value * u) / deviation_x, data)
        influence = influence + _of_ranks(y, (u - value * v) / deviation_y, data)
    return linearised_estimate(value, data.error(influence), data, level=level, scale="fisher")


def _standardised(values: NDArray[np.float64], data: PairedValues) -> tuple[NDArray[np.float64], float]:
    centred = values - data.mean(values)
    deviation = math.sqrt(data.mean(centred**2))
    return centred / deviation, deviation


def _weighted_ranks(values: NDArray[np.float64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    # share of all weight below, ties half: an affine function of the midranks where all weigh alike
    _, code = np.unique(values, return_inverse=True)
    tied = np.bincount(code, weight)
    return np.asarray(((np.cumsum(tied) - tied / 2) / tied.sum())[code])


def _of_ranks(ranks: NDArray[np.float64], slope: NDArray[np.float64], data: PairedValues) -> NDArray[np.float64]:
    # a further record lifts the rank of all above it by 1, of its equals by 1/2, less what all ranks lose by its weight
    share = data.weight / data.weight.sum() * slope
    _, code = np.unique(ranks, return_inverse=True)
    tied = np.bincount(code, share)
    above = tied.sum() - np.cumsum(tied) + tied / 2
    return np.asarray(above[code] - float(share @ ranks))
