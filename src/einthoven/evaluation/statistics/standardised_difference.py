"""Standardised difference of two groups: how far apart they are in standard deviations, whatever their size.

Unlike a p value it doesn't shrink because a cohort is large. Below 0.1 groups are usually called balanced.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from einthoven.evaluation.estimate import Estimate

__all__ = ["standardised_difference", "standardised_difference_of_shares"]


def standardised_difference(a: NDArray[np.float64], b: NDArray[np.float64], *, level: float = 0.95) -> Estimate:
    """Return ``(mean(a) - mean(b)) / sqrt((var(a) + var(b)) / 2)`` [1]_ with its normal interval [2]_.

    Parameters
    ----------
    a, b : float64 (patient,)
        Without NaN, one value per patient. Undefined with fewer than 2 in a group or without spread in both.
    level : float in (0, 1)

    References
    ----------
    .. [1] Austin, Statistics in Medicine 28:3083 (2009), doi:10.1002/sim.3697
    .. [2] Hedges and Olkin, Statistical Methods for Meta-Analysis (1985), doi:10.1016/C2009-0-03396-0

    Examples
    --------
    >>> round(standardised_difference(np.array([1.0, 2, 3]), np.array([2.0, 4, 6])).value, 4)
    -1.2649
    """
    n = a.size + b.size
    if min(a.size, b.size) < 2 or (np.ptp(a) == 0 and np.ptp(b) == 0):
        reason = "a group has fewer than 2 patients, or no patient differs from another"
        return Estimate.undefined(reason, n=n, events=0, clusters=n, method="none")
    value = float((a.mean() - b.mean()) / math.sqrt((a.var(ddof=1) + b.var(ddof=1)) / 2))
    return _estimate(value, a.size, b.size, level=level)


def standardised_difference_of_shares(a: NDArray[np.int64], b: NDArray[np.int64], *, level: float = 0.95) -> Estimate:
    """Return the standardised difference of the shares of categories, ``sqrt((p - q)' S^-1 (p - q))`` [1]_.

    p and q are the shares of all categories but the first, S the mean of both multinomial covariances. Of two
    categories it has the sign of ``p - q`` of the second, of more it is never negative.

    Parameters
    ----------
    a, b : int (category,)
        Patients of each group by category.
    level : float in (0, 1)

    References
    ----------
    .. [1] Yang and Dalton, SAS Global Forum 335 (2012)

    Examples
    --------
    >>> round(standardised_difference_of_shares(np.array([60, 40]), np.array([50, 50])).value, 4)
    -0.2020
    """
    n = int(a.sum() + b.sum())
    seen = (a + b) > 0
    if min(a.sum(), b.sum()) < 2 or seen.sum() < 2:
        reason = "a group has fewer than 2 patients, or all are of one category"
        return Estimate.undefined(reason, n=n, events=0, clusters=n, method="none")
    p, q = (counts[seen][1:] / counts.sum() for counts in (a, b))
    spread = sum(np.diag(shares) - np.outer(shares, shares) for shares in (p, q)) / 2
    if np.linalg.matrix_rank(spread) < p.size:
        reason = "each group is of one category, so shares have no spread"
        return Estimate.undefined(reason, n=n, events=0, clusters=n, method="none")
    difference = p - q
    value = math.sqrt(float(difference @ np.linalg.solve(spread, difference)))
    signed = math.copysign(value, float(difference[0])) if difference.size == 1 else value
    return _estimate(signed, int(a.sum()), int(b.sum()), level=level)


def _estimate(value: float, m: int, n: int, *, level: float) -> Estimate:
    error = math.sqrt((m + n) / (m * n) + value**2 / (2 * (m + n)))
    reach = float(stats.norm.ppf((1 + level) / 2)) * error
    return Estimate(value, value - reach, value + reach, m + n, 0, m + n, "normal (Hedges and Olkin)", level)
