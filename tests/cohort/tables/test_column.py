"""Cells are bared of blanks, and every spelling of nothing is nothing."""

from __future__ import annotations

import polars as pl

from einthoven.cohort.tables.column import cleaned, read_all
from einthoven.cohort.tables.settings import MISSING


def test_blanks_and_spellings_of_nothing_go():
    """Blanks of Korean and typeset text too; capitals don't matter."""
    cells = pl.Series([" 7 ", "\u00a07\u3000", "na", "NULL", " - ", "nan", "", "none given", None])
    assert cleaned(cells, MISSING).to_list() == ["7", "7", None, None, None, None, None, "none given", None]
    assert cleaned(pl.Series(["999", "NA"]), ("999",)).to_list() == [None, "NA"]


def test_numbers_stay_numbers():
    """NaN is how data frames write nothing."""
    assert cleaned(pl.Series([1.0, float("nan")]), MISSING).to_list() == [1.0, None]
    assert cleaned(pl.Series([1, None]), MISSING).to_list() == [1, None]


def test_a_column_that_was_read_has_no_reasons():
    """One entry per cell."""
    column = read_all(pl.Series([1, 2]), "a note")
    assert column.unreadable.to_list() == [None, None]
    assert column.implausible.to_list() == [None, None]
    assert column.notes == ("a note",)
