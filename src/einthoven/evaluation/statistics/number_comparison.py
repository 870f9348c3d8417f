"""Test whether a number differs between groups of patients, the test chosen by a stated rule.

The rule looks at the shape of the values and the number of groups, never at the difference that is tested.

References
----------
.. [1] Welch, Biometrika 38:330 (1951), doi:10.1093/biomet/38.3-4.330
.. [2] Mann and Whitney, Annals of Mathematical Statistics 18:50 (1947), doi:10.1214/aoms/1177730491
.. [3] Kruskal and Wallis, Journal of the American Statistical Association 47:583 (1952),
   doi:10.1080/01621459.1952.10483441
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

__all__ = ["GroupTest", "compare_numbers", "is_skewed"]

# a skewness beyond 1 is "highly skewed" (Bulmer, Principles of Statistics, 1979, page 63)
SKEWED = 1.0
# up to here R's wilcox.test counts all arrangements, if no two values are equal
EXACT_BELOW = 50


@dataclass(frozen=True, slots=True)
class GroupTest:
    """Test of one variable between groups; ``p_value`` NaN where there is none, ``name`` then says why."""

    statistic: float
    p_value: float
    name: str


def is_skewed(values: NDArray[np.float64]) -> bool:
    """Return whether the skewness of all values, whatever their group, lies beyond -1 or 1.

    Such numbers are told by median and quartiles and compared by ranks, others by mean and standard deviation.

    Examples
    --------
    >>> is_skewed(np.array([1.0, 2, 3, 4, 5])), is_skewed(np.array([1.0, 1, 2, 2, 40]))
    (False, True)
    """
    return bool(values.size > 2 and np.ptp(values) > 0 and abs(stats.skew(values, bias=False)) > SKEWED)


def compare_numbers(groups: Sequence[NDArray[np.float64]], *, skewed: bool) -> GroupTest:
    """Return the test of a number between two groups or more.

    Two groups: Welch's t test, or if ``skewed`` that of Mann and Whitney [2]_ (exact below 50 values without ties as in
    R, otherwise normal with corrections for ties and continuity). More: Welch's analysis of variance [1]_, or that of
    Kruskal and Wallis [3]_. No assumption of equal variances in any.

    Parameters
    ----------
    groups : sequence of float64 (patient,)
        Without NaN; one value per patient.
    skewed : bool
        As ``is_skewed`` says of all values together.

    Examples
    --------
    >>> round(compare_numbers([np.array([1.0, 2, 3]), np.array([2.0, 4, 6])], skewed=False).p_value, 4)
    0.2209
    """
    name = _name(len(groups), skewed=skewed)
    least = 1 if skewed else 2
    if len(groups) < 2 or min(group.size for group in groups) < least:
        return GroupTest(math.nan, math.nan, f"no test: a group has fewer than {least} patients with a value")
    if np.ptp(np.concatenate(groups)) == 0:
        return GroupTest(math.nan, math.nan, "no test: all values are equal")
    if skewed:
        return _by_ranks(groups, name)
    if min(float(np.ptp(group)) for group in groups) == 0 and len(groups) > 2:
        return GroupTest(math.nan, math.nan, "no test: a group has no spread")
    if len(groups) == 2:
        found = stats.ttest_ind(*groups, equal_var=False)
        return GroupTest(float(found.statistic), float(found.pvalue), name)
    return _welch(groups, name)


def _name(groups: int, *, skewed: bool) -> str:
    if groups == 2:
        return "Mann-Whitney" if skewed else "Welch's t"
    return "Kruskal-Wallis" if skewed else "Welch's ANOVA"


def _by_ranks(groups: Sequence[NDArray[np.float64]], name: str) -> GroupTest:
    if len(groups) > 2:
        found = stats.kruskal(*groups)
        return GroupTest(float(found.statistic), float(found.pvalue), name)
    together = np.concatenate(groups)
    few = max(group.size for group in groups) < EXACT_BELOW and np.unique(together).size == together.size
    found = stats.mannwhitneyu(*groups, method="exact" if few else "asymptotic")
    return GroupTest(float(found.statistic), float(found.pvalue), name)


def _welch(groups: Sequence[NDArray[np.float64]], name: str) -> GroupTest:
    size = np.array([group.size for group in groups], dtype=np.float64)
    mean = np.array([group.mean() for group in groups])
    weight = size / np.array([group.var(ddof=1) for group in groups])
    k, share = len(groups), weight / weight.sum()
    between = float((weight * (mean - share @ mean) ** 2).sum()) / (k - 1)
    spread = float(((1 - share) ** 2 / (size - 1)).sum()) / (k**2 - 1)
    statistic = between / (1 + 2 * (k - 2) * spread)
    return GroupTest(statistic, float(stats.f.sf(statistic, k - 1, 1 / (3 * spread))), name)
