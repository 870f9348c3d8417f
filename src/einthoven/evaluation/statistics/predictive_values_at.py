"""Positive and negative predictive value where disease is more, or less, common than in the data.

By Bayes' rule from sensitivity and specificity alone, which are taken to be the same there: odds after a call are odds
before it times the likelihood ratio. So the interval on the logit scale, Mercaldo's [1]_, is that of the likelihood
ratio, moved by the logit of the prevalence, which counts as known.

References
----------
.. [1] Mercaldo, Lau and Zhou, Statistics in Medicine 26:2170 (2007), doi:10.1002/sim.2677
"""

from __future__ import annotations

import math

from numpy.typing import ArrayLike

from einthoven.errors import StatisticsError
from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.decision_cells import FN, FP, TN, TP, DecisionCells, decision_cells
from einthoven.evaluation.statistics.likelihood_ratio import ratio_interval

__all__ = ["npv_at", "ppv_at"]


def ppv_at(
    decision: ArrayLike,
    truth: ArrayLike,
    *,
    prevalence: float,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return the share of positive calls that would be right at a prevalence p.

    ``sens * p / (sens * p + (1 - spec) * (1 - p))``.

    Parameters
    ----------
    decision, truth : 0 or 1 (record,)
        Other values and NaN are refused.
    prevalence : float in (0, 1)
    clusters, weights : (record,), optional
    level : float in (0, 1)

    Returns
    -------
    Estimate
        Empty cells: as ``positive_likelihood_ratio``. Undefined with a reason without positives, without negatives, and
        where nothing was called positive.

    Examples
    --------
    >>> found = ppv_at([1] * 9 + [0] + [1] * 2 + [0] * 8, [1] * 10 + [0] * 10, prevalence=0.05)
    >>> round(found.value, 3), round(found.low, 3), round(found.high, 3)
    (0.191, 0.063, 0.454)
    """
    cells = decision_cells(decision, truth, clusters=clusters, weights=weights)
    return _posterior(cells, TP, FP, prior=_checked(prevalence), level=level)


def npv_at(
    decision: ArrayLike,
    truth: ArrayLike,
    *,
    prevalence: float,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return the share of negative calls that would be right at a prevalence p; arguments as ``ppv_at``.

    ``spec * (1 - p) / (spec * (1 - p) + (1 - sens) * p)``.

    Examples
    --------
    >>> found = npv_at([1] * 9 + [0] + [1] * 2 + [0] * 8, [1] * 10 + [0] * 10, prevalence=0.05)
    >>> round(found.value, 4), round(found.low, 4), round(found.high, 4)
    (0.9935, 0.9585, 0.999)
    """
    cells = decision_cells(decision, truth, clusters=clusters, weights=weights)
    sick = _posterior(cells, FN, TN, prior=_checked(prevalence), level=level)
    # the value and the limits are those of being sick after a negative call; the rest is healthy
    return Estimate(
        1 - sick.value, 1 - sick.high, 1 - sick.low, sick.n, sick.events, sick.clusters, sick.method, level, sick.reason
    )


def _posterior(cells: DecisionCells, top: int, bottom: int, *, prior: float, level: float) -> Estimate:
    found = ratio_interval(cells, top, bottom, level=level)
    if found.reason is not None:
        return cells.undefined(found.reason)
    value, low, high = (_share(prior / (1 - prior) * ratio) for ratio in (found.value, found.low, found.high))
    known = cells.patients > 1
    method = cells.method("logit method (Mercaldo)") if known else "no interval: fewer than 2 patients"
    return Estimate(value, low, high, cells.n, cells.events, cells.patients, method, level)


def _share(odds: float) -> float:
    return 1.0 if math.isinf(odds) else odds / (1 + odds)


def _checked(prevalence: float) -> float:
    if not 0 < prevalence < 1:
        raise StatisticsError(f"a prevalence must lie between 0 and 1, got {prevalence}")
    return prevalence
