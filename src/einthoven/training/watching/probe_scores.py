"""Scores of held-out records from embeddings alone: a linear probe and nearest neighbours, both in closed form.

References
----------
.. [1] Allen, Technometrics 16:125 (1974), doi:10.2307/1267500: leave-one-out errors of ridge regression
.. [2] Wu et al., CVPR 2018, arXiv:1805.01978, section 3.4: weighted nearest neighbours
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["linear_scores", "neighbour_scores"]

NEIGHBOURS = 20
TEMPERATURE = 0.07  # of [2]
# penalty per training record, of standardised features; five decades hold the best of all networks that were tried
_PENALTIES = np.logspace(-3, 2, 11)
_SMALL = 1e-6


class _Group(NamedTuple):
    """Labels that are known for the same records."""

    labels: NDArray[np.int64]
    records: NDArray[np.int64]


def linear_scores(
    features: NDArray[np.float64], target: NDArray[np.float32], asked: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the scores of ridge regression on the labels, float64 (asked record, C); higher means more likely.

    Features are standardised by the training records, and each label has the penalty with the smallest leave-one-out
    error [1]_, so that nothing has to be chosen and the same embeddings give the same scores.

    Parameters
    ----------
    features : float64 (record, D)
    target : float32 (record, C)
        0 to 1, NaN for unknown; records of which a label is unknown are left out for that label.
    asked : float64 (asked record, D)
    """
    scores = np.zeros((len(asked), target.shape[1]))
    for group in _groups(target):
        own = features[group.records]
        centre, scale = own.mean(axis=0), own.std(axis=0)
        usable = scale > _SMALL * max(float(np.abs(own).max(initial=0.0)), _SMALL)
        scale = np.where(usable, scale, np.inf)  # a constant dimension says nothing
        truth = target[np.ix_(group.records, group.labels)].astype(np.float64)
        weights = _ridge((own - centre) / scale, truth - truth.mean(axis=0))
        scores[:, group.labels] = (asked - centre) / scale @ weights + truth.mean(axis=0)
    return scores


def neighbour_scores(
    features: NDArray[np.float64], target: NDArray[np.float32], asked: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the weighted share of positives among the 20 nearest by cosine, float64 (asked record, C).

    A neighbour's weight is ``exp(cosine / 0.07)`` [2]_.

    Parameters are those of ``linear_scores``.
    """
    scores = np.zeros((len(asked), target.shape[1]))
    cosine = _normalised(asked) @ _normalised(features).T
    for group in _groups(target):
        own = cosine[:, group.records]
        nearest = np.argsort(-own, axis=1, kind="stable")[:, :NEIGHBOURS]
        weight = np.exp(np.take_along_axis(own, nearest, axis=1) / TEMPERATURE)
        truth = target[np.ix_(group.records, group.labels)].astype(np.float64)
        positive = np.einsum("ak,akc->ac", weight, truth[nearest])
        scores[:, group.labels] = positive / weight.sum(axis=1, keepdims=True)
    return scores


def _ridge(features: NDArray[np.float64], truth: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return weights, float64 (D, C), of centred features and truth."""
    left, singular, right = np.linalg.svd(features, full_matrices=False)
    projected = left.T @ truth
    best = np.full(truth.shape[1], np.inf)
    weights = np.zeros((features.shape[1], truth.shape[1]))
    for penalty in _PENALTIES * len(features):
        kept = singular**2 / (singular**2 + penalty)
        leverage = 1 / len(features) + left**2 @ kept
        error = (truth - left @ (kept[:, np.newaxis] * projected)) / np.clip(1 - leverage, _SMALL, None)[:, np.newaxis]
        loss = np.mean(error**2, axis=0)
        better = loss < best
        found = right.T @ ((singular / (singular**2 + penalty))[:, np.newaxis] * projected[:, better])
        weights[:, better], best[better] = found, loss[better]
    return weights


def _groups(target: NDArray[np.float32]) -> Iterator[_Group]:
    """Yield labels by the records that they are known for, so that one decomposition serves many."""
    known = ~np.isnan(target)
    patterns, members = np.unique(known, axis=1, return_inverse=True)
    for index, pattern in enumerate(patterns.T):
        yield _Group(np.flatnonzero(members.ravel() == index), np.flatnonzero(pattern))


def _normalised(features: NDArray[np.float64]) -> NDArray[np.float64]:
    length = np.linalg.norm(features, axis=1, keepdims=True)
    return features / np.where(length > 0, length, 1.0)
