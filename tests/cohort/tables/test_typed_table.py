"""What was left out can be counted by its reason."""

from __future__ import annotations

import polars as pl

from einthoven.cohort.tables.typed_table import DROPPED, dropped_cells, no_rows_dropped, summary_of_dropped


def test_reasons_are_counted_with_an_example():
    """The commonest of a table first, notes at the end."""
    dropped = pl.concat(
        [
            dropped_cells("ecgs", [None], column="", values=None, reasons="note: read as cp949"),
            dropped_cells("ecgs", [9], column="sex", values=pl.Series(["?"]), reasons="no sex"),
            dropped_cells("ecgs", [4, 5], column="age_years", values=pl.Series(["x", "y"]), reasons="no number"),
            dropped_cells("events", [2, 3], column="", values=None, reasons=pl.Series(["torn", "torn"])),
        ]
    )
    assert dict(dropped.schema) == DROPPED
    assert summary_of_dropped(dropped).rows() == [
        ("ecgs", "age_years", "no number", 2, 4, "x"),
        ("ecgs", "sex", "no sex", 1, 9, "?"),
        ("events", "", "torn", 2, 2, None),
        ("ecgs", "", "note: read as cp949", 1, None, None),
    ]


def test_nothing_left_out_is_an_empty_table():
    """With the same columns."""
    assert dict(no_rows_dropped().schema) == DROPPED
    assert summary_of_dropped(no_rows_dropped()).is_empty()
