"""Which records are asked again and again during a pretraining: a small labelled part of training and validation.

Records of other splits are never read: their patients belong to the test.
"""

from __future__ import annotations

import fnmatch
import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from einthoven.ecg.input_spec import InputSpec
from einthoven.errors import CohortError
from einthoven.registry import nearest
from einthoven.store.store import Store
from einthoven.training.targets import SplitTargets, split_targets

__all__ = ["WatchedRecords", "chosen_records", "watched_records"]

# of each class of a label, as far as there are so many: an area under the curve of fewer says little
_WANTED = 10


@dataclass(frozen=True, slots=True, eq=False)
class WatchedRecords:
    """What probes and collapse alarms look at.

    Attributes
    ----------
    labels : tuple of str
        That have both classes in both parts; empty where nothing can be probed.
    training, validation : int64 (record,)
        Rows of the store.
    training_target, validation_target : float32 (record, C)
        0 to 1, NaN for unknown.
    note : str
        What had to be left out, in a sentence; empty where nothing was.
    """

    labels: tuple[str, ...]
    training: NDArray[np.int64]
    validation: NDArray[np.int64]
    training_target: NDArray[np.float32]
    validation_target: NDArray[np.float32]
    note: str = field(default="")

    @property
    def rows(self) -> NDArray[np.int64]:
        """Both parts, training first."""
        return np.concatenate([self.training, self.validation])


def watched_records(
    cohort: pa.Table,
    store: Store,
    *,
    tasks: Sequence[str],
    most_records: int,
    spec: InputSpec,
    simulated: Collection[str] = (),
) -> WatchedRecords:
    """Return the records to watch; the same for the same cohort, in any order of its rows.

    Parameters
    ----------
    cohort : Table
        Columns ``record_id``, ``split``, ``y.<task>`` and, where there is one, ``source``.
    store : Store
    tasks : sequence of str
        Tasks of the cohort, or patterns such as ``scp.*``.
    most_records : int
        Of each part.
    spec : InputSpec
        Records that are too short for its window are left out where it refuses them.
    simulated : collection of str
        Sources whose patients are simulated; they are watched only where no other records have labels.

    Raises
    ------
    CohortError
        A task that isn't in the cohort, or targets that aren't shares between 0 and 1.
    """
    names = _matching(cohort, tasks)
    usable = _usable(cohort, store, spec)
    real = _without(usable, simulated)
    enough = bool(_labels_of_both(real, names)) or (not names and real.num_rows > 0)
    table = real if enough else usable
    labels = _labels_of_both(table, names)
    training, validation = (split_targets(table, split, tasks=labels) for split in ("train", "validation"))
    parts = [_part(one, most_records=most_records) for one in (training, validation)]
    return WatchedRecords(
        labels=tuple(labels),
        training=store.rows(parts[0].record_ids),
        validation=store.rows(parts[1].record_ids),
        training_target=parts[0].target,
        validation_target=parts[1].target,
        note=_note(names, labels),
    )


def chosen_records(record_ids: Sequence[str], target: NDArray[np.float32], *, most: int) -> NDArray[np.int64]:
    """Return at most so many of the records, int64 (chosen,) in ascending order, rare labels among them.

    Records are ranked by a hash of their id. Up to half of the places go to the classes of each label, the rarest
    first, until each class has 10 (or its share of that half); the rest follows the ranking, so that it is as frequent
    as in the whole.

    Parameters
    ----------
    record_ids : sequence of str
        Each once.
    target : float32 (record, C)
    most : int
    """
    ranked = np.array(sorted(range(len(record_ids)), key=lambda i: _rank(record_ids[i])), dtype=np.int64)
    if len(ranked) <= most:
        return np.arange(len(ranked), dtype=np.int64)
    classes = [members for column in target[ranked].T for members in (column > 0.5, column <= 0.5)]
    classes.sort(key=lambda members: int(members.sum()))
    wanted = min(_WANTED, most // 2 // max(len(classes), 1))
    chosen = np.zeros(len(ranked), dtype=bool)
    for members in classes:
        lacking = max(wanted - int((members & chosen).sum()), 0)
        chosen[np.flatnonzero(members & ~chosen)[:lacking]] = True
    chosen[np.flatnonzero(~chosen)[: most - int(chosen.sum())]] = True
    return np.sort(ranked[chosen])


def _rank(record_id: str) -> bytes:
    return hashlib.sha256(f"watched {record_id}".encode()).digest()


def _matching(cohort: pa.Table, tasks: Sequence[str]) -> list[str]:
    known = [name.removeprefix("y.") for name in cohort.column_names if name.startswith("y.")]
    matched: list[str] = []
    for pattern in tasks:
        found = [pattern] if pattern in known else fnmatch.filter(known, pattern)
        if not found:
            raise CohortError(f"no task of the cohort matches watch.tasks {pattern!r}{nearest(pattern, known)}")
        matched += [task for task in found if task not in matched]
    return matched


def _usable(cohort: pa.Table, store: Store, spec: InputSpec) -> pa.Table:
    """Return the rows of training and validation that the model can see, each record once."""
    table = cohort.filter(pc.is_in(cohort["split"], value_set=pa.array(["train", "validation"])))
    ids = table["record_id"].to_pylist()
    _, first = np.unique(np.array(ids, dtype=object), return_index=True)
    table = table.take(np.sort(first))
    if spec.view.short != "refuse" or not table.num_rows:
        return table
    lengths = store.lengths[store.rows(table["record_id"])]
    return table.filter(pa.array(lengths >= spec.window_samples))


def _without(table: pa.Table, simulated: Collection[str]) -> pa.Table:
    if "source" not in table.column_names or not simulated:
        return table
    return table.filter(pc.invert(pc.is_in(table["source"], value_set=pa.array(sorted(simulated), pa.string()))))


def _labels_of_both(table: pa.Table, tasks: Sequence[str]) -> list[str]:
    """Return the tasks of which both parts have both classes."""
    parts = [split_targets(table, split, tasks=tasks) for split in ("train", "validation")]
    both = np.minimum.reduce([np.minimum(one.positives, one.negatives) for one in parts])
    return [task for task, count in zip(tasks, both, strict=True) if count > 0]


def _part(targets: SplitTargets, *, most_records: int) -> SplitTargets:
    chosen = chosen_records(targets.record_ids, targets.target, most=most_records)
    return SplitTargets(tuple(targets.record_ids[i] for i in chosen), targets.target[chosen])


def _note(tasks: Sequence[str], labels: Sequence[str]) -> str:
    if not tasks:
        return "embeddings aren't probed: no labels are named (watch.tasks), only their spread is watched"
    if not labels:
        return (
            f"embeddings aren't probed: none of {len(tasks)} labels has both classes in training and validation, only "
            "their spread is watched"
        )
    lost = [task for task in tasks if task not in labels]
    if not lost:
        return ""
    shown = ", ".join(lost[:5]) + (f" and {len(lost) - 5} more" if len(lost) > 5 else "")
    return f"probes leave out {shown}: both classes aren't in training and validation"
