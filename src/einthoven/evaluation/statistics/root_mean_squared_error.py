"""Root of the mean squared error of a predicted number (Chai and Draxler, 2014, doi:10.5194/gmd-7-1247-2014)."""

from __future__ import annotations

import math

from numpy.typing import ArrayLike

from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.paired_values import linearised_estimate, paired_values

__all__ = ["root_mean_squared_error"]


def root_mean_squared_error(
    predicted: ArrayLike,
    measured: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return ``sqrt(mean((predicted - measured)**2))``, in the unit of both; large errors decide.

    The interval is Student's on the log scale, its standard error with sums over patients; never below 0. Arguments and
    refusals as ``mean_absolute_error``.

    Examples
    --------
    >>> round(root_mean_squared_error([50, 42, 61, 35], [52, 40, 60, 38]).value, 4)
    2.1213
    """
    data = paired_values(predicted, measured, clusters=clusters, weights=weights)
    squared = data.difference**2
    mean = data.mean(squared)
    value = math.sqrt(mean)
    error = data.error(squared - mean) / (2 * value) if value > 0 else 0.0
    return linearised_estimate(value, error, data, level=level, scale="log")
