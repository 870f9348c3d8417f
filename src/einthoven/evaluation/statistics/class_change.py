"""How much a change of risk moves patients with the outcome up and patients without it down, and the sum of both.

What net reclassification and integrated discrimination have in common: a mean among the events, a mean among the
non-events, and their sum, each with a variance that has sums over patients.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from einthoven.evaluation.estimate import Estimate, TestResult
from einthoven.evaluation.statistics.area_difference import FEW_PATIENTS
from einthoven.evaluation.statistics.binary_outcome import BinaryOutcome

__all__ = ["ClassChange", "class_change"]


@dataclass(frozen=True, slots=True)
class ClassChange:
    """The part of the events, that of the non-events, and their sum; each positive where the change is a gain."""

    events: TestResult
    nonevents: TestResult
    total: TestResult


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    value: float
    center: float
    variance: float
    sums: NDArray[np.float64]
    n: int
    patients: int
    degrees: float
    p_value: float
    method: str


def class_change(
    change: NDArray[np.float64], data: BinaryOutcome, *, method: str, level: float, sample_variance: bool
) -> ClassChange:
    """Return the mean change among events, its negative among non-events, and their sum.

    ``z = mean / se`` against the normal law; with fewer than 30 patients in the class, and with repeated patients,
    against Student's t (one degree less than patients; of the total, than in the smaller class). The variance of a mean
    is ``sum((x - mean)**2) / n**2`` (times ``n / (n - 1)`` with ``sample_variance``), with repeated patients the sum
    over patients of their squared sums, times ``patients / (patients - 1)``, and their covariance in the total. Where
    nobody's change differs from the others' that variance is 0: then half a patient is added who moves up and half a
    one who moves down, as Agresti and Min do, and p is that of the sign test over patients.

    Parameters
    ----------
    change : float64 (record,)
        In [-1, 1]; positive means a higher risk than before.
    data : BinaryOutcome
        Both classes.
    method : str
        What it is called.
    level : float in (0, 1)
    sample_variance : bool

    Examples
    --------
    >>> from einthoven.evaluation.statistics.binary_outcome import binary_outcome
    >>> data = binary_outcome([0.5] * 6, [1, 1, 1, 0, 0, 0])
    >>> found = class_change(np.array([1.0, 1, 0, -1, 0, 0]), data, method="NRI", level=0.95, sample_variance=False)
    >>> found.total.difference.value
    1.0
    """
    events = _part(change, data, chosen=data.truth, sample_variance=sample_variance, method=method)
    nonevents = _part(-change, data, chosen=~data.truth, sample_variance=sample_variance, method=method)
    together = 2 * data.patients / (data.patients - 1) * float(events.sums @ nonevents.sums) if data.repeated else 0.0
    total = _Part(
        events.value + nonevents.value, events.center + nonevents.center,
        events.variance + nonevents.variance + together, events.sums + nonevents.sums, data.n, data.patients,
        min(events.degrees, nonevents.degrees), math.nan,
        f"{method}{', clustered by patient' if data.repeated else ''}",
    )  # fmt: skip
    return ClassChange(
        _tested(events, events.n, limit=1.0, level=level),
        _tested(nonevents, 0, limit=1.0, level=level),
        _tested(total, data.events, limit=2.0, level=level),
    )


def _part(
    change: NDArray[np.float64], data: BinaryOutcome, *, chosen: NDArray[np.bool_], sample_variance: bool, method: str
) -> _Part:
    weight = np.ones(data.n) if data.weight is None else data.weight
    values, counted, patient = change[chosen], weight[chosen], data.patient[chosen]
    value = center = float(counted @ values) / float(counted.sum())
    sums = np.bincount(patient, counted * (values - value), data.patients) / counted.sum()
    patients = int(np.count_nonzero(np.bincount(patient, minlength=data.patients)))
    variance = float(sums @ sums)
    if (data.repeated or sample_variance) and patients > 1:
        variance *= patients / (patients - 1)
    degrees = max(1.0, patients - 1.0) if data.repeated or patients < FEW_PATIENTS else math.inf
    p_value, repeated = math.nan, ", clustered by patient" if data.repeated else ""
    if np.ptp(values) <= 1e-12:
        center = value * patients / (patients + 2)
        variance = ((patients * abs(value) + 1) / (patients + 2) - center**2) / (patients + 2)
        p_value = 1.0 if abs(value) <= 1e-12 else min(1.0, 2.0 * 0.5**patients)
        repeated += ", all alike: half a patient added who moves either way (Agresti and Min), sign test"
    return _Part(value, center, variance, sums, values.size, patients, degrees, p_value, f"{method}{repeated}")


def _tested(part: _Part, events: int, *, limit: float, level: float) -> TestResult:
    law = stats.norm if math.isinf(part.degrees) else stats.t(part.degrees)
    reach = float(law.ppf((1 + level) / 2)) * math.sqrt(max(part.variance, 0.0))
    low, high = max(-limit, min(part.center - reach, part.value)), min(limit, max(part.center + reach, part.value))
    estimate = Estimate(part.value, low, high, part.n, events, part.patients, part.method, level)
    statistic = part.value / math.sqrt(part.variance) if part.variance > 0 else 0.0
    p_value = part.p_value if not math.isnan(part.p_value) else float(2 * law.sf(abs(statistic)))
    return TestResult(estimate, statistic, p_value, part.method)
