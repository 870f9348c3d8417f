"""What an analysis works on: the checked scores, the protocol, and the cut-offs that were chosen on validation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from einthoven.errors import SpecificationError, UnknownNameError
from einthoven.evaluation.label_metrics import Decisions
from einthoven.evaluation.label_scores import LabelScores
from einthoven.evaluation.prediction_columns import YES_NO_TASKS
from einthoven.evaluation.predictions import Predictions
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.thresholds import STATED, Threshold
from einthoven.registry import nearest

__all__ = ["UNKNOWN", "Context"]

# the group of records whose cell is empty
UNKNOWN = "unknown"


@dataclass(frozen=True, eq=False)
class Context:
    """What an analysis works on.

    Attributes
    ----------
    predictions : Predictions
    protocol : Protocol
    scores : sequence of LabelScores
        Of the splits to report, of any task, in the order of the protocol.
    thresholds : mapping of (model, seed, label, rule) to Threshold
        Chosen on validation.
    stated : sequence of Threshold
        Given beforehand; one without a model is for all models, and each is for all seeds of its model.
    """

    predictions: Predictions
    protocol: Protocol
    scores: Sequence[LabelScores]
    thresholds: Mapping[tuple[str, int, str, str], Threshold]
    stated: Sequence[Threshold] = ()

    @cached_property
    def reported(self) -> tuple[LabelScores, ...]:
        """Scores of yes/no tasks."""
        return tuple(one for one in self.scores if one.task in YES_NO_TASKS)

    @cached_property
    def main(self) -> tuple[LabelScores, ...]:
        """Of ``reported``, each model's ensemble (seed -1) in each split, or its lowest seed where there is none."""
        lowest: dict[tuple[str, str], int] = {}
        for one in self.reported:
            place = (one.model, one.split)
            lowest[place] = min(lowest.get(place, one.seed), one.seed)
        return tuple(one for one in self.reported if one.seed == lowest[one.model, one.split])

    def of_task(self, task: str) -> tuple[LabelScores, ...]:
        """Return the scores of another kind of task, ``regression`` or ``survival``."""
        return tuple(one for one in self.scores if one.task == task)

    def threshold(self, one: LabelScores, rule: str = "") -> Threshold | None:
        """Return the cut-off by a rule of the protocol (its first by default) or a stated one; None without either."""
        rule = rule or self.protocol.thresholds[0]
        fitting = [
            given
            for given in self.stated
            if given.label == one.label and given.model in {one.model, ""} and given.rule in {rule, STATED}
        ]
        # its own model before one for all, its own rule before one for all, its own seed before another
        fitting.sort(key=lambda given: (given.model != one.model, given.rule != rule, given.seed != one.seed))
        return next(iter(fitting), None) or self.thresholds.get((one.model, one.seed, one.label, rule))

    def decisions(self, one: LabelScores, rule: str = "") -> Decisions | None:
        """Return the yes/no calls on these scores: a reader's own, or a score's at its cut-off; None without one."""
        if one.score_kind == "binary":
            return Decisions(one.score == 1)
        threshold = self.threshold(one, rule)
        if threshold is None or threshold.was_chosen_on(one.split, self.predictions.hash):
            return None
        if threshold.reason is not None:
            return Decisions(None, threshold.reason)
        return Decisions(threshold.apply(one.score, split=one.split, predictions_hash=self.predictions.hash))

    def in_split(self, one: LabelScores, split: str, *, keep_unknown: bool = False) -> LabelScores:
        """Return the same model's, seed's and label's scores in another split, of no records where there are none."""
        return self.predictions.scores_of(one.model, one.seed, split, one.label, keep_unknown=keep_unknown)

    def numbers(self, column: str, one: LabelScores) -> NDArray[np.float64]:
        """Return a column of the predictions on the records of ``one``, NaN where empty."""
        taken = pc.take(self._column(column), pa.array(one.row))
        try:
            return np.asarray(taken.cast(pa.float64()).to_numpy(), dtype=np.float64)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise SpecificationError(f"protocol: there must be a column of numbers, got {column!r}: {error}") from error

    def texts(self, column: str, one: LabelScores) -> NDArray[np.object_]:
        """Return a column as text, ``unknown`` where empty; columns joined by `` x `` as ``value x value``."""
        parts = [self._texts(name, one) for name in column.split(" x ")]
        if len(parts) == 1:
            return parts[0]
        return np.array([" x ".join(values) for values in zip(*parts, strict=True)], dtype=object)

    def has(self, column: str) -> bool:
        """Return whether the predictions have a column."""
        return column in self.predictions.table.column_names

    def _texts(self, column: str, one: LabelScores) -> NDArray[np.object_]:
        taken = pc.take(self._column(column), pa.array(one.row)).combine_chunks()
        plain = taken.cast(pa.string()).fill_null(UNKNOWN)
        return np.asarray(plain.to_numpy(zero_copy_only=False), dtype=object)

    def _column(self, name: str) -> pa.ChunkedArray:
        present = self.predictions.table.column_names
        if name not in present:
            raise UnknownNameError(f"protocol: the predictions have no column {name!r}{nearest(name, present)}")
        return self.predictions.table[name]
