"""Mean difference between a predicted and a measured number: the bias of Bland and Altman."""

from __future__ import annotations

from numpy.typing import ArrayLike

from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.paired_values import linearised_estimate, paired_values

__all__ = ["mean_difference"]


def mean_difference(
    predicted: ArrayLike,
    measured: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return ``mean(predicted - measured)`` [1]_ with Student's interval, its standard error with sums over patients.

    Above 0 the prediction is too high. Arguments and refusals as ``mean_absolute_error``.

    References
    ----------
    .. [1] Bland and Altman, The Lancet 327:307 (1986), doi:10.1016/S0140-6736(86)90837-8

    Examples
    --------
    >>> estimate = mean_difference([50, 42, 61, 35], [52, 40, 60, 38])
    >>> estimate.value, round(estimate.low, 2), round(estimate.high, 2)
    (-0.5, -4.29, 3.29)
    """
    data = paired_values(predicted, measured, clusters=clusters, weights=weights)
    value = data.mean(data.difference)
    name = "Student's t" if data.plain else "linearised"
    return linearised_estimate(value, data.error(data.difference - value), data, level=level, name=name)
