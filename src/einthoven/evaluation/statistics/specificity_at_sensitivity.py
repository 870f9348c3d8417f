"""Specificity at the cut-off that reaches a given sensitivity, and the reverse, with an interval for both classes.

The cut-off is the highest observed score at which the sensitivity reaches its target; a score of at least the cut-off
is called positive. Taken from the same records as the specificity, it is uncertain, too. The cut-offs that are
compatible with the target are those whose sensitivity has it inside its interval (the interval of a quantile); how far
the specificity moves between them, and its own interval at the cut-off taken as known, are joined as Zou and Donner's
MOVER does, by the root of the sum of squares on either side [1]_. With few positives this is wide, as it has to be: 34
of them may all lie above a cut-off whose sensitivity is 0.9 (a chance of 2.8 %), so below 35 the lower limit is 0. A
percentile bootstrap that re-draws the cut-off hides that: among 200 records it covered 76 % with 10 events and 89 %
with 30, this one 95 and 98 % (and 96 % with 60).

References
----------
.. [1] Zou and Donner, Statistics in Medicine 27:1693 (2008), doi:10.1002/sim.3095
.. [2] Wilson, Journal of the American Statistical Association 22:209 (1927), doi:10.1080/01621459.1927.10502953
.. [3] Platt, Hanley and Yang, Statistics in Medicine 19:313 (2000),
   doi:10.1002/(SICI)1097-0258(20000215)19:3<313::AID-SIM370>3.0.CO;2-K
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from einthoven.errors import SpecificationError
from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.binary_outcome import BinaryOutcome, binary_outcome
from einthoven.evaluation.statistics.proportion import proportion
from einthoven.evaluation.statistics.share_at_target import ShareAtTarget, reversed_classes

__all__ = ["sensitivity_at_specificity", "specificity_at_sensitivity"]


def specificity_at_sensitivity(
    score: ArrayLike,
    truth: ArrayLike,
    *,
    sensitivity: float = 0.9,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return the share of negatives below the highest cut-off with at least this sensitivity.

    The interval joins that of the cut-off and that of the specificity at it, both by Wilson's limits [2]_, with the
    design effect of repeated patients and of weights: ``value - sqrt((value - l1)**2 + (value - l2)**2)``, and alike
    for the upper limit [1]_.

    Parameters
    ----------
    score : float64 (record,)
    truth : 0 or 1 (record,)
    sensitivity : float in (0, 1)
        With ``n`` positives it is reached at the score of the ``ceil(sensitivity * n)``-th highest of them, so with few
        the sensitivity is rather higher.
    clusters : (record,), optional
        Patient of each record.
    weights : (record,), optional
        How much each record counts.
    level : float in (0, 1)

    Raises
    ------
    InvalidScoreError, OneClassError
        A score is NaN; a class is missing.

    References
    ----------
    .. [1] Zou and Donner, Statistics in Medicine 27:1693 (2008), doi:10.1002/sim.3095
    .. [2] Wilson, JASA 22:209 (1927), doi:10.1080/01621459.1927.10502953

    Examples
    --------
    >>> score, truth = [0.1, 0.2, 0.3, 0.6, 0.4, 0.5, 0.7, 0.9], [0, 0, 0, 0, 1, 1, 1, 1]
    >>> specificity_at_sensitivity(score, truth, sensitivity=0.75).value
    0.75
    """
    data = binary_outcome(score, truth, clusters=clusters, weights=weights)
    return _estimate(data, sensitivity, data.events, name="sensitivity", level=level)


def sensitivity_at_specificity(
    score: ArrayLike,
    truth: ArrayLike,
    *,
    specificity: float = 0.9,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return the share of positives at or above the lowest cut-off with at least this specificity.

    All else as in ``specificity_at_sensitivity``, the classes exchanged.

    References
    ----------
    .. [1] Zou and Donner, Statistics in Medicine 27:1693 (2008), doi:10.1002/sim.3095

    Examples
    --------
    >>> score, truth = [0.1, 0.2, 0.3, 0.6, 0.4, 0.5, 0.7, 0.9], [0, 0, 0, 0, 1, 1, 1, 1]
    >>> sensitivity_at_specificity(score, truth, specificity=0.75).value
    1.0
    """
    data = binary_outcome(score, truth, clusters=clusters, weights=weights)
    return _estimate(reversed_classes(data), specificity, data.events, name="specificity", level=level)


def _estimate(data: BinaryOutcome, target: float, events: int, *, name: str, level: float) -> Estimate:
    if not 0 < target < 1:
        raise SpecificationError(f"{name} must lie between 0 and 1, got {target}")
    cut_off = ShareAtTarget.of(data, target, name=name).cut_off()

    def share(hit: NDArray[np.bool_], chosen: NDArray[np.bool_]) -> Estimate:
        weight = None if data.weight is None else data.weight[chosen]
        return proportion(hit, clusters=data.patient[chosen], weights=weight, level=level, method="wilson")

    first, second = data.score[data.truth], data.score[~data.truth]
    known = share(second < cut_off, ~data.truth)
    values = np.unique(first)
    lowest, highest = _compatible(values, lambda least: share(first >= least, data.truth), target=target)
    least = 0.0 if lowest < 0 else share(second <= values[lowest], ~data.truth).value
    most = 1.0 if highest == values.size else share(second < values[highest], ~data.truth).value
    value = known.value
    # where many are tied, no cut-off has the very share that is asked for
    least, most = min(least, value), max(most, value)
    low = max(0.0, value - math.hypot(value - least, value - known.low))
    high = min(1.0, value + math.hypot(most - value, known.high - value))
    method = f"at {name} {target:g}: Wilson, joined with the interval of the cut-off (MOVER)"
    return Estimate(value, low, high, data.n, events, data.patients, method, level)


def _compatible(values: NDArray[np.float64], reached: Callable[[float], Estimate], *, target: float) -> tuple[int, int]:
    # the position of the value that the cut-off lies above (-1: it may lie below all), and of the highest that it may
    # be (their number: it may lie above all); the share that is reached falls from one value to the next
    low = _first(values.size, lambda place: reached(float(values[place])).low <= target)
    high = _first(values.size + 1, lambda place: reached(float(np.append(values, np.inf)[place])).high < target)
    return low - 1, high - 1


def _first(size: int, holds: Callable[[int], bool]) -> int:
    # by bisection: where a condition that stays true begins to be
    below, above = 0, size
    while below < above:
        middle = (below + above) // 2
        below, above = (below, middle) if holds(middle) else (middle + 1, above)
    return below
