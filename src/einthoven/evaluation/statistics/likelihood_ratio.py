"""Likelihood ratios of yes/no calls: by how much a call changes the odds of disease.

References
----------
.. [1] Simel, Samsa and Matchar, Journal of Clinical Epidemiology 44:763 (1991), doi:10.1016/0895-4356(91)90128-V
.. [2] Deeks and Altman, BMJ 329:168 (2004), doi:10.1136/bmj.329.7458.168
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.decision_cells import FN, FP, TN, TP, DecisionCells, decision_cells

__all__ = ["RatioInterval", "negative_likelihood_ratio", "positive_likelihood_ratio", "ratio_interval"]


@dataclass(frozen=True, slots=True)
class RatioInterval:
    """A likelihood ratio, possibly infinite, with its limits; all NaN where ``reason`` says why there is none."""

    value: float
    low: float
    high: float
    reason: str | None = None


def positive_likelihood_ratio(
    decision: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return how much more often a positive call comes from the sick than from the healthy, ``sens / (1 - spec)``.

    The interval is Simel's on the log scale [1]_: ``exp(log LR -+ z * se)`` with ``se**2 = 1/TP - 1/(TP+FN) + 1/FP -
    1/(FP+TN)``; with repeated patients or weights ``se`` is linearised by patient. Where one of the four cells is
    empty, half a record is added to each for the interval, which is then widened to the value if it leaves it out.
    Without false alarms the ratio is infinite: there is no value, but a reason that tells the lower limit.

    Parameters
    ----------
    decision, truth : 0 or 1 (record,)
        Other values and NaN are refused.
    clusters : (record,), optional
        Patient of each record.
    weights : (record,), optional
    level : float in (0, 1)

    Returns
    -------
    Estimate
        Undefined with a reason without positives, without negatives, and where nothing was called positive.

    Examples
    --------
    >>> found = positive_likelihood_ratio([1] * 9 + [0] + [1] * 2 + [0] * 8, [1] * 10 + [0] * 10)
    >>> found.value, round(found.low, 2), round(found.high, 2)
    (4.5, 1.28, 15.81)
    """
    cells = decision_cells(decision, truth, clusters=clusters, weights=weights)
    return _estimate(cells, TP, FP, level=level)


def negative_likelihood_ratio(
    decision: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return how much more often a negative call comes from the sick than from the healthy, ``(1 - sens) / spec``.

    Arguments, interval and rule of empty cells as ``positive_likelihood_ratio``, with ``se**2 = 1/FN - 1/(TP+FN) + 1/TN
    - 1/(FP+TN)``; it is infinite where every negative was called positive.

    Examples
    --------
    >>> found = negative_likelihood_ratio([1] * 9 + [0] + [1] * 2 + [0] * 8, [1] * 10 + [0] * 10)
    >>> found.value, round(found.low, 3), round(found.high, 3)
    (0.125, 0.019, 0.823)
    """
    cells = decision_cells(decision, truth, clusters=clusters, weights=weights)
    return _estimate(cells, FN, TN, level=level)


def ratio_interval(cells: DecisionCells, top: int, bottom: int, *, level: float) -> RatioInterval:
    """Return the ratio of the share of positives in cell ``top`` to the share of negatives in cell ``bottom``.

    ``TP, FP`` is the positive likelihood ratio, ``FN, TN`` the negative one. The limits of a single patient are 0 and
    infinity.
    """
    counts = cells.weight_in
    positives, negatives = counts[TP] + counts[FN], counts[FP] + counts[TN]
    called = "positive" if top == TP else "negative"
    if positives == 0 or negatives == 0:
        return RatioInterval(math.nan, math.nan, math.nan, f"no {'positives' if positives == 0 else 'negatives'}")
    if counts[top] == 0 and counts[bottom] == 0:
        return RatioInterval(math.nan, math.nan, math.nan, f"nothing was called {called}")
    ratio = (counts[top] / positives) / (counts[bottom] / negatives) if counts[bottom] > 0 else math.inf
    if cells.patients < 2:
        return RatioInterval(float(ratio), 0.0, math.inf)
    used = cells.for_interval
    positives, negatives = used[TP] + used[FN], used[FP] + used[TN]
    centre = math.log(used[top] / positives) - math.log(used[bottom] / negatives)
    reach = cells.reach(level) * math.sqrt(cells.variance(_gradient(used, top, bottom)))
    low, high = math.exp(centre - reach), math.exp(centre + reach)
    return RatioInterval(float(ratio), min(low, float(ratio)), max(high, float(ratio)))


def _gradient(cells: NDArray[np.float64], top: int, bottom: int) -> NDArray[np.float64]:
    # of log(top / positives) - log(bottom / negatives)
    gradient = np.empty(4)
    gradient[[TP, FN]] = -1 / (cells[TP] + cells[FN])
    gradient[[FP, TN]] = 1 / (cells[FP] + cells[TN])
    gradient[top] += 1 / cells[top]
    gradient[bottom] -= 1 / cells[bottom]
    return gradient


def _estimate(cells: DecisionCells, top: int, bottom: int, *, level: float) -> Estimate:
    found = ratio_interval(cells, top, bottom, level=level)
    if found.reason is not None:
        return cells.undefined(found.reason)
    place = (cells.n, cells.events, cells.patients, cells.method("log method (Simel)"), level)
    if cells.patients < 2:
        return cells.undefined("fewer than 2 patients: nothing tells how far the ratio may be off")
    if math.isinf(found.value):
        none = "no false alarm" if top == TP else "every negative was called positive"
        reason = f"{none}, so the ratio is infinite; its lower limit is {found.low:.3g}"
        return Estimate(math.nan, found.low, math.nan, *place, reason)
    return Estimate(found.value, found.low, found.high, *place)
