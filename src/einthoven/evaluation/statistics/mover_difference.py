"""The difference of two independent estimates from nothing but their intervals (MOVER)."""

from __future__ import annotations

import math

from scipy import stats

from einthoven.evaluation.estimate import Estimate, TestResult

__all__ = ["mover_difference"]


def mover_difference(a: Estimate, b: Estimate, *, clusters: int) -> TestResult:
    """Return ``a - b`` with an interval that keeps the lopsidedness of both.

    ``low = d - sqrt((a - a.low)**2 + (b.high - b)**2)`` and ``high = d + sqrt((a.high - a)**2 + (b - b.low)**2)`` [1]_;
    for two shares with Wilson's intervals that is Newcombe's method 10 [2]_. The p value is that of the normal
    distribution whose limit on the side of 0 is this one, so it is below 1 - level exactly when the interval leaves out
    0.

    Parameters
    ----------
    a, b : Estimate
        Of two sets without a record in common, at one level, both defined.
    clusters : int
        Patients of both together.

    References
    ----------
    .. [1] Zou and Donner, Statistics in Medicine 27:1693 (2008), doi:10.1002/sim.3095
    .. [2] Newcombe, Statistics in Medicine 17:873 (1998),
       doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I

    Examples
    --------
    >>> a, b = Estimate(0.9, 0.7, 0.95, 20, 18, 20, "Wilson"), Estimate(0.5, 0.3, 0.7, 20, 10, 20, "Wilson")
    >>> test = mover_difference(a, b, clusters=40)
    >>> round(test.difference.low, 3), round(test.difference.high, 3), round(test.p_value, 4)
    (0.117, 0.606, 0.0056)
    """
    value = a.value - b.value
    low = value - math.hypot(a.value - a.low, b.high - b.value)
    high = value + math.hypot(a.high - a.value, b.value - b.low)
    reach = float(stats.norm.ppf((1 + a.level) / 2))
    error = (value - low if value > 0 else high - value) / reach
    methods = a.method if a.method == b.method else f"both intervals ({a.method}; {b.method})"
    method = f"MOVER of {methods}"
    statistic = value / error if error > 0 else 0.0
    difference = Estimate(value, low, high, a.n + b.n, a.events + b.events, clusters, method, a.level)
    return TestResult(difference, statistic, float(2 * stats.norm.sf(abs(statistic))), method)
