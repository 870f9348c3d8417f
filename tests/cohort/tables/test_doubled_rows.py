"""Rows that repeat each other are one; rows that share a key and differ are refused or left out."""

from __future__ import annotations

import polars as pl
import pytest

from einthoven.cohort.tables.doubled_rows import no_rows, shown, without_doubled_rows
from einthoven.errors import CohortError


def rows(*, value):
    """Return four rows of patients a and b that begin on line 2."""
    table = pl.DataFrame({"key": ["1", "2", "1", "1"], "patient_id": ["a", "b", "a", "a"], "value": value})
    return no_rows(table, pl.Series([2, 3, 4, 5]))


def test_repeated_rows_are_left_out():
    """Empty cells are alike, too."""
    found = without_doubled_rows("ecgs", rows(value=[None, 1, None, None]), key="key", name="t")
    assert found.table.rows() == [("1", "a", None), ("2", "b", 1)]
    assert found.dropped.rows() == [("ecgs", line, "key", "1", "the row repeats an earlier one") for line in (4, 5)]


def test_an_empty_cell_differs_from_a_value():
    """Nobody knows which row is the newer one."""
    with pytest.raises(CohortError, match=r"1 values of key .* '1': value is empty \(line 2\) and 3 \(line 4\)"):
        without_doubled_rows("ecgs", rows(value=[None, 1, 3, None]), key="key", name="t")


def test_all_rows_of_a_doubtful_key_can_be_left_out():
    """Keeping the first would be a guess."""
    found = without_doubled_rows("ecgs", rows(value=[2, 1, 3, 4]), key="key", name="t", on_error="drop")
    assert found.table["key"].to_list() == ["2"]
    assert found.lines.to_list() == [3]


def test_without_a_key_only_whole_rows_are_compared():
    """A patient may have many diagnoses."""
    assert without_doubled_rows("diagnoses", rows(value=[2, 1, 3, 4]), key=None, name="t").table.height == 4


def test_long_values_are_shortened():
    """A message stays one line."""
    assert len(shown("x" * 100)) == 42
    assert shown(None) == "empty"
