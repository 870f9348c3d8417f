"""A patient's earlier pairs as a fixed number of slots, the shape that a network takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

__all__ = ["HistorySlots", "history_slots"]


@dataclass(frozen=True, slots=True, eq=False)
class HistorySlots:
    """Slot 0 is the most recent one.

    Attributes
    ----------
    record_id : object (row, slot), str
        The earlier ECG; empty where the patient has none at all.
    outcome : float32 (row, slot)
        What was measured then; NaN where there is none, and in a history of ECGs alone.
    gap_days : float32 (row, slot), days
        From the earlier ECG to the present one; NaN where there is none.
    imputed : bool (row, slot)
        True for a slot that repeats the oldest known pair, or is empty.
    known : int32 (row,)
        How many of the slots are observed.
    """

    record_id: NDArray[np.object_]
    outcome: NDArray[np.float32]
    gap_days: NDArray[np.float32]
    imputed: NDArray[np.bool_]
    known: NDArray[np.int32]


def history_slots(history: pa.ChunkedArray | pa.Array, slots: int) -> HistorySlots:
    """Return the ``slots`` latest entries of each row; empty slots copy the oldest pair that is known.

    Parameters
    ----------
    history : list of struct (row,)
        The cohort's column ``history`` or ``earlier_ecgs``, latest first; null or empty for a row without.
    slots : int
        At least 1.

    Examples
    --------
    >>> column = pa.array([[{"record_id": "a", "outcome": 55.0, "gap_days": 30.0}], None])
    >>> filled = history_slots(column, 3)
    >>> filled.outcome[0], filled.imputed[0], filled.known
    (array([55., 55., 55.], dtype=float32), array([False,  True,  True]), array([1, 0], dtype=int32))
    """
    column = history.combine_chunks() if isinstance(history, pa.ChunkedArray) else history
    lengths = pc.fill_null(pc.list_value_length(column), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    # a null row may still span values of the child array, so the rows are laid out anew
    items = column.flatten()
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int64) if lengths.size else lengths
    slot = np.arange(slots)
    position = starts[:, None] + np.minimum(slot, np.maximum(lengths - 1, 0)[:, None])
    is_empty = lengths == 0
    return HistorySlots(
        record_id=_taken(items, "record_id", position, is_empty, empty=""),
        outcome=_taken(items, "outcome", position, is_empty, empty=np.nan).astype(np.float32),
        gap_days=_taken(items, "gap_days", position, is_empty, empty=np.nan).astype(np.float32),
        imputed=slot[None, :] >= lengths[:, None],
        known=np.minimum(lengths, slots).astype(np.int32),
    )


def _taken(
    items: pa.StructArray, name: str, position: NDArray[np.int64], is_empty: NDArray[np.bool_], *, empty: object
) -> NDArray[np.object_]:
    taken = np.full(position.shape, empty, dtype=object)
    if len(items) and items.type.get_field_index(name) >= 0:
        values = np.array(items.field(name).to_pylist(), dtype=object)
        taken[~is_empty] = values[position[~is_empty]]
    return taken
