"""How far probabilities lie from a smooth calibration curve: on average (ICI), at the median, at 90 %, at most.

The curve is the local regression of truth on probability, parabolas over 75 % of the records, as in [1]_; 500 scores or
fewer are used as they are, more are first gathered in bins of at most 1/250 of the records and of the range. The curve
is held within [0, 1], which R's is not. Where nearly all scores crowd at 0, its neighbourhoods reach over nearly the
whole scale, so that Emax says more about the smoother than about the few high scores: see the curve and the bins.

The interval is the bootstrap's by patient, reflected at the estimate (``2 value - quantile``), because a distance of a
noisy curve is biased upwards, and that of its resamples twice. It reaches down to 0 wherever the resampled curves'
distance from the curve itself, which is noise alone, is as great as the value in 2.5 % or more of them. In simulations
(300 and 2,000 records, 15 % events) that of the ICI covers 94 to 99 %, the percentile interval 0 to 96 %.

References
----------
.. [1] Austin and Steyerberg, Statistics in Medicine 38:4051 (2019), doi:10.1002/sim.8281
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.binary_outcome import BinaryOutcome
from einthoven.evaluation.statistics.loess import local_regression
from einthoven.evaluation.statistics.probability_bins import (
    bin_centres,
    checked_probabilities,
    fine_bins,
    record_weights,
)
from einthoven.evaluation.statistics.resampled_sums import reflected_interval, resampled_sums

__all__ = ["IntegratedCalibration", "integrated_calibration", "integrated_calibration_index"]

# as published; R's loess has the same defaults
SPAN, DEGREE = 0.75, 2
# resamples see at most twice as many bins, and their curves are straight between this many places
RESAMPLED_BINS, RESAMPLED_PLACES = 100, 50


@dataclass(frozen=True, slots=True)
class IntegratedCalibration:
    """Distance between probability and smooth observed share.

    Attributes
    ----------
    ici, e50, e90, emax : Estimate
        Mean, median, 90 % quantile and greatest distance over records.
    by_chance : Estimate
        The mean distance that sampling alone gives a perfectly calibrated score on as many records.
    """

    ici: Estimate
    e50: Estimate
    e90: Estimate
    emax: Estimate
    by_chance: Estimate


def integrated_calibration(
    score: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> IntegratedCalibration:
    """Return ``|score - curve(score)|``, summarised over records by its mean, quantiles and maximum; 0 is ideal.

    Parameters
    ----------
    score : float64 (record,)
        Probabilities in [0, 1]; others and NaN are refused.
    truth : 0 or 1 (record,)
        Both classes are needed (OneClassError).
    clusters : (record,), optional
        Patient of each record.
    weights : (record,), optional
        How much each record counts.
    level : float in (0, 1)
    resamples, seed : int
        A resample keeps the neighbourhoods of the curve and redraws the patients in them.

    Examples
    --------
    >>> found = integrated_calibration([0.1, 0.1, 0.1, 0.1, 0.5, 0.5, 0.5, 0.5], [0, 0, 0, 1, 1, 1, 1, 0])
    >>> found.ici.value, found.emax.value
    (0.2, 0.25)
    """
    data = checked_probabilities(score, truth, clusters=clusters, weights=weights)
    weight = record_weights(data)
    member = fine_bins(data.score, weight=data.weight)
    x, mass = bin_centres(data.score, member, weight), _totals(member, weight)
    at = np.unique(np.concatenate([x, [data.score.min(), data.score.max()]]))
    smooth = local_regression(x, at, weight=mass, span=SPAN, degree=DEGREE)
    curve = smooth.fit(mass, _totals(member, weight * data.truth)).clip(0, 1)
    values = _summaries(np.abs(np.interp(data.score, at, curve) - data.score)[None], weight[None])[0]
    replicates, noise = _resampled(data, resamples=resamples, seed=seed)
    names = ("ici", "e50", "e90", "emax")
    parts = zip(names, values, replicates.T, noise.T, strict=True)
    estimates = {name: _estimate(data, *part, level=level) for name, *part in parts}
    return IntegratedCalibration(**estimates, by_chance=_by_chance(data, noise[:, 0], level=level))


def integrated_calibration_index(
    score: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> Estimate:
    """Return the mean distance between probability and smooth calibration curve (ICI), ``mean(|score - curve|)``.

    Arguments, interval and refusals are those of ``integrated_calibration``.

    Examples
    --------
    >>> integrated_calibration_index([0.1, 0.1, 0.1, 0.1, 0.5, 0.5, 0.5, 0.5], [0, 0, 0, 1, 1, 1, 1, 0]).value
    0.2
    """
    return integrated_calibration(
        score, truth, clusters=clusters, weights=weights, level=level, resamples=resamples, seed=seed
    ).ici


def _resampled(data: BinaryOutcome, *, resamples: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    # (resample, summary) of the distance from calibration, and from the curve of all records; on coarser bins
    weight = record_weights(data)
    member = fine_bins(data.score, weight=data.weight, bins=RESAMPLED_BINS)
    x, mass = bin_centres(data.score, member, weight), _totals(member, weight)
    places = np.unique(np.linspace(0, x.size - 1, RESAMPLED_PLACES).round().astype(np.int64))
    smooth = local_regression(x, x[places], weight=mass, span=SPAN, degree=DEGREE)
    between = np.array([np.interp(x, x[places], row) for row in np.eye(places.size)])
    sums = resampled_sums(data, member, np.column_stack([weight, weight * data.truth]), resamples=resamples, seed=seed)
    drawn = smooth.fit(sums[..., 0], sums[..., 1]).clip(0, 1)
    curve = smooth.fit(mass, _totals(member, weight * data.truth)).clip(0, 1)
    distances = (np.abs(drawn @ between - x), np.abs((drawn - curve) @ between))
    replicates, noise = (_summaries(distance, sums[..., 0]) for distance in distances)
    return replicates, noise


def _totals(member: NDArray[np.int64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.bincount(member, values).astype(np.float64)


def _summaries(distance: NDArray[np.float64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    # (row, point) -> (row, 4): mean, median, 90 % quantile, maximum; points without weight don't count
    order = np.argsort(distance, axis=1)
    ascending = np.take_along_axis(distance, order, axis=1)
    reached = np.cumsum(np.take_along_axis(weight, order, axis=1), axis=1)
    total = reached[:, -1]
    rows = np.arange(distance.shape[0])
    # the smallest distance that this share of the weight does not exceed
    marks = [np.argmax(reached >= (share * total * (1 - 1e-12))[:, None], axis=1) for share in (0.5, 0.9, 1.0)]
    mean = np.sum(distance * weight, axis=1) / total
    return np.column_stack([mean, *(ascending[rows, mark] for mark in marks)])


def _estimate(
    data: BinaryOutcome, value: float, replicates: NDArray[np.float64], noise: NDArray[np.float64], *, level: float
) -> Estimate:
    low, high = reflected_interval(float(value), replicates, noise, level=level)
    method = f"bootstrap by patient, reflected, {int(np.isfinite(replicates).sum())} resamples"
    return Estimate(float(value), low, high, data.n, data.events, data.patients, method, level)


def _by_chance(data: BinaryOutcome, noise: NDArray[np.float64], *, level: float) -> Estimate:
    kept = noise[np.isfinite(noise)]
    low, high = np.quantile(kept, [(1 - level) / 2, (1 + level) / 2])
    method = f"distance of resampled curves from the curve, {kept.size} resamples by patient"
    return Estimate(float(kept.mean()), float(low), float(high), data.n, data.events, data.patients, method, level)
