"""From a cohort to rows of a store and targets, per split; what can't be trained on is refused here."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from einthoven.errors import CohortError, SplitError
from einthoven.registry import nearest

__all__ = ["SplitTargets", "auxiliary_tasks", "check_classes", "split_targets"]


@dataclass(frozen=True, slots=True, eq=False)
class SplitTargets:
    """What one split holds.

    Attributes
    ----------
    record_ids : tuple of str
    target : float32 (record, C)
        0 to 1, NaN for unknown.
    """

    record_ids: tuple[str, ...]
    target: NDArray[np.float32]

    @property
    def positives(self) -> NDArray[np.int64]:
        """int64 (C,): records with a target above one half."""
        return np.asarray((self.target > 0.5).sum(axis=0), dtype=np.int64)

    @property
    def negatives(self) -> NDArray[np.int64]:
        """int64 (C,): records with a target up to one half."""
        return np.asarray((self.target <= 0.5).sum(axis=0), dtype=np.int64)


def split_targets(cohort: pa.Table, split: str, *, tasks: Sequence[str]) -> SplitTargets:
    """Return records and targets of a split, in the order of the cohort; rows of which nothing is known are left out.

    Parameters
    ----------
    cohort : Table
        Columns ``record_id``, ``split`` and ``y.<task>``.
    split : str
    tasks : sequence of str

    Raises
    ------
    CohortError
        The cohort has no such task, or a target that is no share between 0 and 1.
    """
    known = [name.removeprefix("y.") for name in cohort.column_names if name.startswith("y.")]
    for task in tasks:
        if task not in known:
            raise CohortError(f"the cohort has no task {task!r}{nearest(task, known)}")
    part = cohort.filter(pc.equal(cohort["split"], split))
    columns = [part[f"y.{task}"].cast(pa.float32()).to_numpy(zero_copy_only=False) for task in tasks]
    target = np.stack(columns, axis=1).astype(np.float32) if columns else np.empty((part.num_rows, 0), np.float32)
    outside = (target < 0) | (target > 1)
    if outside.any():
        row, column = np.argwhere(outside)[0]
        raise CohortError(
            f"targets of a yes/no task lie between 0 and 1, got {target[row, column]} for {tasks[column]} in record "
            f"{part['record_id'][int(row)]}"
        )
    ids = np.array(part["record_id"].to_pylist(), dtype=object)
    is_known = ~np.isnan(target).all(axis=1) if tasks else np.ones(len(ids), dtype=bool)
    return SplitTargets(tuple(ids[is_known].tolist()), target[is_known])


def check_classes(targets: SplitTargets, split: str, *, labels: Sequence[str]) -> None:
    """Refuse a split in which a label can be neither learnt nor measured.

    Raises
    ------
    SplitError
        The split is empty, or a label has no positive or no negative in it.
    """
    if not targets.record_ids:
        raise SplitError(f"the split {split!r} is empty: change cohort.split, or leave fewer records out")
    for label, positives, negatives in zip(labels, targets.positives, targets.negatives, strict=False):
        if min(positives, negatives) == 0:
            lacking = "positive" if positives == 0 else "negative"
            raise SplitError(
                f"label {label!r} has no {lacking} among the {positives + negatives} known records of the split "
                f"{split!r}: leave the label out, pool it with another one, or move patients to this split"
            )


def auxiliary_tasks(
    cohort: pa.Table, patterns: Sequence[str], *, labels: Sequence[str], minimum: int
) -> tuple[str, ...]:
    """Return the tasks that match a pattern, are no labels and have ``minimum`` of each class in training.

    Raises
    ------
    CohortError
        A pattern matches no task of the cohort.
    """
    tasks = [name.removeprefix("y.") for name in cohort.column_names if name.startswith("y.")]
    matched: list[str] = []
    for pattern in patterns:
        found = fnmatch.filter(tasks, pattern)
        if not found:
            raise CohortError(f"no task of the cohort matches the auxiliary label {pattern!r}{nearest(pattern, tasks)}")
        matched += [task for task in found if task not in matched and task not in labels]
    targets = split_targets(cohort, "train", tasks=matched)
    enough = np.minimum(targets.positives, targets.negatives) >= minimum
    return tuple(task for task, kept in zip(matched, enough, strict=True) if kept)
