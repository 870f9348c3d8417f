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
    assert "0 of its 0" in check_linked(pl.Series(["1"]), pl.Series([], dtype=pl.String), name="t")
