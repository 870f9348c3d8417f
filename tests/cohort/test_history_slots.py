"""A history in slots."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from einthoven.cohort.history_slots import history_slots


def entry(record_id, outcome, gap_days):
    return {"record_id": record_id, "outcome": outcome, "gap_days": gap_days}


def test_the_latest_pairs_come_first_and_more_than_the_slots_are_left_out():
    """Four known pairs, three slots."""
    column = pa.array([[entry("d", 40, 10), entry("c", 45, 20), entry("b", 50, 30), entry("a", 55, 40)]])
    slots = history_slots(column, 3)
    assert slots.record_id.tolist() == [["d", "c", "b"]]
    assert slots.gap_days.tolist() == [[10, 20, 30]]
    assert not slots.imputed.any()
    assert slots.known.tolist() == [3]


def test_empty_slots_copy_the_oldest_known_pair_and_say_so():
    """Two known pairs fill three slots."""
    slots = history_slots(pa.array([[entry("b", 40, 10), entry("a", 50, 90)]]), 3)
    assert slots.outcome.tolist() == [[40, 50, 50]]
    assert slots.gap_days.tolist() == [[10, 90, 90]]
    assert slots.imputed.tolist() == [[False, False, True]]


def test_a_row_without_history_is_empty_and_shifts_nobody_else():
    """Null and empty lists between others."""
    column = pa.chunked_array([[None, [entry("a", 40, 10)]], [[], [entry("b", 50, 20)]]])
    slots = history_slots(column, 2)
    assert slots.record_id[:, 0].tolist() == ["", "a", "", "b"]
    assert np.isnan(slots.outcome[[0, 2]]).all()
    assert slots.imputed.tolist() == [[True, True], [False, True], [True, True], [False, True]]


def test_a_history_of_ecgs_alone_has_no_measured_value():
    """The variant that sees past ECGs only."""
    slots = history_slots(pa.array([[{"record_id": "a", "gap_days": 3.0}]]), 1)
    assert np.isnan(slots.outcome).all()
    assert slots.gap_days.tolist() == [[3]]


def test_no_history_at_all_gives_empty_slots():
    """A column of nulls has no entries to take from."""
    slots = history_slots(pa.array([None, None], pa.list_(pa.struct([("record_id", pa.string())]))), 2)
    assert slots.imputed.all()
    assert slots.known.tolist() == [0, 0]
