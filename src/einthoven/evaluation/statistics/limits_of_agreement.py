"""Limits of agreement between a predicted and a measured number, also when patients have several records."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.bca_interval import influence_of_jackknife, linearised_error
from einthoven.evaluation.statistics.paired_values import PairedValues, linearised_estimate, paired_values

__all__ = ["LimitsOfAgreement", "limits_of_agreement"]


@dataclass(frozen=True, slots=True)
class LimitsOfAgreement:
    """Between which a share ``level`` of the differences lie."""

    lower: Estimate
    upper: Estimate


def limits_of_agreement(
    predicted: ArrayLike,
    measured: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> LimitsOfAgreement:
    """Return the limits between which a share ``level`` of ``predicted - measured`` lie.

    ``mean -+ z * sd`` [1]_, each with its interval by Student's t: its variance is ``sd**2 (1 / n + z**2 / (2 (n -
    1)))`` [2]_. With several records per patient the variance of a difference is the sum of its components between and
    within patients (one-way analysis of variance) [3]_, and the variance of a limit is that of the jackknife over
    patients. With weights it is the weighted variance of all records, jackknifed likewise. That the differences are
    about normal, and as wide for large values as for small ones, has to be seen on the plot.

    Arguments and refusals as ``mean_absolute_error``.

    References
    ----------
    .. [1] Bland and Altman, The Lancet 327:307 (1986), doi:10.1016/S0140-6736(86)90837-8
    .. [2] Bland and Altman, Statistical Methods in Medical Research 8:135 (1999), doi:10.1177/096228029900800204
    .. [3] Bland and Altman, Journal of Biopharmaceutical Statistics 17:571 (2007), doi:10.1080/10543400701329422

    Examples
    --------
    >>> limits = limits_of_agreement([50, 42, 61, 35], [52, 40, 60, 38])
    >>> round(limits.lower.value, 2), round(limits.upper.value, 2)
    (-5.17, 4.17)
    """
    data = paired_values(predicted, measured, clusters=clusters, weights=weights)
    z = float(stats.norm.ppf((1 + level) / 2))
    sums = _sums(data)
    mean, deviation = (float(value[0]) for value in _mean_and_deviation(sums.sum(axis=1, keepdims=True), data))
    limits = []
    for sign in (-1.0, 1.0):
        if data.plain:
            n = data.patients
            error, name = deviation * float(np.sqrt(1 / n + z**2 / (2 * (n - 1)))), "Bland and Altman"
        else:
            without_mean, without_deviation = _mean_and_deviation(sums.sum(axis=1, keepdims=True) - sums, data)
            error = linearised_error(influence_of_jackknife(without_mean + sign * z * without_deviation))
            name = "jackknife"
        limits.append(linearised_estimate(mean + sign * z * deviation, error, data, level=level, name=name))
    return LimitsOfAgreement(*limits)


def _sums(data: PairedValues) -> NDArray[np.float64]:
    # per patient: records, their square, sum, squares, square of the sum by records, and 1; all else adds up from these
    difference, weight = data.difference - data.difference.mean(), data.weight
    count, total, squares = (
        np.bincount(data.patient, values, data.patients)
        for values in (weight, weight * difference, weight * difference**2)
    )
    return np.stack([count, count**2, total, squares, total**2 / count, np.ones(data.patients)])


def _mean_and_deviation(
    sums: NDArray[np.float64], data: PairedValues
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean and standard deviation of a difference for each column of sums over patients."""
    count, count_squared, total, squares, between, patients = sums
    mean = total / count
    shifted = mean + data.difference.mean()
    if data.plain or np.ptp(data.weight) > 0:
        records = data.predicted.size
        return shifted, np.sqrt(np.maximum(squares / count - mean**2, 0.0) * records / (records - 1))
    within_square = np.divide(squares - between, count - patients, out=np.zeros_like(count), where=count > patients)
    between_square = (between - total**2 / count) / (patients - 1)
    typical = (count - count_squared / count) / (patients - 1)
    components = np.maximum(between_square - within_square, 0.0) / typical + within_square
    return shifted, np.sqrt(np.maximum(components, 0.0))
