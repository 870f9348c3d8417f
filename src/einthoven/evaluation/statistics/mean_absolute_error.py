"""Mean absolute error of a predicted number (Willmott and Matsuura, Climate Research 2005, doi:10.3354/cr030079)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.paired_values import linearised_estimate, paired_values

__all__ = ["mean_absolute_error"]


def mean_absolute_error(
    predicted: ArrayLike,
    measured: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return ``mean(abs(predicted - measured))``, in the unit of both.

    The interval is Student's on the log scale, its standard error with sums over patients; never below 0.

    Parameters
    ----------
    predicted, measured : float64 (record,)
        In the same unit; NaN is refused.
    clusters, weights : (record,), optional
        Patient of each record, and how much it counts.
    level : float in (0, 1)

    Raises
    ------
    InvalidScoreError, TooFewObservationsError
        A value is NaN or infinite; fewer than 3 patients.

    Examples
    --------
    >>> mean_absolute_error([50, 42, 61, 35], [52, 40, 60, 38]).value
    2.0
    """
    data = paired_values(predicted, measured, clusters=clusters, weights=weights)
    absolute = np.abs(data.difference)
    value = data.mean(absolute)
    return linearised_estimate(value, data.error(absolute - value), data, level=level, scale="log")
