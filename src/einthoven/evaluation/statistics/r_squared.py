"""Share of the variance of a measured number that its prediction explains."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import ArrayLike

from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.paired_values import linearised_estimate, paired_values

__all__ = ["r_squared"]


def r_squared(
    predicted: ArrayLike,
    measured: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return ``1 - sum((measured - predicted)**2) / sum((measured - mean)**2)`` [1]_.

    No line is fitted, so a biased prediction loses by its bias, and one that is worse than the mean is below 0; the
    square of Pearson's correlation is neither. The interval is Student's on the scale of ``log(1 - R2)``, its
    standard error with sums over patients. Arguments and refusals as ``mean_absolute_error``; undefined where all
    measured values are equal.

    References
    ----------
    .. [1] Kvalseth, The American Statistician 39:279 (1985), doi:10.1080/00031305.1985.10479448

    Examples
    --------
    >>> round(r_squared([50, 42, 61, 35], [52, 40, 60, 38]).value, 4)
    0.9443
    """
    data = paired_values(predicted, measured, clusters=clusters, weights=weights)
    records, events, patients = data.counts
    if np.ptp(data.measured) == 0:
        reason = "all measured values are equal, so there is no variance to explain"
        return Estimate.undefined(reason, n=records, events=events, clusters=patients, method="none")
    squared, around = data.difference**2, (data.measured - data.mean(data.measured)) ** 2
    lost = data.mean(squared) / data.mean(around)
    # derivative of the ratio of two means
    error = data.error((squared - lost * around) / data.mean(around))
    found = linearised_estimate(lost, error, data, level=level, scale="log")
    return dataclasses.replace(found, value=1 - lost, low=1 - found.high, high=1 - found.low)
