"""A smooth calibration curve with its band: the share of positives that goes with each probability."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse, stats

from einthoven.evaluation.estimate import Curve
from einthoven.evaluation.statistics.binary_outcome import BinaryOutcome
from einthoven.evaluation.statistics.loess import local_regression
from einthoven.evaluation.statistics.probability_bins import (
    bin_centres,
    checked_probabilities,
    fine_bins,
    record_weights,
)

__all__ = ["calibration_curve"]


def calibration_curve(
    score: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    points: int = 51,
    span: float = 0.75,
    degree: int = 2,
    level: float = 0.95,
) -> Curve:
    """Return the local regression of truth on probability, held within [0, 1], with a pointwise band.

    The curve is linear in the outcomes, so its variance is that of a weighted sum of residuals, with sums over patients
    [1]_. The band is Wilson's interval of as many independent patients as would give this variance, never more than the
    curve's weights at that place stand for; so it stays within [0, 1] where shares are small. It holds for each place,
    not for all at once.

    Parameters
    ----------
    score : float64 (record,)
        Probabilities in [0, 1]; others and NaN are refused.
    truth : 0 or 1 (record,)
        Both classes are needed (OneClassError).
    clusters, weights : (record,), optional
    points : int
        Half of them evenly spaced between the lowest and the highest score, half at quantiles of the score.
    span, degree
        As in ``loess``.
    level : float in (0, 1)

    References
    ----------
    .. [1] Cleveland and Devlin, JASA 83:596 (1988), doi:10.1080/01621459.1988.10478639
    .. [2] Van Calster et al., Journal of Clinical Epidemiology 74:167 (2016), doi:10.1016/j.jclinepi.2015.12.005

    Examples
    --------
    >>> curve = calibration_curve([0.1, 0.1, 0.1, 0.1, 0.5, 0.5, 0.5, 0.5], [0, 0, 0, 1, 1, 1, 1, 0])
    >>> curve.x[[0, -1]], curve.y[[0, -1]]
    (array([0.1, 0.5]), array([0.25, 0.75]))
    """
    data = checked_probabilities(score, truth, clusters=clusters, weights=weights)
    weight = record_weights(data)
    member = fine_bins(data.score, weight=data.weight)
    mass = np.bincount(member, weight).astype(np.float64)
    x = bin_centres(data.score, member, weight)
    observed = np.bincount(member, weight * data.truth) / mass
    even = np.linspace(data.score.min(), data.score.max(), points // 2 + 1)
    shares = np.linspace(0, 1, points - points // 2)
    at = np.unique(np.concatenate([even, np.quantile(data.score, shares, weights=weight, method="inverted_cdf")]))
    smooth = local_regression(x, at, weight=mass, span=span, degree=degree)
    # the curve as a weighting of the bins' shares, (place, bin)
    hat = smooth.fit(np.broadcast_to(mass, (x.size, x.size)), np.diag(mass)).T
    y = np.clip(hat @ observed, 0.0, 1.0)
    part = weight / mass[member]
    residual = part * (data.truth - np.interp(data.score, at, y))
    variance, smallest = (_variance(data, hat, member, values) for values in (residual, part))
    low, high = _wilson(y, variance, smallest, level=level)
    return Curve(at, y, ("predicted probability", "observed share"), low, high)


def _variance(
    data: BinaryOutcome, hat: NDArray[np.float64], member: NDArray[np.int64], values: NDArray[np.float64]
) -> NDArray[np.float64]:
    # sum over patients of the squared sum of their values, times the curve's weights at a place
    if not data.repeated:
        return np.asarray(hat**2 @ np.bincount(member, values**2))
    shape = (data.patients, hat.shape[1])
    sums = sparse.coo_matrix((values, (data.patient, member)), shape=shape).tocsr()
    return np.array([float(np.sum((sums @ row) ** 2)) for row in hat])


def _wilson(
    y: NDArray[np.float64], variance: NDArray[np.float64], smallest: NDArray[np.float64], *, level: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    spread = y * (1 - y)
    # records: those that give the variance, at most those that the weights add up to
    records = np.divide(spread, variance, out=1 / smallest, where=(spread > 0) & (variance > spread * smallest))
    z2 = float(stats.norm.ppf((1 + level) / 2)) ** 2
    centre = (y + z2 / (2 * records)) / (1 + z2 / records)
    reach = np.sqrt(z2 * (spread / records + z2 / (4 * records**2))) / (1 + z2 / records)
    return np.minimum(np.maximum(centre - reach, 0.0), y), np.maximum(np.minimum(centre + reach, 1.0), y)
