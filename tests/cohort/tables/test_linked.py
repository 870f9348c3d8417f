"""Tables that speak of the same patients share ids; those that don't are refused with an example of each."""

from __future__ import annotations

import polars as pl
import pytest

from einthoven.cohort.tables.linked import check_linked
from einthoven.errors import CohortError


def test_ids_of_another_kind_are_shown():
    """Hospitals number patients and stays."""
    with pytest.raises(
        CohortError, match=r"t: none of its 2 patients has an ECG: .* such as '10', the table such as 'X1'"
    ):
        check_linked(pl.Series(["10", "11"]), pl.Series(["X2", "X1"]), name="t")


def test_lost_zeros_are_recognised():
    """A spreadsheet takes them off."""
    with pytest.raises(CohortError, match=r"'10' is '0010' there: export the ids of both as text"):
        check_linked(pl.Series(["0010", "0011"]), pl.Series(["11", "10"]), name="t")


def test_tables_without_rows_refuse_nothing():
    """There is nothing to link."""
    assert not check_linked(pl.Series(["1"]), pl.Series([], dtype=pl.String), name="t")


def test_nothing_is_said_when_all_have_an_ecg():
    """Only what is wrong is worth a line."""
    assert not check_linked(pl.Series(["1", "2"]), pl.Series(["2", "1", "1"]), name="t")


def test_ids_that_nearly_meet_are_told():
    """Half of a table may be lost to capitals and zeros while the other half meets."""
    note = check_linked(pl.Series(["1", "a7", "12"]), pl.Series(["1", "A7", "0012.0", "x"]), name="t")
    assert (
        note == "t: 1 of its 4 patients have an ECG; 2 more differ only as '0012.0' does from '12': are they the same?"
    )
