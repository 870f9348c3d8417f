"""What every statistic of a yes/no outcome checks before it computes: shapes, NaN, classes, patients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from einthoven.errors import InvalidScoreError, OneClassError, StatisticsError, TooFewObservationsError

__all__ = ["BinaryOutcome", "binary_outcome", "checked_weights", "patient_codes"]


@dataclass(frozen=True, slots=True, eq=False)
class BinaryOutcome:
    """Checked scores with their truth.

    Attributes
    ----------
    score : float64 (record,)
    truth : bool (record,)
    patient : int64 (record,)
        Codes 0 .. patients - 1; each record is its own patient when none were given.
    patients : int
    weight : float64 (record,), optional
        None where all records count alike.
    """

    score: NDArray[np.float64]
    truth: NDArray[np.bool_]
    patient: NDArray[np.int64]
    patients: int
    weight: NDArray[np.float64] | None = None

    @property
    def n(self) -> int:
        """Number of records."""
        return int(self.truth.size)

    @property
    def events(self) -> int:
        """Number of positives."""
        return int(self.truth.sum())

    @property
    def repeated(self) -> bool:
        """Whether some patient has more than one record."""
        return self.patients < self.n


def binary_outcome(
    score: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    both_classes: bool = True,
) -> BinaryOutcome:
    """Return checked scores and truth.

    Parameters
    ----------
    score : (record,)
        Finite numbers.
    truth : (record,)
        0 or 1 (or booleans).
    clusters : (record,), optional
        Patient of each record, of any type that sorts.
    weights : (record,), optional
        How much each record counts, for example the inverse of its chance of being sampled; finite and positive.
        Weights that are all equal are the same as none.
    both_classes : bool
        Refuse data without positives or without negatives.

    Raises
    ------
    StatisticsError
        Lengths differ, truth holds something else than 0 and 1, or a weight isn't positive.
    TooFewObservationsError
        There is no record.
    InvalidScoreError
        A score is NaN or infinite.
    OneClassError
        Only one class is present although both are needed.
    """
    scores = np.asarray(score, dtype=np.float64)
    outcome = _checked_truth(truth)
    if scores.shape != outcome.shape:
        raise StatisticsError(f"score and truth must be of one length, got {scores.shape} and {outcome.shape}")
    if outcome.size == 0:
        raise TooFewObservationsError("there is no record; at least one is needed")
    if not np.isfinite(scores).all():
        first = int(np.flatnonzero(~np.isfinite(scores))[0])
        raise InvalidScoreError(f"scores must be finite numbers, got {scores[first]} at position {first}")
    if both_classes and outcome.all():
        raise OneClassError(f"all {outcome.size} records are positive; negatives are needed as well")
    if both_classes and not outcome.any():
        raise OneClassError(f"none of the {outcome.size} records is positive; positives are needed as well")
    codes, patients = patient_codes(clusters, n=outcome.size)
    return BinaryOutcome(scores, outcome, codes, patients, checked_weights(weights, n=outcome.size))


def patient_codes(clusters: ArrayLike | None, *, n: int) -> tuple[NDArray[np.int64], int]:
    """Return the code of each record's patient and the number of patients; None makes each record its own patient."""
    if clusters is None:
        return np.arange(n, dtype=np.int64), n
    names = np.asarray(clusters)
    if names.shape != (n,):
        raise StatisticsError(f"clusters must name the patient of each of the {n} records, got shape {names.shape}")
    if n and names.dtype.kind in "iu" and int(names.max()) - int(names.min()) <= 4 * n + 1_000_000:
        return _compacted(names)
    unique, codes = np.unique(names, return_inverse=True)
    return codes.astype(np.int64).reshape(-1), int(unique.size)


def _compacted(names: NDArray[Any]) -> tuple[NDArray[np.int64], int]:
    # the same as np.unique for whole numbers that lie close together, without its sort
    offset = names - names.min()
    code_of = np.cumsum(np.bincount(offset) > 0) - 1
    return np.asarray(code_of[offset], dtype=np.int64), int(code_of[-1]) + 1


def checked_weights(weights: ArrayLike | None, *, n: int) -> NDArray[np.float64] | None:
    """Return weights of ``n`` records, finite and positive (StatisticsError); None where all records count alike."""
    if weights is None:
        return None
    values = np.asarray(weights, dtype=np.float64)
    if values.shape != (n,):
        raise StatisticsError(f"weights must be one number for each of the {n} records, got shape {values.shape}")
    wrong = ~(np.isfinite(values) & (values > 0))
    if wrong.any():
        first = int(np.flatnonzero(wrong)[0])
        raise StatisticsError(f"weights must be finite and positive, got {values[first]} at position {first}")
    return None if np.ptp(values) == 0 else values


def _checked_truth(truth: ArrayLike) -> NDArray[np.bool_]:
    values = np.asarray(truth)
    if values.ndim != 1:
        raise StatisticsError(f"truth must have one axis (record,), got shape {values.shape}")
    if values.dtype == np.bool_:
        return values
    wrong = ~((values == 0) | (values == 1))
    if wrong.any():
        raise StatisticsError(
            f"truth must be 0 or 1, got {values[wrong][0]} at position {int(np.flatnonzero(wrong)[0])}"
        )
    return np.asarray(values == 1, dtype=np.bool_)
