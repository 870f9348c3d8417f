"""Area under the ROC curve and average precision for many weightings of the same records at once.

The records are sorted once; a weighting then costs one gather and one running sum. This is what makes a thousand
bootstrap resamples of ten thousand records cheap.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["RankedScores", "WeightedAreas", "rank_scores", "weighted_areas"]


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


def weighted_areas(ranked: RankedScores, weights: NDArray[np.int32]) -> WeightedAreas:
    """Return both areas for each weighting.

    Parameters
    ----------
    ranked : RankedScores
    weights : int32 (weighting, record)
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


def _running(weights: NDArray[np.int32]) -> NDArray[np.int32]:
    # running sum with a leading 0; int32 holds it for up to 2 billion records
    sums = np.zeros((weights.shape[0], weights.shape[1] + 1), dtype=np.int32)
    np.cumsum(weights, axis=1, out=sums[:, 1:])
    return sums
