"""Test that one area under the ROC curve is not worse than another by more than a margin."""

from __future__ import annotations

import dataclasses
import math

from numpy.typing import ArrayLike

from einthoven.errors import SpecificationError
from einthoven.evaluation.estimate import TestResult
from einthoven.evaluation.statistics.area_difference import paired_areas

__all__ = ["noninferiority_test"]


def noninferiority_test(
    scores_a: ArrayLike,
    scores_b: ArrayLike,
    truth: ArrayLike,
    *,
    margin: float,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> TestResult:
    """Return the test of ``AUROC(a) - AUROC(b) > -margin`` on the same records.

    ``z = (A_a - A_b + margin) / se`` with the standard error and the law of ``delong_test``; the p value is one-sided
    [1]_. It is below ``(1 - level) / 2`` exactly where the lower limit of the two-sided interval lies above
    ``-margin``: with the level 0.95, not inferior means p < 0.025. The margin has to be chosen before the data are
    seen. A p value above that shows nothing: neither that ``a`` is inferior nor that the two are alike.

    Parameters
    ----------
    scores_a, scores_b : float64 (record,)
    truth : 0 or 1 (record,)
    margin : float
        Greater than 0.
    clusters, weights : (record,), optional
        As in ``delong_test``.
    level : float in (0, 1)

    Returns
    -------
    TestResult
        ``difference`` is ``AUROC(a) - AUROC(b)`` with its two-sided interval. Scores that rank the records alike leave
        no variance: the difference is 0 without a width, p is NaN, and the reason says so.

    References
    ----------
    .. [1] Liu et al., Statistics in Medicine 25:1219 (2006), doi:10.1002/sim.2358

    Examples
    --------
    >>> truth = [0, 0, 1, 1, 1, 0]
    >>> result = noninferiority_test(
    ...     [0.1, 0.4, 0.35, 0.8, 0.7, 0.2], [0.3, 0.4, 0.2, 0.6, 0.7, 0.5], truth, margin=0.05)
    >>> round(result.p_value, 3), round(result.difference.low, 3)
    (0.177, -0.577)
    """
    if not margin > 0:
        raise SpecificationError(f"the margin of non-inferiority must be greater than 0, got {margin}")
    areas = paired_areas(scores_a, scores_b, truth, clusters=clusters, weights=weights)
    method = f"non-inferiority within {margin:g}, one-sided: p < {(1 - level) / 2:g}; {areas.method}"
    difference = dataclasses.replace(areas.estimate(level=level), method=method)
    if areas.variance > 0:
        statistic = (areas.value + margin) / math.sqrt(areas.variance)
        return TestResult(difference, statistic, float(areas.law.sf(statistic)), method)
    reason = difference.reason or "both scores rank these records alike: nothing varies, so there is no p value"
    return TestResult(dataclasses.replace(difference, reason=reason), math.nan, math.nan, method)
