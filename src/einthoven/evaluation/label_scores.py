"""The scores of one model, seed, split and label, ready for a statistic."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

__all__ = ["LabelScores"]


@dataclass(frozen=True, slots=True, eq=False)
class LabelScores:
    """Scores with known truth, in order of record.

    Attributes
    ----------
    model, seed, split, label, task, score_kind
        As in the table.
    score, truth : float64 (record,)
    record, patient : int64 (record,)
        Codes that are equal for all models and labels of one table.
    row : int64 (record,)
        Row in the table.
    unknown : int
        Rows left out because their truth is unknown.
    weight : float64 (record,), optional
        None where all records count alike.
    """

    model: str
    seed: int
    split: str
    label: str
    task: str
    score_kind: str
    score: NDArray[np.float64]
    truth: NDArray[np.float64]
    record: NDArray[np.int64]
    patient: NDArray[np.int64]
    row: NDArray[np.int64]
    unknown: int
    weight: NDArray[np.float64] | None = None

    @property
    def probability(self) -> NDArray[np.float64] | None:
        """The score as a probability, None where its kind has none."""
        if self.score_kind == "probability":
            return self.score
        return np.asarray(special.expit(self.score)) if self.score_kind == "logit" else None

    @property
    def events(self) -> int:
        """Number of positives."""
        return int(np.count_nonzero(self.truth == 1))

    @property
    def key(self) -> tuple[str, int, str, str]:
        """Model, seed, split and label."""
        return self.model, self.seed, self.split, self.label

    @property
    def unweighted(self) -> str:
        """What a method says that can't take weights; empty where there are none."""
        return "" if self.weight is None else "; records not weighted"

    def options(self, level: float) -> dict[str, Any]:
        """Return what every statistic is told of these records: patients, weights and the level of the interval."""
        return {"clusters": self.patient, "weights": self.weight, "level": level}

    def only(self, kept: NDArray[np.bool_]) -> LabelScores:
        """Return the scores of some records."""
        names = ("score", "truth", "record", "patient", "row")
        weight = None if self.weight is None else self.weight[kept]
        return dataclasses.replace(self, weight=weight, **{name: getattr(self, name)[kept] for name in names})
