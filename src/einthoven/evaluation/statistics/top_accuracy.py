"""Accuracy of the class that a model ranks first."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import ArrayLike, NDArray

from einthoven.errors import InvalidScoreError, StatisticsError
from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.proportion import proportion

__all__ = ["ranked_first", "top_accuracy"]


def top_accuracy(
    score: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return the share of records whose true class has the highest score: ``mean(argmax(score) = class)``.

    Where two classes share the highest score no class was chosen, which counts as wrong. The interval is that of a
    share, exact, with the design effect of repeated patients [1]_.

    Parameters
    ----------
    score : float64 (record, class)
        On one scale for all classes.
    truth : 0 or 1 (record, class)
        Exactly one 1 in each record.
    clusters, weights : (record,), optional
        Patient of each record, and how much it counts.
    level : float in (0, 1)

    Raises
    ------
    StatisticsError
        A record has no class, or two.
    InvalidScoreError
        A score is NaN or infinite.

    References
    ----------
    .. [1] Rao and Scott, Biometrics 48:577 (1992), doi:10.2307/2532311

    Examples
    --------
    >>> top_accuracy([[0.2, 0.5, 0.3], [0.4, 0.1, 0.5], [0.9, 0.1, 0.0]], [[0, 1, 0], [1, 0, 0], [1, 0, 0]]).value
    0.6666666666666666
    """
    first = ranked_first(score)
    known = np.asarray(truth, dtype=np.float64)
    if known.shape != np.shape(score) or not np.isin(known, (0.0, 1.0)).all():
        raise StatisticsError(f"truth must be 0 or 1 for each record and class {np.shape(score)}, got {known.shape}")
    classes = known.sum(axis=1)
    if (classes != 1).any():
        row = int(np.flatnonzero(classes != 1)[0])
        raise StatisticsError(f"each record must have exactly one class, got {int(classes[row])} at position {row}")
    hit = (first >= 0) & (known.argmax(axis=1) == first)
    found = proportion(hit, clusters=clusters, weights=weights, level=level)
    return dataclasses.replace(found, method=f"{known.shape[1]} classes; {found.method}")


def ranked_first(score: ArrayLike) -> NDArray[np.int64]:
    """Return the class of the highest score of each record, -1 where several share it.

    Examples
    --------
    >>> ranked_first([[0.2, 0.8], [0.5, 0.5]])
    array([ 1, -1])
    """
    values = np.asarray(score, dtype=np.float64)
    if values.ndim != 2 or values.shape[1] < 2:
        raise StatisticsError(f"scores must be (record, class) with two classes or more, got shape {values.shape}")
    if not np.isfinite(values).all():
        raise InvalidScoreError("scores must be finite numbers")
    shared = (values == values.max(axis=1, keepdims=True)).sum(axis=1) > 1
    return np.where(shared, -1, values.argmax(axis=1))
