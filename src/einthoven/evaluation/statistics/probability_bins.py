"""Checked probabilities, and their bins: of equal weight for calibration errors, fine ones for smooth curves."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from einthoven.errors import InvalidScoreError, SpecificationError
from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.binary_outcome import BinaryOutcome, binary_outcome

__all__ = [
    "BinnedShares",
    "bin_centres",
    "binned_shares",
    "checked_probabilities",
    "equal_weight_bins",
    "fine_bins",
    "mean_variance",
    "record_weights",
    "undefined_estimate",
]

# a smooth curve sees at most twice as many points as this; what lies within one bin moves it by less than 1e-4
FINE_BINS = 250


@dataclass(frozen=True, slots=True, eq=False)
class BinnedShares:
    """Bins of equal weight.

    Attributes
    ----------
    member : int64 (record,)
        Bin of each record.
    share : float64 (bin,)
        Of the weight.
    predicted, observed : float64 (bin,)
        Mean score, share of positives.
    variance : float64 (bin,)
        Of ``observed``, with sums over patients; NaN in a bin with a single patient.
    """

    member: NDArray[np.int64]
    share: NDArray[np.float64]
    predicted: NDArray[np.float64]
    observed: NDArray[np.float64]
    variance: NDArray[np.float64]


def checked_probabilities(
    score: ArrayLike, truth: ArrayLike, *, clusters: ArrayLike | None = None, weights: ArrayLike | None = None
) -> BinaryOutcome:
    """Return checked probabilities with a truth of both classes, in an order that the rows' order has no say in.

    Raises
    ------
    InvalidScoreError
        A score is NaN or outside [0, 1].
    OneClassError
        No positives or no negatives: then nothing tells high probabilities from low ones.
    """
    data = binary_outcome(score, truth, clusters=clusters, weights=weights)
    outside = (data.score < 0) | (data.score > 1)
    if outside.any():
        first = int(np.flatnonzero(outside)[0])
        raise InvalidScoreError(f"probabilities must lie in [0, 1], got {data.score[first]} at position {first}")
    weight = record_weights(data)
    keys = (weight, data.truth, data.score)
    order = np.lexsort((*keys, data.patient) if data.repeated else keys)
    return dataclasses.replace(
        data,
        score=data.score[order],
        truth=data.truth[order],
        patient=data.patient[order] if data.repeated else np.arange(data.n),
        weight=None if data.weight is None else weight[order],
    )


def record_weights(data: BinaryOutcome) -> NDArray[np.float64]:
    """Return the weight of each record, 1 where all count alike."""
    return np.ones(data.n) if data.weight is None else data.weight


def undefined_estimate(reason: str, data: BinaryOutcome, *, method: str) -> Estimate:
    """Return the estimate of what is not defined on these data."""
    return Estimate.undefined(reason, n=data.n, events=data.events, clusters=data.patients, method=method)


def equal_weight_bins(
    score: NDArray[np.float64], *, bins: int, weight: NDArray[np.float64] | None = None
) -> NDArray[np.int64]:
    """Return each record's bin, 0 to (at most) ``bins - 1``; equal scores never fall into two bins.

    A score belongs to the bin that holds the middle of its weight among all records in order of score.

    Examples
    --------
    >>> equal_weight_bins(np.array([0.1, 0.1, 0.1, 0.8, 0.9, 0.2]), bins=3)
    array([0, 0, 0, 2, 2, 1])
    """
    if bins < 1:
        raise SpecificationError(f"there must be at least 1 bin, got {bins}")
    values, position = np.unique(score, return_inverse=True)
    mass = np.bincount(position, weight, values.size)
    middle = np.cumsum(mass) - mass / 2
    # rounding guards the middle that lies on a border against sums in another order
    member = np.floor(np.round(bins * middle / mass.sum(), 9)).clip(0, bins - 1)
    return np.asarray(np.unique(member, return_inverse=True)[1].reshape(-1)[position], dtype=np.int64)


def fine_bins(
    score: NDArray[np.float64], *, weight: NDArray[np.float64] | None = None, bins: int = FINE_BINS
) -> NDArray[np.int64]:
    """Return each record's bin: one per score where there are at most ``2 * bins`` scores, otherwise narrow ones.

    A narrow bin holds at most ``1 / bins`` of the weight (or a single score) and spans at most ``1 / bins`` of the
    range of scores; there are at most ``2 * bins``.

    Examples
    --------
    >>> fine_bins(np.array([0.1, 0.3, 0.1, 0.8]))
    array([0, 1, 0, 2])
    """
    values, position = np.unique(score, return_inverse=True)
    if values.size <= 2 * bins:
        return np.asarray(position, dtype=np.int64)
    by_weight = equal_weight_bins(score, bins=bins, weight=weight)
    span = (score - values[0]) / (values[-1] - values[0])
    by_place = np.floor(span * bins).clip(0, bins - 1).astype(np.int64)
    pair = by_weight * bins + by_place
    return np.asarray(np.unique(pair, return_inverse=True)[1].reshape(-1), dtype=np.int64)


def bin_centres(
    score: NDArray[np.float64], member: NDArray[np.int64], weight: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the mean score of each bin; of equal scores it is that score to the last digit.

    Examples
    --------
    >>> bin_centres(np.array([0.1, 0.1, 0.1, 0.4, 0.6]), np.array([0, 0, 0, 1, 1]), np.ones(5))
    array([0.1, 0.5])
    """
    mass = np.bincount(member, weight)
    lowest, highest = np.full(mass.size, np.inf), np.full(mass.size, -np.inf)
    np.minimum.at(lowest, member, score)
    np.maximum.at(highest, member, score)
    return np.clip(np.bincount(member, weight * score) / mass, lowest, highest)


def binned_shares(data: BinaryOutcome, *, bins: int) -> BinnedShares:
    """Return mean score, share of positives and its variance in bins of equal weight."""
    weight = record_weights(data)
    member = equal_weight_bins(data.score, bins=bins, weight=data.weight)
    mass = np.bincount(member, weight)
    predicted, observed = (np.bincount(member, weight * values) / mass for values in (data.score, data.truth))
    parts = (np.flatnonzero(member == b) for b in range(mass.size))
    truth = data.truth.astype(np.float64)
    variance = [mean_variance(truth[rows], weight[rows], data.patient[rows]) for rows in parts]
    return BinnedShares(member, mass / mass.sum(), predicted, observed, np.array(variance))


def mean_variance(values: NDArray[np.float64], weight: NDArray[np.float64], patient: NDArray[np.int64]) -> float:
    """Return the variance of a weighted mean, with sums over patients; NaN of a single patient.

    Without weights and repeated patients it is ``p (1 - p) / (n - 1)`` of a share.

    Examples
    --------
    >>> round(mean_variance(np.array([1.0, 0.0, 0.0, 1.0]), np.ones(4), np.arange(4)), 4)
    0.0833
    """
    codes = np.unique(patient, return_inverse=True)[1]
    sums = np.bincount(codes, weight * (values - np.average(values, weights=weight)))
    patients = sums.size
    return patients / (patients - 1) * float(sums @ sums) / float(weight.sum()) ** 2 if patients > 1 else float("nan")
