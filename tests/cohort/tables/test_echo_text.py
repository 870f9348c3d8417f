"""What a report's text says fills what its columns leave open."""

from __future__ import annotations

import sys
import types
from datetime import datetime
from typing import NamedTuple

import polars as pl
import pytest

from einthoven.cohort.tables.echo_text import with_read_quantities


class StandIn(NamedTuple):
    """What the reader of reports returns."""

    chosen: pl.DataFrame
    findings: pl.DataFrame


def report_columns(texts, quantities, *, workers):
    """Read a text that is nothing but a number."""
    values = [float(text) if text else None for text in texts]
    chosen = {}
    for quantity in quantities:
        chosen |= {
            quantity: pl.Series(values, dtype=pl.Float64),
            f"{quantity}.low": pl.Series([None if value is None else value - 5 for value in values], dtype=pl.Float64),
            f"{quantity}.high": pl.Series(values, dtype=pl.Float64),
            f"{quantity}.method": pl.Series([None if value is None else "visual" for value in values], dtype=pl.String),
            f"{quantity}.flags": pl.Series([None if value is None else "" for value in values], dtype=pl.String),
        }
    found = [row for row, value in enumerate(values) if value is not None]
    findings = pl.DataFrame({"row": found, "quantity": ["lvef"] * len(found), "value": [values[row] for row in found]})
    return StandIn(pl.DataFrame(chosen), findings)


@pytest.fixture
def reader(monkeypatch):
    """Stand in for the reader of reports."""
    stand_in = types.ModuleType("einthoven.cohort.reports.columns")
    stand_in.report_columns = report_columns
    monkeypatch.setitem(sys.modules, stand_in.__name__, stand_in)


REPORTS = pl.DataFrame(
    {
        "outcome_id": ["r1", "r2", "r3"],
        "patient_id": ["a", "b", "b"],
        "outcome_time": [datetime.fromisoformat("2020-01-01")] * 3,
        "report": ["50", None, "40"],
        "lvef": [35.0, None, None],
    }
)


@pytest.mark.usefixtures("reader")
def test_column_goes_before_text_and_text_before_nothing():
    """The method says which it was."""
    table = with_read_quantities(REPORTS, ("lvef",)).table
    assert table.select("lvef", "lvef.low", "lvef.high", "lvef.method").rows() == [
        (35, 35, 35, "table"),
        (None, None, None, None),
        (40, 35, 40, "visual"),
    ]


@pytest.mark.usefixtures("reader")
def test_quantities_that_no_column_has_come_from_the_text_alone():
    """All reports stay, and in their order."""
    table = with_read_quantities(REPORTS.drop("lvef"), ("lvef", "rvsp")).table
    assert table["rvsp"].to_list() == [50, None, 40]
    assert table["outcome_id"].to_list() == ["r1", "r2", "r3"]


@pytest.mark.usefixtures("reader")
def test_findings_name_their_report():
    """A person can look each of them up."""
    findings = with_read_quantities(REPORTS, ("lvef",)).findings
    assert findings.select("outcome_id", "patient_id", "value").rows() == [("r1", "a", 50), ("r3", "b", 40)]


def test_without_text_or_wish_nothing_is_read():
    """The table stays as it is."""
    assert with_read_quantities(REPORTS.drop("report"), ("lvef",)).findings is None
    assert with_read_quantities(REPORTS, ()).table is REPORTS


@pytest.mark.usefixtures("reader")
def test_a_bound_of_the_table_is_a_value_too():
    """A cell such as "> 60" has no middle, and still goes before the text."""
    bounded = REPORTS.with_columns(
        **{"lvef.low": pl.Series([35.0, 60.0, None]), "lvef.high": pl.Series([35.0, None, None])}
    )
    table = with_read_quantities(bounded, ("lvef",)).table
    assert table.select("lvef", "lvef.low", "lvef.high", "lvef.method").rows() == [
        (35, 35, 35, "table"),
        (None, 60, None, "table"),
        (40, 35, 40, "visual"),
    ]


@pytest.mark.usefixtures("reader")
def test_a_column_that_contradicts_its_text_is_told():
    """The column counts; a person should know."""
    table = REPORTS.with_columns(lvef=pl.Series([35.0, 20.0, 41.0]))
    (note,) = with_read_quantities(table, ("lvef",)).notes
    assert note == "lvef: column and text differ by more than a tenth in 1 of 2 reports; the column counts"
