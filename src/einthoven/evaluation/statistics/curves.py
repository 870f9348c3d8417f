"""ROC, precision-recall and reliability curves, thinned for display.

References
----------
.. [1] Van Calster et al., BMC Medicine 17:230 (2019), doi:10.1186/s12916-019-1466-7
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from einthoven.evaluation.estimate import Curve
from einthoven.evaluation.statistics.binary_outcome import BinaryOutcome, binary_outcome
from einthoven.evaluation.statistics.brier import probability_outcome
from einthoven.evaluation.statistics.proportion import proportion

__all__ = ["precision_recall_curve", "reliability_curve", "roc_curve"]


def roc_curve(score: ArrayLike, truth: ArrayLike, *, weights: ArrayLike | None = None, points: int = 200) -> Curve:
    """Return sensitivity against 1 - specificity, from (0, 0) to (1, 1), at most ``points`` of its corners.

    Parameters
    ----------
    score : float64 (record,)
        NaN is refused; equal scores are one corner.
    truth : 0 or 1 (record,)
        Both classes are needed (OneClassError).
    weights : (record,), optional
        Sampling weights.
    points : int
        Which corners stay depends on both axes, so steep and flat parts keep their shape.

    Examples
    --------
    >>> roc_curve([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]).y
    array([0. , 0.5, 0.5, 1. , 1. ])
    """
    true, false = _above_each_threshold(binary_outcome(score, truth, weights=weights))
    x = np.concatenate([[0.0], false / false[-1]])
    y = np.concatenate([[0.0], true / true[-1]])
    kept = _thinned(x, y, points)
    return Curve(x[kept], y[kept], ("1 - specificity", "sensitivity"))


def precision_recall_curve(
    score: ArrayLike, truth: ArrayLike, *, weights: ArrayLike | None = None, points: int = 200
) -> Curve:
    """Return precision (positive predictive value) against recall (sensitivity); arguments as ``roc_curve``.

    Examples
    --------
    >>> precision_recall_curve([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]).x
    array([0.5, 0.5, 1. , 1. ])
    """
    true, false = _above_each_threshold(binary_outcome(score, truth, weights=weights))
    recall, precision = true / true[-1], true / (true + false)
    kept = _thinned(recall, precision, points)
    return Curve(recall[kept], precision[kept], ("recall", "precision"))


def reliability_curve(
    score: ArrayLike, truth: ArrayLike, *, clusters: ArrayLike | None = None, weights: ArrayLike | None = None,
    bins: int = 10, level: float = 0.95,
) -> Curve:  # fmt: skip
    """Return the observed share of positives against the mean predicted probability, in bins of as many records.

    Equal scores never fall into two bins, so there may be fewer bins than asked for. The band is the exact binomial
    interval of each bin's share, with the design effect of repeated patients and weights.

    Parameters
    ----------
    score : float64 (record,)
        Probabilities in [0, 1]; others and NaN are refused.
    truth : 0 or 1 (record,)
        One class alone is accepted.
    clusters, weights : (record,), optional
    bins : int
    level : float in (0, 1)

    Examples
    --------
    >>> curve = reliability_curve([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1], bins=2)
    >>> curve.x, curve.y
    (array([0.15, 0.85]), array([0., 1.]))
    """
    data = probability_outcome(score, truth, clusters=clusters, weights=weights)
    edges = np.unique(np.quantile(data.score, np.linspace(0, 1, bins + 1)[1:-1]))
    member = np.searchsorted(edges, data.score, side="left")
    predicted, shares = [], []
    for kept in (member == one for one in np.unique(member)):
        weight = None if data.weight is None else data.weight[kept]
        predicted.append(np.average(data.score[kept], weights=weight))
        shares.append(proportion(data.truth[kept], clusters=data.patient[kept], weights=weight, level=level))
    observed, low, high = np.array([[s.value, s.low, s.high] for s in shares]).T
    return Curve(np.array(predicted), observed, ("predicted probability", "observed share"), low, high)


def _above_each_threshold(data: BinaryOutcome) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the weight of positives and of negatives at and above each score, from the highest down."""
    order = np.argsort(-data.score, kind="stable")
    last_of_tie = np.flatnonzero(np.append(np.diff(data.score[order]) != 0, True))
    weight = np.ones(data.n) if data.weight is None else data.weight[order]
    true, false = (np.cumsum(weight * kept)[last_of_tie] for kept in (data.truth[order], ~data.truth[order]))
    return true, false


def _thinned(x: NDArray[np.float64], y: NDArray[np.float64], points: int) -> NDArray[np.int64]:
    if x.size <= points:
        return np.arange(x.size)
    # evenly spaced along the length of the curve, measured in both axes
    length = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(x)) + np.abs(np.diff(y)))])
    kept = np.searchsorted(length, np.linspace(0.0, length[-1], points))
    return np.unique(np.concatenate([[0], kept[1:-1], [x.size - 1]]))
