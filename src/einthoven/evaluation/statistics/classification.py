"""Accuracy of yes/no decisions: a reader's, or a score's at a threshold.

All come with an interval of ``proportion``: the exact binomial one, or Wilson's on request. ``n`` is the share's
denominator and ``events`` its numerator. A share with an empty denominator (sensitivity without positives, positive
predictive value without a positive call) is undefined with a reason, not an error: in a table of many labels that is a
result.

References
----------
.. [1] Clopper and Pearson, Biometrika 26:404 (1934), doi:10.1093/biomet/26.4.404
.. [2] Altman and Bland, BMJ 308:1552 (1994), doi:10.1136/bmj.308.6943.1552
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from einthoven.errors import InvalidScoreError
from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.binary_outcome import BinaryOutcome, binary_outcome
from einthoven.evaluation.statistics.proportion import ShareInterval, proportion

__all__ = ["accuracy", "npv", "ppv", "prevalence", "sensitivity", "specificity"]


def sensitivity(
    decision: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
    method: ShareInterval = "clopper-pearson",
) -> Estimate:
    """Return the share of positives that are called positive, ``TP / (TP + FN)``.

    Parameters
    ----------
    decision, truth : 0 or 1 (record,)
        Other values and NaN are refused.
    clusters : (record,), optional
        Patient of each record.
    weights : (record,), optional
        How many records each stands for, positive.
    level : float in (0, 1)
    method : {"clopper-pearson", "wilson"}

    Examples
    --------
    >>> sensitivity([1, 1, 0, 0], [1, 1, 1, 0]).value
    0.6667
    """
    data = _decided(decision, truth, clusters, weights)
    return _share(data, data.score == 1, of=data.truth, level=level, method=method, empty="no positives")


def specificity(
    decision: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
    method: ShareInterval = "clopper-pearson",
) -> Estimate:
    """Return the share of negatives that are called negative, ``TN / (TN + FP)``; arguments as ``sensitivity``.

    Examples
    --------
    >>> specificity([1, 0, 0, 0], [1, 1, 0, 0]).value
    1.0
    """
    data = _decided(decision, truth, clusters, weights)
    return _share(data, data.score == 0, of=~data.truth, level=level, method=method, empty="no negatives")


def ppv(
    decision: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
    method: ShareInterval = "clopper-pearson",
) -> Estimate:
    """Return the share of positive calls that are right, ``TP / (TP + FP)``; it moves with the prevalence.

    Arguments as ``sensitivity``.

    Examples
    --------
    >>> ppv([1, 1, 0, 0], [1, 0, 0, 0]).value
    0.5
    """
    data = _decided(decision, truth, clusters, weights)
    return _share(data, data.truth, of=data.score == 1, level=level, method=method, empty="nothing was called positive")


def npv(
    decision: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
    method: ShareInterval = "clopper-pearson",
) -> Estimate:
    """Return the share of negative calls that are right, ``TN / (TN + FN)``; it moves with the prevalence.

    Arguments as ``sensitivity``.

    Examples
    --------
    >>> npv([1, 0, 0, 0, 0], [1, 1, 0, 0, 0]).value
    0.75
    """
    data = _decided(decision, truth, clusters, weights)
    return _share(
        data, ~data.truth, of=data.score == 0, level=level, method=method, empty="nothing was called negative"
    )


def accuracy(
    decision: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
    method: ShareInterval = "clopper-pearson",
) -> Estimate:
    """Return the share of calls that are right, ``(TP + TN) / n``; arguments as ``sensitivity``.

    Examples
    --------
    >>> accuracy([1, 0, 0, 0], [1, 1, 0, 0]).value
    0.75
    """
    data = _decided(decision, truth, clusters, weights)
    return proportion(data.score == data.truth, clusters=data.patient, weights=data.weight, level=level, method=method)


def prevalence(
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
    method: ShareInterval = "clopper-pearson",
) -> Estimate:
    """Return the share of records that are positive; arguments as ``sensitivity``.

    Examples
    --------
    >>> prevalence([1, 0, 0, 0]).value
    0.25
    """
    data = _decided(truth, truth, clusters, weights)
    return proportion(data.truth, clusters=data.patient, weights=data.weight, level=level, method=method)


def _decided(
    decision: ArrayLike, truth: ArrayLike, clusters: ArrayLike | None, weights: ArrayLike | None
) -> BinaryOutcome:
    data = binary_outcome(decision, truth, clusters=clusters, weights=weights, both_classes=False)
    wrong = (data.score != 0) & (data.score != 1)
    if wrong.any():
        first = int(np.flatnonzero(wrong)[0])
        raise InvalidScoreError(
            f"decisions must be 0 or 1, got {data.score[first]} at position {first}; apply a threshold to scores first"
        )
    return data


def _share(
    data: BinaryOutcome,
    hit: NDArray[np.bool_],
    *,
    of: NDArray[np.bool_],
    level: float,
    method: ShareInterval,
    empty: str,
) -> Estimate:
    weight = None if data.weight is None else data.weight[of]
    return proportion(hit[of], clusters=data.patient[of], weights=weight, level=level, method=method, empty=empty)
