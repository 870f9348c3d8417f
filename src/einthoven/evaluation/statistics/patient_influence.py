"""What each patient does to an estimate: the infinitesimal jackknife, its standard error and its skewness.

References
----------
.. [1] Efron, The Jackknife, the Bootstrap and Other Resampling Plans (1982), doi:10.1137/1.9781611970319
.. [2] Efron, Journal of the American Statistical Association 82:171 (1987), doi:10.1080/01621459.1987.10478410
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["acceleration", "influence_of_jackknife", "linearised_error"]


def acceleration(influence: NDArray[np.float64], stratum: NDArray[np.int64] | None = None) -> float:
    """Return ``sum(u**3) / (6 * sum(u**2)**1.5)``, u each patient's influence less the mean of its stratum.

    Examples
    --------
    >>> round(acceleration(np.array([-1.0, -1.0, 2.0])), 4)
    0.068
    """
    centred = _centred(influence, stratum)
    squares = float(centred @ centred)
    return float((centred * centred) @ centred) / (6 * squares**1.5) if squares > 0 else 0.0


def linearised_error(influence: NDArray[np.float64]) -> float:
    """Return the standard error by the sum over patients of their squared influence (the sandwich).

    Examples
    --------
    >>> x = np.array([1.0, 2.0, 6.0])
    >>> round(linearised_error((x - x.mean()) / 3), 4), round(float(x.std(ddof=1)) / 3**0.5, 4)
    (1.5275, 1.5275)
    """
    patients = influence.size
    if patients < 2:
        return math.nan
    return math.sqrt(patients / (patients - 1) * float(influence @ influence))


def influence_of_jackknife(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ``(g - 1) / g * (mean - x)`` of the estimates x without one patient (or one of g groups of them) each.

    For quantities whose derivative has no formula; ``linearised_error`` of it is the jackknife's standard error.

    Examples
    --------
    >>> influence_of_jackknife(np.array([2.0, 3.0, 4.0]))
    array([ 0.66666667,  0.        , -0.66666667])
    """
    return np.asarray((values.size - 1) / values.size * (values.mean() - values))


def _centred(influence: NDArray[np.float64], stratum: NDArray[np.int64] | None) -> NDArray[np.float64]:
    if stratum is None:
        return np.asarray(influence - influence.mean())
    _, code = np.unique(stratum, return_inverse=True)
    means = np.bincount(code, influence) / np.bincount(code)
    return np.asarray(influence - means[code])
