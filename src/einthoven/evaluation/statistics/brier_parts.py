"""The Brier score taken apart: reliability, resolution and uncertainty."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.binary_outcome import BinaryOutcome
from einthoven.evaluation.statistics.probability_bins import (
    binned_shares,
    checked_probabilities,
    mean_variance,
    record_weights,
    undefined_estimate,
)
from einthoven.evaluation.statistics.resampled_sums import centred_interval, resampled_sums

__all__ = ["BrierParts", "brier_parts"]


@dataclass(frozen=True, slots=True)
class BrierParts:
    """Parts of a Brier score.

    Attributes
    ----------
    reliability : Estimate
        Squared distance of mean score and share of positives over bins; 0 is ideal.
    resolution : Estimate
        Variance of the bins' shares of positives: how far the score tells bins apart; higher is better.
    uncertainty : Estimate
        ``prevalence * (1 - prevalence)``, which no score changes.
    within : float
        Brier score minus the plain sum of the three: what scores do inside the bins.
    """

    reliability: Estimate
    resolution: Estimate
    uncertainty: Estimate
    within: float


def brier_parts(
    score: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    bins: int = 10,
    corrected: bool = True,
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> BrierParts:
    """Return the parts of ``Brier = reliability - resolution + uncertainty + within`` over bins of equal weight.

    Reliability is ``sum of share * (mean score - share of positives)^2``, resolution ``sum of share * (share of
    positives - prevalence)^2`` [1]_. Noise in the bins' shares makes both too great; the correction takes off its
    variance, with sums over patients where they repeat (for independent records it is Ferro and Fricker's [2]_). A
    corrected reliability may be negative, which says that noise explains more than all of it. The intervals are the
    spread of patients' resamples, with the bins held, about their own mean.

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
    corrected : bool
        False gives Murphy's plain parts. The correction is undefined, with a reason, where a bin holds one patient.
    level : float in (0, 1)
    resamples, seed : int

    References
    ----------
    .. [1] Murphy, Journal of Applied Meteorology 12:595 (1973), doi:10.1175/1520-0450(1973)012<0595:ANVPOT>2.0.CO;2
    .. [2] Ferro and Fricker, QJRMS 138:1954 (2012), doi:10.1002/qj.1924

    Examples
    --------
    >>> parts = brier_parts([0.1, 0.1, 0.9, 0.9], [0, 1, 1, 1], bins=2, corrected=False)
    >>> parts.reliability.value, parts.resolution.value, parts.uncertainty.value
    (0.085, 0.0625, 0.1875)
    """
    data = checked_probabilities(score, truth, clusters=clusters, weights=weights)
    weight, binned = record_weights(data), binned_shares(data, bins=bins)
    plain = _parts(binned.share, binned.predicted, binned.observed)
    within = float(np.average((data.score - data.truth) ** 2, weights=weight)) - float(plain[0] - plain[1] + plain[2])
    values = plain
    if corrected:
        noise = float(binned.share @ binned.variance)
        whole = mean_variance(data.truth.astype(np.float64), weight, data.patient)
        values = plain + np.array([-noise, whole - noise, whole])
    sums = resampled_sums(
        data, binned.member, np.column_stack([weight, weight * data.score, weight * data.truth]),
        resamples=resamples, seed=seed,
    )  # fmt: skip
    mass = sums[..., 0]
    # a bin that a resample misses has no share, whatever its means
    predicted, observed = (sums[..., k] / np.where(mass > 0, mass, 1.0) for k in (1, 2))
    replicates = _parts(mass / mass.sum(axis=1, keepdims=True), predicted, observed)
    how = f"{binned.share.size} bins, {'bias-corrected' if corrected else 'plain'}"
    method = f"{how}; bootstrap by patient about its mean, {resamples} resamples"
    estimates = {
        name: _estimate(data, float(value), drawn, method=method, level=level)
        for name, value, drawn in zip(("reliability", "resolution", "uncertainty"), values, replicates, strict=True)
    }
    return BrierParts(**estimates, within=within)


def _parts(
    share: NDArray[np.float64], predicted: NDArray[np.float64], observed: NDArray[np.float64]
) -> NDArray[np.float64]:
    # (part, ...) from (..., bin)
    prevalence = np.sum(share * observed, axis=-1)
    reliability = np.sum(share * (predicted - observed) ** 2, axis=-1)
    resolution = np.sum(share * (observed - prevalence[..., None]) ** 2, axis=-1)
    return np.array([reliability, resolution, prevalence * (1 - prevalence)])


def _estimate(
    data: BinaryOutcome, value: float, replicates: NDArray[np.float64], *, method: str, level: float
) -> Estimate:
    counts = (data.n, data.events, data.patients)
    if np.isnan(value):
        return undefined_estimate("a bin holds a single patient, so its noise is unknown", data, method=method)
    low, high = centred_interval(value, replicates, level=level)
    return Estimate(value, low, high, *counts, method, level)
