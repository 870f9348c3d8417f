"""The four cells of yes/no calls against the truth, and the variance of whatever is made of them.

A metric that is a smooth function of the cells has, by linearisation, the variance ``sum over patients of (sum over the
patient's records of w * d metric / d cell)**2`` [1]_. With one unweighted record per patient that is the textbook's
delta method for independent binomial counts; with repeated patients or weights it is the sandwich, with the factor
``patients / (patients - 1)`` and Student's quantiles of ``patients - 1`` degrees of freedom.

Where a cell is empty, the linearised variance is too small or not defined. Then intervals are made of cells to each of
which half a record (of mean weight) was added [2]_; the value itself never is.

References
----------
.. [1] Binder, International Statistical Review 51:279 (1983), doi:10.2307/1402588
.. [2] Haldane, Annals of Human Genetics 20:309 (1956), doi:10.1111/j.1469-1809.1955.tb01285.x
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from einthoven.errors import InvalidScoreError
from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.binary_outcome import binary_outcome

__all__ = ["FN", "FP", "TN", "TP", "DecisionCells", "decision_cells"]

# true positive, false positive, false negative, true negative
TP, FP, FN, TN = range(4)
HALF = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class DecisionCells:
    """Records by call and truth.

    Attributes
    ----------
    weight_in : float64 (4,)
        Weight (number, where there are no weights) of records in each cell, ``TP, FP, FN, TN``.
    cell : int64 (record,)
    weight : float64 (record,)
    patient : int64 (record,)
    patients, events : int
    plain : bool
        One unweighted record per patient.
    """

    weight_in: NDArray[np.float64]
    cell: NDArray[np.int64]
    weight: NDArray[np.float64]
    patient: NDArray[np.int64]
    patients: int
    events: int
    plain: bool

    @property
    def n(self) -> int:
        """Number of records."""
        return int(self.cell.size)

    @property
    def has_empty(self) -> bool:
        """Whether a cell holds no record."""
        return bool((self.weight_in == 0).any())

    @property
    def for_interval(self) -> NDArray[np.float64]:
        """The cells that intervals are made of: with half a record added to each where one is empty."""
        return self.weight_in + HALF * self.weight.mean() if self.has_empty else self.weight_in

    def influence(self, gradient: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return each patient's sum of the derivatives by the cells of its records, float64 (patient,)."""
        return np.asarray(np.bincount(self.patient, self.weight * gradient[self.cell], self.patients), dtype=np.float64)

    def variance(self, gradient: NDArray[np.float64]) -> float:
        """Return the variance of a function of the cells, given its derivatives at ``for_interval``.

        NaN with fewer than 2 patients.
        """
        if self.patients < 2:
            return float("nan")
        influence = self.influence(gradient)
        factor = 1.0 if self.plain else self.patients / (self.patients - 1)
        added = HALF * self.weight.mean() ** 2 * float(gradient @ gradient) if self.has_empty else 0.0
        return factor * float(influence @ influence) + added

    def reach(self, level: float) -> float:
        """Return the quantile to multiply a standard error by: Student's where it is made of few patients' sums."""
        tail = (1 + level) / 2
        return float(stats.norm.ppf(tail) if self.plain else stats.t.ppf(tail, self.patients - 1))

    def method(self, interval: str) -> str:
        """Return how an interval was made, with what the cells made necessary."""
        half = ", half a record added to each cell because one is empty" if self.has_empty else ""
        return f"{interval}{'' if self.plain else ', linearised by patient'}{half}"

    def undefined(self, reason: str) -> Estimate:
        """Return the estimate of a metric that these calls don't have."""
        return Estimate.undefined(reason, n=self.n, events=self.events, clusters=self.patients, method="none")


def decision_cells(
    decision: ArrayLike, truth: ArrayLike, *, clusters: ArrayLike | None = None, weights: ArrayLike | None = None
) -> DecisionCells:
    """Return the cells of calls.

    Parameters
    ----------
    decision, truth : 0 or 1 (record,)
        Other values and NaN are refused.
    clusters : (record,), optional
        Patient of each record.
    weights : (record,), optional

    Examples
    --------
    >>> decision_cells([1, 1, 0, 0, 0], [1, 0, 1, 0, 0]).weight_in
    array([1., 1., 1., 2.])
    """
    data = binary_outcome(decision, truth, clusters=clusters, weights=weights, both_classes=False)
    wrong = (data.score != 0) & (data.score != 1)
    if wrong.any():
        first = int(np.flatnonzero(wrong)[0])
        raise InvalidScoreError(
            f"decisions must be 0 or 1, got {data.score[first]} at position {first}; apply a threshold to scores first"
        )
    called = data.score == 1
    cell = np.where(called, np.where(data.truth, TP, FP), np.where(data.truth, FN, TN)).astype(np.int64)
    weight = np.ones(data.n) if data.weight is None else data.weight
    weight_in = np.asarray(np.bincount(cell, weight, 4), dtype=np.float64)
    plain = data.weight is None and not data.repeated
    return DecisionCells(weight_in, cell, weight, data.patient, data.patients, data.events, plain)
