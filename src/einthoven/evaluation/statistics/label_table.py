"""Scores of several labels of the same records, checked, with those labels set aside that have too few events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from einthoven.errors import InvalidScoreError, OneClassError, StatisticsError, TooFewObservationsError
from einthoven.evaluation.statistics.binary_outcome import checked_weights, patient_codes

__all__ = ["LabelTable", "label_table"]

# as many left out are named one by one; of more, the others are counted
NAMED = 8


@dataclass(frozen=True, slots=True, eq=False)
class LabelTable:
    """Checked scores of several labels.

    Attributes
    ----------
    score, truth : float64 (record, label)
        NaN in ``truth`` where unknown; only labels with enough of both classes.
    patient : int64 (record,)
        Codes 0 .. patients - 1.
    patients : int
    weight : float64 (record,), optional
    kept, left_out : tuple of str
        Names of the labels; of those left out with their positives, for example ``STEMI (3 positives)``.
    """

    score: NDArray[np.float64]
    truth: NDArray[np.float64]
    patient: NDArray[np.int64]
    patients: int
    weight: NDArray[np.float64] | None
    kept: tuple[str, ...]
    left_out: tuple[str, ...]

    @property
    def counts(self) -> tuple[int, int, int]:
        """Records, positives over all labels, patients."""
        return self.truth.shape[0], int(np.nansum(self.truth)), self.patients

    @property
    def described(self) -> str:
        """How many labels there are, and which were left out."""
        total = len(self.kept) + len(self.left_out)
        if not self.left_out:
            return f"{total} labels"
        named = ", ".join(self.left_out[:NAMED])
        further = f" and {len(self.left_out) - NAMED} more" if len(self.left_out) > NAMED else ""
        return f"{len(self.kept)} of {total} labels (left out for too few events: {named}{further})"


def label_table(
    score: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    labels: Sequence[str] | None = None,
    minimum_events: int = 1,
) -> LabelTable:
    """Return checked scores of the labels that have enough positives and negatives.

    Parameters
    ----------
    score : (record, label)
        Finite wherever the truth is known.
    truth : (record, label)
        0, 1, or NaN where unknown.
    clusters, weights : (record,), optional
    labels : sequence of str (label,), optional
        Their names; numbered from 0 without.
    minimum_events : int
        With fewer positives, or fewer negatives, a label is left out; at least 1.

    Raises
    ------
    OneClassError
        No label has both positives and negatives.
    TooFewObservationsError
        No label has enough of them.

    Examples
    --------
    >>> score = [[0.1, 0.3], [0.4, 0.2], [0.35, 0.9], [0.8, 0.1]]
    >>> label_table(score, [[0, 0], [0, 0], [1, 0], [1, 0]], labels=["AF", "STEMI"]).described
    '1 of 2 labels (left out for too few events: STEMI (0 positives))'
    """
    scores, known = np.asarray(score, dtype=np.float64), np.asarray(truth, dtype=np.float64)
    _check(scores, known)
    names = [f"label {column}" for column in range(known.shape[1])] if labels is None else list(labels)
    if len(names) != known.shape[1]:
        raise StatisticsError(f"labels must name each of the {known.shape[1]} columns, got {len(names)} names")
    positives, negatives = (known == 1).sum(axis=0), (known == 0).sum(axis=0)
    enough = np.minimum(positives, negatives) >= max(1, minimum_events)
    left_out = tuple(_few(names[j], positives[j], negatives[j]) for j in np.flatnonzero(~enough))
    if not (np.minimum(positives, negatives) > 0).any():
        raise OneClassError("no label has both positives and negatives, so there is nothing to average")
    if not enough.any():
        raise TooFewObservationsError(
            f"no label has {minimum_events} positives and negatives, so there is nothing to average: "
            f"{', '.join(left_out[:NAMED])}{' and others' if len(left_out) > NAMED else ''}"
        )
    weight = checked_weights(weights, n=known.shape[0])
    scores, known = scores[:, enough], known[:, enough]
    if clusters is None:
        # an order that depends on the values alone, so that a shuffled table gives the same interval
        keys = (*scores.T, *known.T) if weight is None else (weight, *scores.T, *known.T)
        order = np.lexsort(keys)
        scores, known, weight = scores[order], known[order], None if weight is None else weight[order]
    patient, patients = patient_codes(clusters, n=scores.shape[0])
    kept = tuple(names[j] for j in np.flatnonzero(enough))
    return LabelTable(scores, known, patient, patients, weight, kept, left_out)


def _check(scores: NDArray[np.float64], known: NDArray[np.float64]) -> None:
    if scores.ndim != 2 or scores.shape != known.shape:
        raise StatisticsError(f"score and truth must both be (record, label), got {scores.shape} and {known.shape}")
    if not np.isin(known[~np.isnan(known)], (0.0, 1.0)).all():
        raise StatisticsError("truth must be 0, 1, or NaN where unknown")
    if not np.isfinite(scores[~np.isnan(known)]).all():
        raise InvalidScoreError("scores must be finite numbers wherever the truth is known")


def _few(name: str, positives: int, negatives: int) -> str:
    few, kind = min((int(positives), "positive"), (int(negatives), "negative"))
    return f"{name} ({few} {kind}{'s' if few != 1 else ''})"
