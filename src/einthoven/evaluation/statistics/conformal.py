"""Split-conformal prediction sets: the classes that can't be excluded, with a share of sets that hold the truth.

Nonconformity is how little a class fits a record, for example 1 minus its probability. A class is in the set where it
is at most the quantile of the nonconformity of the true class on a calibration split [1]_. For a new record of a new
patient, exchangeable with those of calibration, the set holds the truth with at least the chance that was asked for
[2]_.

Several records of one patient are not exchangeable with one another. Each patient's records therefore share the weight
of one patient, and the new patient has that weight at infinity: ``1 / ((patients + 1) * records of the patient)`` [3]_.
With one record per patient this is the usual quantile, the ``ceil((n + 1) * coverage)``-th smallest.

References
----------
.. [1] Vovk, Gammerman and Shafer, Algorithmic Learning in a Random World (2005), doi:10.1007/b106715
.. [2] Angelopoulos and Bates, Foundations and Trends in Machine Learning 16:494 (2023), doi:10.1561/2200000101
.. [3] Dunn, Wasserman and Ramdas, JASA 118:2491 (2023), doi:10.1080/01621459.2022.2060112
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from einthoven.errors import InvalidScoreError, SpecificationError, StatisticsError, TooFewObservationsError
from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.binary_outcome import patient_codes
from einthoven.evaluation.statistics.proportion import proportion

__all__ = ["ConformalReport", "conformal_quantiles", "conformal_report", "conformal_sets"]


@dataclass(frozen=True, slots=True)
class ConformalReport:
    """What sets did on other records than those that made them.

    Attributes
    ----------
    coverage : Estimate
        Share of records whose set holds the truth.
    coverage_of_class : tuple of Estimate
        The same among the records of each class.
    size : Estimate
        Mean number of classes in a set.
    single : Estimate
        Share of sets with exactly one class: a definite answer.
    empty : Estimate
        Share of sets without any: a record like none of calibration.
    """

    coverage: Estimate
    coverage_of_class: tuple[Estimate, ...]
    size: Estimate
    single: Estimate
    empty: Estimate


def conformal_quantiles(
    nonconformity: ArrayLike,
    truth: ArrayLike,
    *,
    coverage: float,
    clusters: ArrayLike | None = None,
    per_class: bool = False,
) -> NDArray[np.float64]:
    """Return the greatest nonconformity with which each class enters a set, float64 (class,).

    Parameters
    ----------
    nonconformity : float64 (record, class)
        Of each class, on the calibration split; NaN is refused.
    truth : int (record,)
        Column of the true class.
    coverage : float in (0, 1)
        Share of sets that shall hold the truth.
    clusters : (record,), optional
        Patient of each record.
    per_class : bool
        A quantile for each class of its own records (Mondrian), so that each class is covered, not only all together;
        then the nonconformity of two classes needn't be on one scale. One quantile for all otherwise.

    Returns
    -------
    quantiles : float64 (class,)
        Infinite where there are too few patients for this coverage, so that the class is in every set: 9 are needed for
        0.9, 19 for 0.95.

    Raises
    ------
    TooFewObservationsError
        There is no record.

    Examples
    --------
    >>> probability = np.linspace(0.05, 0.95, 19)
    >>> nonconformity = np.column_stack([probability, 1 - probability])
    >>> conformal_quantiles(nonconformity, (probability > 0.42).astype(int), coverage=0.8)
    array([0.4, 0.4])
    """
    scores, known = _checked(nonconformity, truth)
    if not 0 < coverage < 1:
        raise SpecificationError(f"coverage must lie between 0 and 1, got {coverage}")
    patient, _ = patient_codes(clusters, n=known.size)
    own = scores[np.arange(known.size), known]
    if not per_class:
        return np.full(scores.shape[1], _quantile(own, patient, coverage=coverage))
    rows = (known == one for one in range(scores.shape[1]))
    return np.array([_quantile(own[kept], patient[kept], coverage=coverage) for kept in rows])


def conformal_sets(nonconformity: ArrayLike, quantiles: ArrayLike) -> NDArray[np.bool_]:
    """Return which classes are in the set of each record, bool (record, class).

    Examples
    --------
    >>> conformal_sets([[0.1, 0.9], [0.6, 0.4]], [0.7, 0.7])
    array([[ True, False],
           [ True,  True]])
    """
    return np.asarray(np.asarray(nonconformity, dtype=np.float64) <= np.asarray(quantiles, dtype=np.float64))


def conformal_report(
    sets: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> ConformalReport:
    """Return coverage and size of sets, with intervals by patient.

    Shares are over records; with very uneven numbers of records per patient their coverage may differ from that of
    patients, for which the guarantee holds.

    Parameters
    ----------
    sets : bool (record, class)
    truth : int (record,)
        Column of the true class.
    clusters, weights : (record,), optional
    level : float in (0, 1)

    Examples
    --------
    >>> report = conformal_report([[True, False], [True, True], [False, True]], [0, 0, 0])
    >>> round(report.coverage.value, 3), round(report.size.value, 3), round(report.single.value, 3)
    (0.667, 1.333, 0.667)
    """
    members, known = _checked(sets, truth)
    patient, patients = patient_codes(clusters, n=known.size)
    weight = np.ones(known.size) if weights is None else np.asarray(weights, dtype=np.float64)
    inside, size = members[np.arange(known.size), known] == 1, members.sum(axis=1)

    def share(hit: NDArray[np.bool_], kept: NDArray[np.bool_], empty: str = "there is no record") -> Estimate:
        given = None if weights is None else weight[kept]
        return proportion(hit[kept], clusters=patient[kept], weights=given, level=level, empty=empty)

    everyone = np.ones(known.size, dtype=bool)
    of_class = [share(inside, known == one, "no record is of this class") for one in range(members.shape[1])]
    return ConformalReport(
        share(inside, everyone), tuple(of_class), _mean(size, weight, patient, patients=patients, level=level),
        share(size == 1, everyone), share(size == 0, everyone),
    )  # fmt: skip


def _quantile(own: NDArray[np.float64], patient: NDArray[np.int64], *, coverage: float) -> float:
    if own.size == 0:
        return math.inf
    _, code, records = np.unique(patient, return_inverse=True, return_counts=True)
    order = np.argsort(own, kind="stable")
    reached = np.cumsum(1 / records[code[order]])
    # rounding must not turn an exact (n + 1) * coverage into the next record
    enough = reached >= coverage * (records.size + 1) * (1 - 1e-12)
    return float(own[order[np.argmax(enough)]]) if enough[-1] else math.inf


def _mean(
    size: NDArray[np.float64], weight: NDArray[np.float64], patient: NDArray[np.int64], *, patients: int, level: float
) -> Estimate:
    value = float(np.average(size, weights=weight))
    sums = np.bincount(patient, weight * (size - value), patients)
    error = math.sqrt(patients / max(patients - 1, 1) * float(sums @ sums)) / float(weight.sum())
    reach = float(stats.norm.ppf((1 + level) / 2)) * error
    method = "normal, by patient" if patients > 1 else "no interval: a single patient"
    low, high = (value - reach, value + reach) if patients > 1 else (0.0, math.inf)
    return Estimate(value, max(low, 0.0), high, size.size, size.size, patients, method, level)


def _checked(values: ArrayLike, truth: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    table, known = np.asarray(values, dtype=np.float64), np.asarray(truth)
    if table.ndim != 2 or known.shape != table.shape[:1]:
        raise StatisticsError(
            f"there must be one row (class) and one truth per record, got {table.shape}, {known.shape}"
        )
    if known.size == 0:
        raise TooFewObservationsError("there is no record; at least one is needed")
    if np.isnan(table).any():
        raise InvalidScoreError(
            f"a nonconformity is missing in record {int(np.flatnonzero(np.isnan(table).any(1))[0])}"
        )
    columns = known.astype(np.int64)
    if (columns != known).any() or (columns < 0).any() or (columns >= table.shape[1]).any():
        raise StatisticsError(f"truth must be a column 0 to {table.shape[1] - 1}, got {known.min()} to {known.max()}")
    return table, columns
