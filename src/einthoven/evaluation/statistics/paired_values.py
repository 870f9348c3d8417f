"""What every statistic of a predicted and a measured number checks, and intervals with sums over patients."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from einthoven.errors import InvalidScoreError, StatisticsError, TooFewObservationsError
from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.bca_interval import linearised_error
from einthoven.evaluation.statistics.binary_outcome import checked_weights, patient_codes

__all__ = ["PairedValues", "linearised_estimate", "paired_values"]

# fewer patients give no interval worth the name: Student's t has then at most 1 degree of freedom
LEAST_PATIENTS = 3


@dataclass(frozen=True, slots=True, eq=False)
class PairedValues:
    """Checked predictions of a number with its measurement.

    Attributes
    ----------
    predicted, measured : float64 (record,)
        In the same unit.
    patient : int64 (record,)
        Codes 0 .. patients - 1; each record is its own patient when none were given.
    patients : int
    weight : float64 (record,)
        Of mean 1.
    plain : bool
        One record per patient, all of one weight.
    """

    predicted: NDArray[np.float64]
    measured: NDArray[np.float64]
    patient: NDArray[np.int64]
    patients: int
    weight: NDArray[np.float64]
    plain: bool

    @property
    def difference(self) -> NDArray[np.float64]:
        """Predicted less measured."""
        return self.predicted - self.measured

    @property
    def counts(self) -> tuple[int, int, int]:
        """Records, events (none: it is no yes/no outcome), patients."""
        return self.predicted.size, 0, self.patients

    def mean(self, values: NDArray[np.float64]) -> float:
        """Return the weighted mean over records."""
        return float(np.average(values, weights=self.weight))

    def error(self, influence: NDArray[np.float64]) -> float:
        """Return the standard error of an estimate by its records' influence, summed over patients.

        ``influence`` float64 (record,): how the estimate changes with a record's share of all weight.
        """
        share = self.weight / self.weight.sum()
        summed = np.bincount(self.patient, share * influence, self.patients)
        return linearised_error(summed.astype(np.float64))


def paired_values(
    predicted: ArrayLike,
    measured: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
) -> PairedValues:
    """Return checked predictions and measurements.

    Raises
    ------
    StatisticsError
        Lengths differ, or a weight isn't positive.
    InvalidScoreError
        A value is NaN or infinite.
    TooFewObservationsError
        Fewer than 3 patients.

    Examples
    --------
    >>> paired_values([50, 42, 61], [52, 40, 60]).difference
    array([-2.,  2.,  1.])
    """
    values = np.asarray(predicted, dtype=np.float64)
    truth = np.asarray(measured, dtype=np.float64)
    if values.ndim != 1 or values.shape != truth.shape:
        raise StatisticsError(f"predicted and measured must be of one length, got {values.shape} and {truth.shape}")
    for name, numbers in (("predicted", values), ("measured", truth)):
        if not np.isfinite(numbers).all():
            first = int(np.flatnonzero(~np.isfinite(numbers))[0])
            raise InvalidScoreError(f"{name} values must be finite numbers, got {numbers[first]} at position {first}")
    patient, patients = patient_codes(clusters, n=values.size)
    if patients < LEAST_PATIENTS:
        raise TooFewObservationsError(f"at least {LEAST_PATIENTS} patients are needed, got {patients}")
    weight = checked_weights(weights, n=values.size)
    plain = weight is None and patients == values.size
    weight = np.ones(values.size) if weight is None else weight / weight.mean()
    return PairedValues(values, truth, patient, patients, weight, plain)


def linearised_estimate(
    value: float,
    error: float,
    data: PairedValues,
    *,
    level: float,
    scale: Literal["plain", "log", "fisher"] = "plain",
    name: str = "",
) -> Estimate:
    """Return the estimate with Student's interval, patients - 1 degrees of freedom, made on a scale without bounds.

    ``plain``: ``value -+ t * error``; ``log`` of what is positive: ``value * exp(-+ t * error / value)``; ``fisher`` of
    a correlation: ``tanh(atanh(value) -+ t * error / (1 - value**2))``. All contain the value and stay inside its
    bounds.
    """
    reach = float(stats.t.ppf((1 + level) / 2, data.patients - 1)) * error
    method = f"{name or 'linearised'}{'' if data.plain else ' by patient'}"
    low, high = value - reach, value + reach
    if scale == "log":
        method += ", log scale"
        factor = math.exp(reach / value) if value > 0 else 1.0
        low, high = value / factor, value * factor
    elif scale == "fisher":
        method += ", Fisher's z"
        if abs(value) < 1:
            z, half = math.atanh(value), reach / (1 - value**2)
            low, high = math.tanh(z - half), math.tanh(z + half)
        else:
            low = high = value
    if not error > 0:
        method += " (no spread: no width)"
    return Estimate(value, low, high, *data.counts, method, level)
