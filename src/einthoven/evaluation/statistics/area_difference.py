"""Difference of two areas under ROC curves with its variance: same records, other records, patients in common.

The variance is a sum over patients (DeLong 1988, Obuchowski 1997). With few patients in a class, and with repeated
patients, the normal law makes too many false claims; there Student's t applies. Its degrees of freedom are
Satterthwaite's over the components of the variance, as in the test of Brunner and Munzel for one area; with repeated
patients they are one less than the patients in the smaller class.

References
----------
.. [1] DeLong, DeLong and Clarke-Pearson, Biometrics 44:837 (1988), doi:10.2307/2531595
.. [2] Obuchowski, Biometrics 53:567 (1997), doi:10.2307/2533958
.. [3] Brunner and Munzel, Biometrical Journal 42:17 (2000),
   doi:10.1002/(SICI)1521-4036(200001)42:1<17::AID-BIMJ17>3.0.CO;2-U
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from einthoven.errors import StatisticsError
from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.binary_outcome import BinaryOutcome, binary_outcome, patient_codes
from einthoven.evaluation.statistics.delong import placements

__all__ = ["FEW_PATIENTS", "AreaDifference", "paired_areas", "unpaired_areas"]

# Paired scores that don't differ, 4,000 simulated samples of 200 records each: at a nominal 5 %, z claims a difference
# in 8.5 % with 10 events, 6.0 % with 20 and 5.4 % with 30; Student's t with Satterthwaite's degrees in 5.6, 4.8, 4.9 %.
# With 4 records per patient (50 patients) z claims one in 10.7, 7.9, 7.1 and, with 60 events, 5.9 %, that t in 6.7,
# 5.9, 6.1, 5.4 %, t with one degree less than patients in the smaller class in 4.6, 5.1, 5.3, 4.9 %
FEW_PATIENTS = 30

Sample = tuple[ArrayLike, ArrayLike]


@dataclass(frozen=True, slots=True)
class AreaDifference:
    """``AUROC(a) - AUROC(b)``.

    Attributes
    ----------
    value, variance : float
        The variance is 0 where the two scores rank alike, NaN where a class has fewer than 2 patients.
    degrees : float
        Of freedom of Student's t; infinite for the normal law.
    n, events, clusters : int
    method : str
    """

    value: float
    variance: float
    degrees: float
    n: int
    events: int
    clusters: int
    method: str

    @property
    def law(self) -> stats.rv_continuous:
        """The distribution of the difference over its standard error."""
        return stats.norm if math.isinf(self.degrees) else stats.t(self.degrees)

    def estimate(self, *, level: float) -> Estimate:
        """Return the difference with its two-sided interval; without a variance it is [-1, 1], and a reason says so."""
        counts = (self.n, self.events, self.clusters)
        if self.variance > 0 or (self.variance == 0 and self.value == 0):
            reach = float(self.law.ppf((1 + level) / 2)) * math.sqrt(self.variance) if self.variance else 0.0
            return Estimate(self.value, self.value - reach, self.value + reach, *counts, self.method, level)
        reason = "the variance of the difference is 0 or not defined on these data, so there is no interval"
        return Estimate(self.value, -1.0, 1.0, *counts, self.method, level, reason)


def paired_areas(
    scores_a: ArrayLike,
    scores_b: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
) -> AreaDifference:
    """Return the difference on the same records; arguments and refusals as ``delong_test``.

    Examples
    --------
    >>> truth = [0, 0, 1, 1, 1, 0]
    >>> areas = paired_areas([0.1, 0.4, 0.35, 0.8, 0.7, 0.2], [0.3, 0.4, 0.2, 0.6, 0.7, 0.5], truth)
    >>> round(areas.value, 3), round(areas.variance, 3), round(areas.degrees, 2)
    (0.222, 0.062, 2.94)
    """
    data = binary_outcome(scores_a, truth, clusters=clusters, weights=weights)
    other = binary_outcome(scores_b, truth)
    codes = data.patient if data.repeated else None
    a, b = (_PatientSums.of(one, codes, data.patients) for one in (data, dataclasses.replace(data, score=other.score)))
    apart = dataclasses.replace(
        a, area=a.area - b.area, positive=a.positive - b.positive, negative=a.negative - b.negative
    )
    variance = apart.variance
    # equal rankings leave a variance of rounding errors, which must not become a p value
    if apart.area == 0.0 and variance <= 1e-12 * (a.variance + b.variance):
        variance = 0.0
    degrees = _degrees([apart], repeated=data.repeated, otherwise=math.inf)
    method = f"paired {_delong(repeated=data.repeated)}{'' if math.isinf(degrees) else ', Student t'}"
    return AreaDifference(apart.area, variance, degrees, data.n, data.events, data.patients, method)


def unpaired_areas(
    sample_a: Sample,
    sample_b: Sample,
    *,
    clusters: tuple[ArrayLike, ArrayLike] | None = None,
    weights: tuple[ArrayLike | None, ArrayLike | None] = (None, None),
) -> AreaDifference:
    """Return the difference between two groups of records; arguments and refusals as ``delong_test_unpaired``.

    Examples
    --------
    >>> women = ([0.1, 0.4, 0.35, 0.8, 0.7, 0.2], [0, 0, 1, 1, 1, 0])
    >>> men = ([0.3, 0.4, 0.2, 0.6, 0.7, 0.5], [0, 0, 1, 1, 1, 0])
    >>> unpaired_areas(women, men, clusters=([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6])).clusters
    6
    """
    groups = [binary_outcome(*one, weights=weight) for one, weight in zip((sample_a, sample_b), weights, strict=True)]
    codes, patients = _common_codes(groups, clusters)
    a, b = (_PatientSums.of(one, code, patients) for one, code in zip(groups, codes, strict=True))
    shared = a.patients + b.patients > patients
    variance = a.variance + b.variance - 2 * a.covariance(b) if shared else a.variance + b.variance
    repeated = any(one.patients < group.n for one, group in zip((a, b), groups, strict=True))
    degrees = _degrees([a, b], repeated=repeated, otherwise=_welch([a, b]))
    method = f"unpaired {_delong(repeated=repeated)}{', patients in both groups' if shared else ''}"
    return AreaDifference(
        a.area - b.area, max(variance, 0.0) if not math.isnan(variance) else variance, degrees,
        sum(one.n for one in groups), sum(one.events for one in groups), patients, method,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class _PatientSums:
    # what each patient's positives and negatives add to the area's error, divided by the classes' weights; without
    # repeated patients one number per positive and per negative, which have nobody in common
    area: float
    positive: NDArray[np.float64]
    negative: NDArray[np.float64]
    with_positive: int
    with_negative: int
    patients: int
    effective: tuple[float, float]
    by_patient: bool

    @classmethod
    def of(cls, data: BinaryOutcome, patient: NDArray[np.int64] | None, patients: int) -> _PatientSums:
        ranked = placements(data.score, data.truth, data.weight)
        if patient is None and data.weight is None:
            m, n = data.events, data.n - data.events
            positive, negative = (ranked.positive - ranked.auroc) / m, (ranked.negative - ranked.auroc) / n
            return cls(ranked.auroc, positive, negative, m, n, patients, (float(m), float(n)), by_patient=False)
        codes = data.patient if patient is None else patient
        weight = np.ones(data.n) if data.weight is None else data.weight
        sums, sizes = [], []
        for chosen, values in ((data.truth, ranked.positive), (~data.truth, ranked.negative)):
            counted = weight[chosen]
            sums.append(np.bincount(codes[chosen], counted * (values - ranked.auroc), patients) / counted.sum())
            sizes.append(np.asarray(np.bincount(codes[chosen], counted, patients), dtype=np.float64))
        effective = (_effective(sizes[0]), _effective(sizes[1]))
        m, n, either = (int(np.count_nonzero(size)) for size in (*sizes, sizes[0] + sizes[1]))
        return cls(ranked.auroc, sums[0], sums[1], m, n, either, effective, by_patient=True)

    @property
    def components(self) -> tuple[float, float]:
        return (_corrected(self.with_positive) * float(self.positive @ self.positive),
                _corrected(self.with_negative) * float(self.negative @ self.negative))  # fmt: skip

    @property
    def variance(self) -> float:
        return self.covariance(self)

    def covariance(self, other: _PatientSums) -> float:
        # Obuchowski 1997: each sum with its own number of patients; the geometric mean of the two groups' corrections
        def factor(mine: int, others: int) -> float:
            return math.sqrt(_corrected(mine) * _corrected(others))

        crossed = float(self.positive @ other.negative + self.negative @ other.positive) if self.by_patient else 0.0
        return (
            factor(self.with_positive, other.with_positive) * float(self.positive @ other.positive)
            + factor(self.with_negative, other.with_negative) * float(self.negative @ other.negative)
            + (factor(self.patients, other.patients) * crossed if crossed else 0.0)
        )


def _corrected(patients: int) -> float:
    return patients / (patients - 1) if patients > 1 else math.nan


def _effective(size: NDArray[np.float64]) -> float:
    # Kish: patients of one size who would know as much
    return float(size.sum()) ** 2 / float(size @ size)


def _degrees(groups: Sequence[_PatientSums], *, repeated: bool, otherwise: float) -> float:
    sizes = [size for one in groups for size in one.effective]
    if repeated:
        return max(min(sizes) - 1, 1.0)
    if min(sizes) >= FEW_PATIENTS:
        return otherwise
    # Satterthwaite
    parts = [part for one in groups for part in one.components]
    spread = sum(part**2 / (size - 1) for part, size in zip(parts, sizes, strict=True) if size > 1)
    return sum(parts) ** 2 / spread if spread > 0 else math.inf


def _welch(groups: Sequence[_PatientSums]) -> float:
    # as R's pROC, with patients in place of records
    spread = sum(one.variance**2 / (one.patients - 1) for one in groups)
    return sum(one.variance for one in groups) ** 2 / spread if spread > 0 else math.inf


def _common_codes(
    groups: Sequence[BinaryOutcome], clusters: tuple[ArrayLike, ArrayLike] | None
) -> tuple[list[NDArray[np.int64]], int]:
    sizes = [one.n for one in groups]
    if clusters is None:
        return [np.arange(sizes[0]), np.arange(sizes[0], sum(sizes))], sum(sizes)
    names = [np.asarray(one) for one in clusters]
    if [one.shape for one in names] != [(size,) for size in sizes]:
        raise StatisticsError(
            f"clusters must name the patient of each record of both groups, {sizes[0]} and {sizes[1]}, got shapes "
            f"{names[0].shape} and {names[1].shape}"
        )
    codes, patients = patient_codes(np.concatenate(names), n=sum(sizes))
    return [codes[: sizes[0]], codes[sizes[0] :]], patients


def _delong(*, repeated: bool) -> str:
    return "DeLong, clustered by patient (Obuchowski)" if repeated else "DeLong"
