"""Test of whether a metric is the same in all groups (interaction of the model's performance with the group)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from einthoven.errors import StatisticsError, TooFewObservationsError

__all__ = ["Heterogeneity", "heterogeneity_test"]


@dataclass(frozen=True, slots=True)
class Heterogeneity:
    """Wald's statistic, its degrees of freedom (groups - 1) and p value."""

    chi_square: float
    degrees_of_freedom: int
    p_value: float


def heterogeneity_test(value: ArrayLike, covariance: ArrayLike) -> Heterogeneity:
    """Return Wald's test of equal values in all groups.

    ``(C v)' (C V C')^-1 (C v)`` with C the differences of each group from the first [1]_, chi-square with one degree of
    freedom less than there are groups; it doesn't depend on which group is the first. With independent groups it is
    Cochran's Q, with two of them the square of their z.

    Parameters
    ----------
    value : float64 (group,)
    covariance : float64 (group, group)
        Of the values, for example over bootstrap resamples.

    Raises
    ------
    StatisticsError
        Shapes don't fit, or something is NaN.
    TooFewObservationsError
        There are fewer than 2 groups, or the differences have no variance.

    References
    ----------
    .. [1] Wald, Transactions of the American Mathematical Society 54:426 (1943),
       doi:10.1090/S0002-9947-1943-0012401-3
    .. [2] Cochran, Biometrics 10:101 (1954), doi:10.2307/3001666

    Examples
    --------
    >>> test = heterogeneity_test([0.90, 0.80], [[0.02**2, 0], [0, 0.04**2]])
    >>> round(test.chi_square, 3), test.degrees_of_freedom, round(test.p_value, 4)
    (5.0, 1, 0.0253)
    """
    values, matrix = np.asarray(value, dtype=np.float64), np.asarray(covariance, dtype=np.float64)
    if values.ndim != 1 or matrix.shape != (values.size, values.size):
        raise StatisticsError(f"value and covariance must be (group,) and (group, group), got {values.shape} and "
                              f"{matrix.shape}")  # fmt: skip
    if not (np.isfinite(values).all() and np.isfinite(matrix).all()):
        raise StatisticsError("values and covariance must be finite numbers")
    if values.size < 2:
        raise TooFewObservationsError(f"at least 2 groups are needed, got {values.size}")
    contrast = np.eye(values.size)[1:] - np.eye(values.size)[0]
    difference, spread = contrast @ values, contrast @ matrix @ contrast.T
    if np.linalg.matrix_rank(spread, hermitian=True) < len(spread):
        raise TooFewObservationsError("the differences between the groups have no variance in some direction")
    chi_square = float(difference @ np.linalg.solve(spread, difference))
    freedom = values.size - 1
    return Heterogeneity(chi_square, freedom, float(stats.chi2.sf(chi_square, freedom)))
