"""Decision curves: net benefit against threshold probability, with a pointwise band.

All thresholds share one sort, so 10 million scores are no obstacle. Acting on nobody has net benefit 0 throughout.

References
----------
.. [1] Vickers and Elkin, Medical Decision Making 26:565 (2006), doi:10.1177/0272989X06295361
.. [2] Vickers, van Calster and Steyerberg, BMJ 352:i6 (2016), doi:10.1136/bmj.i6
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from einthoven.evaluation.estimate import Curve
from einthoven.evaluation.statistics.binary_outcome import BinaryOutcome
from einthoven.evaluation.statistics.net_benefit import exchange_rate, risk_outcome
from einthoven.evaluation.statistics.share_combination import ShareMoments, combination_interval, few

__all__ = ["THRESHOLDS", "decision_curve", "decision_curve_all"]

THRESHOLDS = tuple(round(0.01 * step, 2) for step in range(1, 51))
NAMES = ("threshold probability", "net benefit")


def decision_curve(
    score: ArrayLike,
    truth: ArrayLike,
    *,
    thresholds: ArrayLike = THRESHOLDS,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Curve:
    """Return ``net_benefit`` at each threshold, value and interval equal to that function's.

    Parameters
    ----------
    score : float64 (record,)
        Probabilities in [0, 1]; NaN is refused.
    truth : 0 or 1 (record,)
        Both classes are needed (OneClassError).
    thresholds : float64 (threshold,)
        Within (0, 1); by default 0.01, 0.02 ... 0.5. Sorted in the result.
    clusters, weights : (record,), optional
        As in ``net_benefit``. A single patient has no band.
    level : float in (0, 1)

    Examples
    --------
    >>> curve = decision_curve([0.1, 0.4, 0.35, 0.8, 0.7, 0.2], [0, 0, 1, 1, 1, 0], thresholds=[0.2, 0.5])
    >>> curve.y.round(4)
    array([0.4167, 0.3333])
    """
    data = risk_outcome(score, truth, clusters=clusters, weights=weights)
    x = np.unique(np.asarray(thresholds, dtype=np.float64))
    rates = np.array([exchange_rate(float(at)) for at in x])
    return _curve(x, _moments_at(data, x), np.stack([np.ones_like(x), -rates], axis=1), data=data, level=level)


def decision_curve_all(
    truth: ArrayLike,
    *,
    thresholds: ArrayLike = THRESHOLDS,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Curve:
    """Return the net benefit of acting on everyone at each threshold; arguments as ``decision_curve``.

    Examples
    --------
    >>> decision_curve_all([0, 0, 0, 1], thresholds=[0.2, 0.5]).y
    array([ 0.0625, -0.5   ])
    """
    everyone = np.ones(np.shape(truth))
    return decision_curve(everyone, truth, thresholds=thresholds, clusters=clusters, weights=weights, level=level)


def _curve(
    x: NDArray[np.float64],
    found: ShareMoments,
    coefficient: NDArray[np.float64],
    *,
    data: BinaryOutcome,
    level: float,
) -> Curve:
    if data.patients < 2:
        return Curve(x, np.sum(coefficient * found.share, axis=1), NAMES)
    value, low, high = combination_interval(found, coefficient, exact=few(data), level=level)
    return Curve(x, value, NAMES, low, high)


def _moments_at(data: BinaryOutcome, thresholds: NDArray[np.float64]) -> ShareMoments:
    """Return the shares of true and of false positives, (threshold, 2), with their covariance over patients.

    A patient's squared sum over the records called at a threshold grows, as the threshold falls past one more record
    of weight w, by ``w (2 * sum before + w)``. Adding these steps up by threshold gives all thresholds at once.
    """
    bins = np.searchsorted(thresholds, data.score, side="right")
    weight = np.ones(data.n) if data.weight is None else data.weight
    of_patient = np.bincount(data.patient, weight, data.patients)
    total, squares = float(of_patient.sum()), float(of_patient @ of_patient)
    kinds = (data.truth, ~data.truth)
    if data.repeated:
        order = np.argsort(data.patient * (thresholds.size + 1) + (thresholds.size - bins), kind="stable")
        bins, weight, patient = bins[order], weight[order], data.patient[order]
        kinds = (data.truth[order], ~data.truth[order])
        start = np.searchsorted(patient, np.arange(data.patients))
        before = [_sum_before(np.where(kind, weight, 0.0), start, patient) for kind in kinds]
    else:
        patient, before = data.patient, [np.zeros(1), np.zeros(1)]

    def called(amount: NDArray[np.float64], kind: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
        steps = np.bincount(bins, amount if kind is None else np.where(kind, amount, 0.0), thresholds.size + 1)
        return np.asarray(np.cumsum(steps[::-1])[::-1][1:])

    sums = np.stack([called(weight, kind) for kind in kinds], axis=1)
    with_total = np.stack([called(weight * of_patient[patient], kind) for kind in kinds], axis=1)
    cross = called(weight * np.where(kinds[0], before[1], before[0]))
    own = [called(weight * (2 * b + weight), kind) for b, kind in zip(before, kinds, strict=True)]
    products = np.stack([np.stack([own[0], cross], axis=1), np.stack([cross, own[1]], axis=1)], axis=1)
    share = sums / total
    mixed = share[:, :, None] * with_total[:, None, :]
    deviation = products - mixed - mixed.transpose(0, 2, 1) + share[:, :, None] * share[:, None, :] * squares
    factor = data.patients / (data.patients - 1) if data.patients > 1 else np.nan
    squared = np.stack([called(weight**2, kind) for kind in kinds], axis=1)
    spread = squared * (1 - 2 * share) + share**2 * float(weight @ weight)
    spread *= data.n / max(data.n - 1, 1) / total**2
    return ShareMoments(share, deviation * (factor / total**2), spread, data.n, data.patients, total**2 / squares)


def _sum_before(
    amount: NDArray[np.float64], start: NDArray[np.int64], patient: NDArray[np.int64]
) -> NDArray[np.float64]:
    running = np.concatenate([[0.0], np.cumsum(amount)])
    return np.asarray(running[:-1] - running[start][patient])
