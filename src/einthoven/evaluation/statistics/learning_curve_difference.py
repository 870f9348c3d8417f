"""Difference of two arms at each number of labels, paired by draw of labels and by test patient."""

from __future__ import annotations

import math

import numpy as np
from scipy import stats

from einthoven.errors import StatisticsError
from einthoven.evaluation.estimate import Estimate, TestResult
from einthoven.evaluation.statistics.learning_curve import LearningCurve, two_way_error

__all__ = ["learning_curve_difference", "refuse_unpaired"]


def learning_curve_difference(a: LearningCurve, b: LearningCurve, *, level: float = 0.95) -> list[TestResult]:
    """Return ``a - b`` in macro AUROC, averaged over draws, at each size, smallest first.

    Draw ``d`` of both arms must have learnt from the same labelled records, and both must have been tested on the same
    patients. The interval is ``mean -+ t * error``, with the two-way error of the paired differences
    (``two_way_error``): it allows for other draws of labels and for other test patients, not for another pool that
    labels are drawn from. Draws that take most of the pool overlap, and differ less than draws of another hospital
    would.

    Parameters
    ----------
    a, b : LearningCurve
    level : float in (0, 1)

    Raises
    ------
    StatisticsError
        The curves differ in sizes, draws or test patients.
    TooFewObservationsError
        There is one draw.

    Examples
    --------
    >>> from einthoven.evaluation.statistics.learning_curve import learning_curve_of_areas
    >>> a = learning_curve_of_areas([[0.75, 0.8], [0.8, 0.9], [0.85, 0.85]], sizes=[64, 128])
    >>> b = learning_curve_of_areas([[0.7, 0.8], [0.7, 0.9], [0.7, 0.85]], sizes=[64, 128])
    >>> [round(test.difference.value, 3) for test in learning_curve_difference(a, b)]
    [0.1, 0.0]
    """
    refuse_unpaired(a, b)
    return [_at(a, b, size, level=level) for size in range(a.sizes.size)]


def refuse_unpaired(a: LearningCurve, b: LearningCurve) -> None:
    """Refuse curves that can't have been drawn and tested alike.

    Raises
    ------
    StatisticsError
        Says in what they differ.
    """
    if a.sizes.tolist() != b.sizes.tolist():
        raise StatisticsError(f"both curves need the same sizes, got {a.sizes.tolist()} and {b.sizes.tolist()}")
    if a.area.shape != b.area.shape:
        raise StatisticsError(f"both curves need the same draws, got {a.area.shape[0]} and {b.area.shape[0]} of them")
    if a.influence.shape != b.influence.shape or a.replicates.shape != b.replicates.shape:
        raise StatisticsError("both curves need the same test patients and resamples, or areas alone")


def _at(a: LearningCurve, b: LearningCurve, size: int, *, level: float) -> TestResult:
    differences = a.area[:, size] - b.area[:, size]
    influence = a.influence[:, :, size] - b.influence[:, :, size]
    error, freedom = two_way_error(differences, influence)
    value = float(np.mean(differences))
    half = float(stats.t.ppf((1 + level) / 2, freedom)) * error
    over = "draws and test patients" if influence.shape[0] else "draws alone"
    method = f"mean of {differences.size} draws; t interval over {over}"
    estimate = Estimate(value, value - half, value + half, a.records, a.events, a.patients, method, level)
    if error == 0:
        return TestResult(estimate, math.copysign(math.inf, value) if value else 0.0, float(value == 0), method)
    statistic = value / error
    return TestResult(estimate, statistic, float(2 * stats.t.sf(abs(statistic), freedom)), method)
