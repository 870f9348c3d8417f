"""Area under the ROC curve and average precision for many weightings of the same records at once, and their influence.

The records are sorted once; a weighting then costs one gather and one running sum. This is what makes a thousand
bootstrap resamples of ten thousand records cheap. The influence of a record is the derivative of an area by its weight:
with it the infinitesimal jackknife of Efron costs one pass instead of one evaluation per record.

References
----------
.. [1] Efron, The Jackknife, the Bootstrap and Other Resampling Plans (1982), doi:10.1137/1.9781611970319
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["AREAS", "Area", "RankedScores", "WeightedAreas", "area_influence", "rank_scores", "weighted_areas"]

Area = Literal["auroc", "average_precision"]
AREAS: tuple[Area, ...] = ("auroc", "average_precision")


@dataclass(frozen=True, slots=True, eq=False)
class RankedScores:
    """Where the positives lie among the records in order of score.

    Attributes
    ----------
    order : int64 (record,)
        Sorts the records by score.
    positive : int64 (positive,)
        Positions of the positives in that order.
    first, past : int64 (group,)
        Each group of equal scores that holds a positive reaches from ``first`` to before ``past``.
    first_positive, past_positive : int64 (group,)
        The same, counted among the positives alone.
    """

    order: NDArray[np.int64]
    positive: NDArray[np.int64]
    first: NDArray[np.int64]
    past: NDArray[np.int64]
    first_positive: NDArray[np.int64]
    past_positive: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class WeightedAreas:
    """Areas per weighting; NaN where a class has no weight. ``auroc, average_precision``: float64 (weighting,)."""

    auroc: NDArray[np.float64]
    average_precision: NDArray[np.float64]


def rank_scores(score: NDArray[np.float64], truth: NDArray[np.bool_]) -> RankedScores:
    """Return the order of the records and the groups of equal scores that hold positives."""
    order = np.argsort(score, kind="stable")
    ascending = score[order]
    positive = np.flatnonzero(truth[order])
    values, first_positive, counts = np.unique(ascending[positive], return_index=True, return_counts=True)
    return RankedScores(
        order=order,
        positive=positive,
        first=np.searchsorted(ascending, values, side="left"),
        past=np.searchsorted(ascending, values, side="right"),
        first_positive=first_positive.astype(np.int64),
        past_positive=(first_positive + counts).astype(np.int64),
    )


def weighted_areas(ranked: RankedScores, weights: NDArray[np.int32] | NDArray[np.float64]) -> WeightedAreas:
    """Return both areas for each weighting.

    Parameters
    ----------
    ranked : RankedScores
    weights : int32 or float64 (weighting, record)
        Times that each record counts, **in order of score** (``weights[:, ranked.order]`` of the records' own order).

    Examples
    --------
    >>> ranked = rank_scores(np.array([0.1, 0.4, 0.4, 0.8]), np.array([False, False, True, True]))
    >>> areas = weighted_areas(ranked, np.ones((1, 4), dtype=np.int32)[:, ranked.order])
    >>> float(areas.auroc[0]), round(float(areas.average_precision[0]), 3)
    (0.875, 0.833)
    """
    below_all = _running(weights)
    below_positive = _running(weights[:, ranked.positive])
    total, total_positive = below_all[:, -1:].astype(np.float64), below_positive[:, -1:].astype(np.float64)
    all_below, all_past = below_all[:, ranked.first], below_all[:, ranked.past]
    positive_below = below_positive[:, ranked.first_positive]
    tied_positive = (below_positive[:, ranked.past_positive] - positive_below).astype(np.float64)
    negative_below = (all_below - positive_below).astype(np.float64)
    tied_negative = (all_past - all_below) - tied_positive
    reached = total - all_below
    precision = np.divide(total_positive - positive_below, reached, out=np.zeros_like(reached), where=reached > 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        pairs = total_positive * (total - total_positive)
        auroc = np.sum(tied_positive * (negative_below + tied_negative / 2), axis=1) / pairs[:, 0]
        average = np.sum(tied_positive * precision, axis=1) / total_positive[:, 0]
    average[pairs[:, 0] == 0] = np.nan
    return WeightedAreas(auroc, average)


def area_influence(ranked: RankedScores, weights: NDArray[np.float64], *, area: Area) -> NDArray[np.float64]:
    """Return the derivative of an area by each record's weight, times that weight; it sums to 0.

    Parameters
    ----------
    ranked : RankedScores
    weights : float64 (record,)
        In order of score.
    area : {"auroc", "average_precision"}

    Returns
    -------
    influence : float64 (record,)
        In order of score.

    Examples
    --------
    >>> ranked = rank_scores(np.array([0.1, 0.4, 0.4, 0.8]), np.array([False, False, True, True]))
    >>> area_influence(ranked, np.ones(4), area="auroc")
    array([ 0.0625, -0.0625, -0.0625,  0.0625])
    """
    is_positive = np.zeros(weights.size, dtype=np.bool_)
    is_positive[ranked.positive] = True
    group = np.searchsorted(ranked.first, np.arange(weights.size), side="right") - 1
    in_group = (group >= 0) & (np.arange(weights.size) < np.append(ranked.past, 0)[group])
    find = _auroc_derivative if area == "auroc" else _precision_derivative
    derivative = find(ranked, weights, is_positive=is_positive, group=group, in_group=in_group)
    return np.asarray(derivative * weights)


def _auroc_derivative(
    ranked: RankedScores,
    weights: NDArray[np.float64],
    *,
    is_positive: NDArray[np.bool_],
    group: NDArray[np.int64],
    in_group: NDArray[np.bool_],
) -> NDArray[np.float64]:
    positive = np.where(is_positive, weights, 0.0)
    below, below_positive = _running(weights[None])[0], _running(positive[None])[0]
    total, total_negative = below_positive[-1], below[-1] - below_positive[-1]
    below_negative = below - below_positive
    share_below = (below_negative[ranked.first] + below_negative[ranked.past]) / 2 / total_negative
    # a negative outside every group of positives has no ties; a group's negatives tie with its positives
    share_above = 1 - below_positive[:-1] / total
    tied_above = 1 - (below_positive[ranked.first] + below_positive[ranked.past]) / 2 / total
    share_above = np.where(in_group, tied_above[group], share_above)
    tied = below_positive[ranked.past] - below_positive[ranked.first]
    area = float((tied * share_below).sum() / total)
    return np.asarray(np.where(is_positive, (share_below[group] - area) / total, (share_above - area) / total_negative))


def _precision_derivative(
    ranked: RankedScores,
    weights: NDArray[np.float64],
    *,
    is_positive: NDArray[np.bool_],
    group: NDArray[np.int64],
    in_group: NDArray[np.bool_],  # noqa: ARG001 - one signature for both areas
) -> NDArray[np.float64]:
    positive = np.where(is_positive, weights, 0.0)
    below, below_positive = _running(weights[None])[0], _running(positive[None])[0]
    total = below_positive[-1]
    tied = below_positive[ranked.past] - below_positive[ranked.first]
    true, reached = total - below_positive[ranked.first], below[-1] - below[ranked.first]
    precision = true / reached
    area = float((tied * precision).sum() / total)
    # a record counts at every threshold at or below its score: one more true, or one more false positive
    gained = np.cumsum(np.append(0.0, tied * (reached - true) / reached**2)) / total
    lost = np.cumsum(np.append(0.0, tied * true / reached**2)) / total
    return np.asarray(np.where(is_positive, (precision[group] - area) / total + gained[group + 1], -lost[group + 1]))


def _running(weights: NDArray[np.int32] | NDArray[np.float64]) -> NDArray[Any]:
    # running sum with a leading 0; int32 holds it for up to 2 billion records
    sums = np.zeros((weights.shape[0], weights.shape[1] + 1), dtype=weights.dtype)
    np.cumsum(weights, axis=1, out=sums[:, 1:])
    return sums
