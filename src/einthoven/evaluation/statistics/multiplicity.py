"""P values of one family of tests, corrected for how many there are."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from einthoven.errors import StatisticsError, UnknownNameError
from einthoven.registry import nearest

__all__ = ["METHODS", "adjusted_p_values"]

METHODS = ("holm", "benjamini_hochberg", "none")


def adjusted_p_values(p_values: ArrayLike, *, method: str = "holm") -> NDArray[np.float64]:
    """Return the p values that may be held against the level that one test alone would have.

    With ``m`` p values in ascending order, Holm's [1]_ is the running maximum of ``(m - i + 1) p_i``: the chance of any
    false claim in the family stays below the level, whatever the dependence. Benjamini and Hochberg's [2]_ is the
    running minimum from the largest of ``m p_i / i``: among the claims the expected share of false ones stays below the
    level, for independent or positively dependent tests. Both are cut at 1, as R's ``p.adjust`` does.

    Parameters
    ----------
    p_values : float64 (test,)
        In [0, 1]. NaN (a test that was not possible) stays NaN and does not count among the tests.
    method : {"holm", "benjamini_hochberg", "none"}

    Raises
    ------
    StatisticsError
        A p value lies outside [0, 1].
    UnknownNameError
        There is no such method.

    References
    ----------
    .. [1] Holm, Scandinavian Journal of Statistics 6:65 (1979), https://www.jstor.org/stable/4615733
    .. [2] Benjamini and Hochberg, JRSS B 57:289 (1995), doi:10.1111/j.2517-6161.1995.tb02031.x

    Examples
    --------
    >>> adjusted_p_values([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.06, 0.06]
    >>> adjusted_p_values([0.01, 0.04, 0.03], method="benjamini_hochberg").tolist()
    [0.03, 0.04, 0.04]
    """
    if method not in METHODS:
        raise UnknownNameError(f"there is no correction {method!r}{nearest(method, METHODS)}")
    given = np.asarray(p_values, dtype=np.float64)
    if given.ndim != 1:
        raise StatisticsError(f"p values must have one axis (test,), got shape {given.shape}")
    known = np.flatnonzero(~np.isnan(given))
    values = given[known]
    if ((values < 0) | (values > 1)).any():
        raise StatisticsError(f"p values must lie in [0, 1], got {values[(values < 0) | (values > 1)][0]}")
    result = given.copy()
    if method != "none" and values.size:
        order = np.argsort(values, kind="stable")
        result[known[order]] = (_holm if method == "holm" else _benjamini_hochberg)(values[order])
    return result


def _holm(ascending: NDArray[np.float64]) -> NDArray[np.float64]:
    factors = np.arange(ascending.size, 0, -1)
    return np.minimum(1.0, np.maximum.accumulate(factors * ascending))


def _benjamini_hochberg(ascending: NDArray[np.float64]) -> NDArray[np.float64]:
    m = ascending.size
    raised = m / np.arange(1, m + 1) * ascending
    return np.minimum(1.0, np.minimum.accumulate(raised[::-1])[::-1])
