"""Calibration of a predicted number: the line of what was measured on what was predicted."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.paired_values import linearised_estimate, paired_values

__all__ = ["ValueCalibration", "value_calibration"]


@dataclass(frozen=True, slots=True)
class ValueCalibration:
    """Slope (1 is right) and intercept (0 is right, in the unit of the value)."""

    slope: Estimate
    intercept: Estimate


def value_calibration(
    predicted: ArrayLike,
    measured: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> ValueCalibration:
    """Return slope and intercept of the least-squares line ``measured = intercept + slope * predicted`` [1]_.

    A slope below 1 says that high predictions are too high and low ones too low. The intervals are Student's with
    patients - 1 degrees of freedom, the standard errors the sandwich with sums over patients [2]_, which doesn't assume
    that errors are as wide for large values as for small ones. Undefined where all predictions are equal. Arguments and
    refusals as ``mean_absolute_error``.

    References
    ----------
    .. [1] Van Calster et al., BMC Medicine 17:230 (2019), doi:10.1186/s12916-019-1466-7
    .. [2] White, Econometrica 48:817 (1980), doi:10.2307/1912934

    Examples
    --------
    >>> line = value_calibration([50, 42, 61, 35], [52, 40, 60, 38])
    >>> round(line.slope.value, 4), round(line.intercept.value, 4)
    (0.9091, 4.7727)
    """
    data = paired_values(predicted, measured, clusters=clusters, weights=weights)
    records, events, patients = data.counts
    if np.ptp(data.predicted) == 0:
        reason = "all predictions are equal, so they have no line"
        undefined = Estimate.undefined(reason, n=records, events=events, clusters=patients, method="none")
        return ValueCalibration(undefined, undefined)
    centre = data.mean(data.predicted)
    x = data.predicted - centre
    variance = data.mean(x**2)
    slope = data.mean(x * data.measured) / variance
    height = data.mean(data.measured)
    residual = data.measured - height - slope * x
    of_slope = x * residual / variance
    of_intercept = residual - centre * of_slope
    estimates = [
        linearised_estimate(value, error if math.isfinite(error) else 0.0, data, level=level, name="sandwich")
        for value, error in (
            (slope, data.error(of_slope)),
            (height - slope * centre, data.error(of_intercept)),
        )
    ]
    return ValueCalibration(*estimates)
