"""What rows of a table of predictions must agree on: one row per key, one split per patient, one truth per record."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from einthoven.errors import CohortError, LeakageError

__all__ = ["check_keys", "check_patients", "check_truth", "codes"]

Groups = Mapping[tuple[str, int, str, str], NDArray[np.int64]]


def codes(table: pa.Table, name: str) -> NDArray[np.int64]:
    """Return codes in the order of the values, -1 for null; they don't depend on the order of the rows."""
    column = table[name].combine_chunks()
    if not pa.types.is_dictionary(column.type):
        return np.unique(column.to_numpy(zero_copy_only=False), return_inverse=True)[1].reshape(-1).astype(np.int64)
    # sorted as UTF-8 bytes through Arrow, which is several times faster than NumPy's sort of objects
    dictionary = column.dictionary
    order = pc.sort_indices(dictionary).to_numpy()
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    indices = column.indices.fill_null(-1).to_numpy()
    return np.asarray(np.where(indices < 0, -1, rank[indices] if rank.size else -1), dtype=np.int64)


def check_keys(table: pa.Table, groups: Groups, records: NDArray[np.int64]) -> None:
    """Refuse a record that a model scored twice for a label, and scores of two kinds.

    Parameters
    ----------
    table : pyarrow.Table
    groups : mapping of (model, seed, split, label) to int64 (row,)
    records : int64 (row,)
        Code of each row's record and outcome.
    """
    kinds, tasks = codes(table, "score_kind"), codes(table, "task")
    for rows in groups.values():
        where = " ".join(f"{name} {table[name][int(rows[0])].as_py()!r}" for name in ("model", "seed", "label"))
        if np.ptp(kinds[rows]) or np.ptp(tasks[rows]):
            raise CohortError(f"{where} has scores of two kinds or tasks; it needs one score_kind and one task")
        ordered = np.sort(records[rows])
        if (np.diff(ordered) == 0).any():
            code = ordered[:-1][np.diff(ordered) == 0][0]
            record = table["record_id"][int(rows[records[rows] == code][0])].as_py()
            raise CohortError(f"{where} has two rows for record {record!r}; keep one row per record and outcome")


def check_patients(table: pa.Table, patients: NDArray[np.int64]) -> None:
    """Refuse a patient in two splits; ``patients`` are codes, int64 (row,)."""
    if len(patients) == 0:
        raise CohortError("the table of predictions has no rows")
    split = codes(table, "split")
    one_of = np.empty(int(patients.max()) + 1, dtype=np.int64)
    one_of[patients] = split
    twice = np.unique(patients[one_of[patients] != split])
    if twice.size:
        rows = np.flatnonzero(patients == twice[0])
        record = table["record_id"][int(rows[0])].as_py()
        places = sorted({table["split"][int(row)].as_py() for row in rows})
        raise LeakageError(
            f"{twice.size} {'patient is' if twice.size == 1 else 'patients are'} in more than one split, first the "
            f"patient of record {record!r} ({' and '.join(places)}); split by patient, not by record"
        )


def check_truth(table: pa.Table, groups: Groups, records: NDArray[np.int64]) -> None:
    """Refuse two models or seeds that come with different truth for one record; unknown truth contradicts nothing."""
    by_label: dict[tuple[str, str], list[NDArray[np.int64]]] = {}
    for (_, _, split, label), rows in groups.items():
        by_label.setdefault((split, label), []).append(rows)
    names = [name for name in ("truth", "event", "time_to_event_days") if name in table.column_names]
    for name in names:
        column = table[name].cast(pa.int8()) if pa.types.is_boolean(table[name].type) else table[name]
        values = np.asarray(column.cast(pa.float64()).to_numpy(), dtype=np.float64)
        for parts in by_label.values():
            if len(parts) > 1:
                _refuse_two_truths(table, np.concatenate(parts), records, values, name=name)


def _refuse_two_truths(
    table: pa.Table, rows: NDArray[np.int64], records: NDArray[np.int64], values: NDArray[np.float64], *, name: str
) -> None:
    known = rows[~np.isnan(values[rows])]
    known = known[np.argsort(records[known], kind="stable")]
    differ = (np.diff(records[known]) == 0) & (np.diff(values[known]) != 0)
    if not differ.any():
        return
    first = int(np.flatnonzero(differ)[0])
    one, other = int(known[first]), int(known[first + 1])
    label, record = table["label"][one].as_py(), table["record_id"][one].as_py()
    held = " and ".join(
        f"{values[row]:g} beside model {table['model'][row].as_py()!r} (seed {table['seed'][row].as_py()})"
        for row in (one, other)
    )
    raise CohortError(
        f"{name} of label {label!r} of record {record!r} is {held}; models are compared on one truth: correct it, or "
        "give records of different outcomes an outcome_id"
    )
