"""The share of one class called rightly at the cut-off where the other class reaches a target, in each resample.

The first class is called from its highest score downwards until the target share is reached; the result is the share of
the second class that lies below that cut-off. With positives first this is specificity at a sensitivity; with classes
and signs reversed it is sensitivity at a specificity. Both classes are sorted once; a resample costs two running sums
over the records near the cut-off.

References
----------
.. [1] Wolter, Introduction to Variance Estimation (2007), chapter 2, doi:10.1007/978-0-387-35099-8
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from einthoven.errors import SpecificationError
from einthoven.evaluation.statistics.binary_outcome import BinaryOutcome
from einthoven.evaluation.statistics.bootstrap import patient_draws, rarest_class

__all__ = ["ShareAtTarget", "class_draws", "grouped_patients", "reversed_classes"]

# of a class that are resampled
MOST_UNITS = 2000


@dataclass(frozen=True, slots=True, eq=False)
class ShareAtTarget:
    """Sorted classes of one score.

    Attributes
    ----------
    target : float
    values : float64 (value,)
        Distinct scores of the first class, descending: the possible cut-offs.
    first_patient, second_patient : int64 (record,)
        Patients of the first class by descending score, of the second by ascending score.
    first_weight, second_weight : float64 (record,), optional
    last : int64 (value,)
        Position of the last record of the first class with each value.
    below : int64 (value,)
        Records of the second class below each value.
    """

    target: float
    values: NDArray[np.float64]
    first_patient: NDArray[np.int64]
    second_patient: NDArray[np.int64]
    first_weight: NDArray[np.float64] | None
    second_weight: NDArray[np.float64] | None
    last: NDArray[np.int64]
    below: NDArray[np.int64]

    @classmethod
    def of(cls, data: BinaryOutcome, target: float, *, name: str) -> ShareAtTarget:
        """Return the sorted classes; the first is the one whose truth is True."""
        if not 0 < target <= 1:
            raise SpecificationError(f"{name} must lie above 0 and at most at 1, got {target}")
        first, second = np.flatnonzero(data.truth), np.flatnonzero(~data.truth)
        first = first[np.argsort(-data.score[first], kind="stable")]
        second = second[np.argsort(data.score[second], kind="stable")]
        descending = data.score[first]
        last = np.flatnonzero(np.append(np.diff(descending) != 0, True))
        values = descending[last]
        weight = data.weight
        return cls(
            target, values, data.patient[first], data.patient[second], None if weight is None else weight[first],
            None if weight is None else weight[second], last, np.searchsorted(data.score[second], values, side="left"),
        )  # fmt: skip

    def cut_off(self) -> float:
        """Return the highest score at which the first class reaches the target."""
        patients = int(max(self.first_patient.max(), self.second_patient.max())) + 1
        return float(self.values[self._chosen(np.ones((1, patients), dtype=np.int32))[0]])

    def shares(self, counts: NDArray[np.int32]) -> NDArray[np.float64]:
        """Return the share of the second class below the cut-off, for each resample (resample, patient) of patients.

        NaN where a resample has no record of a class.
        """
        place = self.below[self._chosen(counts)]
        # cut-offs lie close together: what is below all of them is one product, only the rest is summed one by one
        least, most = int(place.min()), int(place.max())
        running = _running(counts, self.second_patient, self.second_weight, least, most)
        below = np.take_along_axis(running, (place - least)[:, None], axis=1)[:, 0]
        total = _drawn(counts, self.second_patient, self.second_weight)
        defined = (total > 0) & (_drawn(counts, self.first_patient, self.first_weight) > 0)
        return np.asarray(np.divide(below, total, out=np.full(len(counts), np.nan), where=defined))

    def _chosen(self, counts: NDArray[np.int32]) -> NDArray[np.int64]:
        # weights add up with rounding errors; a target that is met but for them is met
        needed = self.target * _drawn(counts, self.first_patient, self.first_weight) * (1 - 1e-12)
        center = int(self.target * self.values.size)
        reach = 50 + 6 * math.isqrt(self.values.size)
        while True:
            # resamples choose near one another: only values near by are looked at, more if that was too few
            least, most = max(0, center - reach), min(self.values.size - 1, center + reach)
            start = int(self.last[least - 1]) + 1 if least else 0
            past = int(self.last[most]) + 1
            running = _running(counts, self.first_patient, self.first_weight, start, past)
            enough = running[:, self.last[least : most + 1] + 1 - start] >= needed[:, None]
            before = least == 0 or bool((running[:, 0] < needed).all())
            if before and (most == self.values.size - 1 or bool(enough[:, -1].all())):
                return np.asarray(least + np.argmax(enough, axis=1), dtype=np.int64)
            if least == 0 and most == self.values.size - 1:
                return np.asarray(np.argmax(enough, axis=1), dtype=np.int64)
            reach *= 4


def reversed_classes(data: BinaryOutcome) -> BinaryOutcome:
    """Return the data with negatives as the class to be found, by descending score."""
    return BinaryOutcome(-data.score, ~data.truth, data.patient, data.patients, data.weight)


def grouped_patients(data: BinaryOutcome, *, seed: int) -> BinaryOutcome:
    """Return the data with random groups in place of patients, where a class has more than 2,000 of them.

    To resample groups gives the same variance as to resample patients [1]_; a million records then cost no more than
    some thousands.
    """
    stratum = _strata(data)
    unit = np.empty(data.patients, dtype=np.int64)
    shuffled = np.random.default_rng(np.random.SeedSequence([seed, data.patients])).permutation(data.patients)
    done = 0
    for one in np.unique(stratum):
        members = shuffled[stratum[shuffled] == one]
        units = min(members.size, MOST_UNITS)
        unit[members] = done + np.arange(members.size) % units
        done += units
    if done == data.patients:
        return data
    return BinaryOutcome(data.score, data.truth, unit[data.patient], done, data.weight)


def class_draws(data: BinaryOutcome, *, resamples: int, seed: int) -> Iterator[NDArray[np.int32]]:
    """Yield resamples of patients, stratified by the rarer class that a patient has a record of."""
    return patient_draws(_strata(data), resamples=resamples, seed=seed, records=data.n)


def _strata(data: BinaryOutcome) -> NDArray[np.int64]:
    return rarest_class(data.truth[:, None].astype(np.float64), patient=data.patient, patients=data.patients)


def _drawn(counts: NDArray[np.int32], patient: NDArray[np.int64], weight: NDArray[np.float64] | None) -> NDArray[Any]:
    # weight that each resample draws
    of_patient = np.bincount(patient, weight, counts.shape[1])
    return np.asarray(counts.astype(np.float64) @ of_patient.astype(np.float64))


def _running(
    counts: NDArray[np.int32], patient: NDArray[np.int64], weight: NDArray[np.float64] | None, start: int, past: int
) -> NDArray[Any]:
    # weight that each resample draws of all records before each position from start to past
    taken = counts[:, patient[start:past]]
    sums = np.empty((len(counts), past - start + 1))
    sums[:, 0] = _drawn(counts, patient[:start], None if weight is None else weight[:start])
    np.cumsum(taken if weight is None else taken * weight[start:past], axis=1, out=sums[:, 1:])
    sums[:, 1:] += sums[:, :1]
    return sums
