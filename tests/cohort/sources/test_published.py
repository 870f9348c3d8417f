"""Columns of published tables are converted whole, and a cell that can't be read is named."""

from __future__ import annotations

import gzip

import polars as pl
import pytest

from einthoven.cohort.sources.published import (
    first_there,
    flow_step,
    identifiers,
    numbers,
    read_published,
    recoded,
    times,
    yes_no,
)
from einthoven.errors import CohortError


@pytest.fixture
def table():
    """Return three rows of text."""
    return pl.DataFrame(
        {
            "id": ["7.0", "x7", "007"],
            "value": ["1.5", None, "-3e2"],
            "time": ["2180-07-23 08:44:00", "2180-07-23", None],
            "flag": ["True", "0", None],
            "sex": ["Male", "f", None],
        }
    )


def test_cells_become_what_they_stand_for(table):
    """Whole numbers lose a decimal nought, dates are midnight, flags of any spelling are 0 and 1."""
    assert identifiers(table, "id", file="t").to_list() == ["7", "x7", "007"]
    assert numbers(table, "value", file="t").to_list() == [1.5, None, -300.0]
    assert times(table, "time", file="t").cast(pl.String).to_list() == [
        "2180-07-23 08:44:00.000000",
        "2180-07-23 00:00:00.000000",
        None,
    ]
    assert yes_no(table, "flag", file="t").to_list() == [1.0, 0.0, None]
    assert recoded(table, "sex", {"male": "M", "f": "F"}, unknown="U").to_list() == ["M", "F", "U"]


@pytest.mark.parametrize(
    ("convert", "cell", "reason"),
    [
        (identifiers, None, "holds an empty cell: it must be filled in"),
        (numbers, "old", "holds 'old': it must be a number"),
        (numbers, "inf", "holds 'inf': it must be a number"),
        (times, "yesterday", "holds 'yesterday': it must be a date"),
        (times, "2180-13-01", "holds '2180-13-01': it must be a date"),
        (yes_no, "2", "holds '2': it must be 0 or 1"),
    ],
)
def test_a_cell_that_is_none_is_named_with_file_and_line(convert, cell, reason):
    """A person can go there and mend it."""
    column = pl.DataFrame({"c": ["1", cell] if convert is not times else ["2180-01-01", cell]})
    with pytest.raises(CohortError, match=rf"t\.csv, line 3: column 'c' {reason}"):
        convert(column, "c", file="t.csv")


def test_packed_tables_are_read_and_blanks_are_nothing(tmp_path):
    """Hospitals' tables come as .csv.gz; a cell of blanks is empty."""
    with gzip.open(tmp_path / "t.csv.gz", "wt") as file:
        file.write("a,b,c\n 1 ,  ,3\n")
    table = read_published(tmp_path, "t.csv", origin="ask them", columns=("b", "a"), optional=("z", "c"))
    assert table.to_dict(as_series=False) == {"b": [None], "a": ["1"], "c": ["3"]}


def test_a_missing_file_says_what_is_there_and_where_to_get_it(tmp_path):
    """Both names are given where either would do."""
    (tmp_path / "zip").touch()
    with pytest.raises(CohortError, match=r"has no a\.csv or b\.csv; it holds zip; get it there"):
        first_there(tmp_path, ("a.csv", "b.csv"), origin="get it there")
    with pytest.raises(CohortError, match=r"there is no folder .*nowhere; .*; get it there"):
        first_there(tmp_path / "nowhere", ("a.csv",), origin="get it there")


def test_a_missing_column_names_the_nearest(tmp_path):
    """As everywhere."""
    (tmp_path / "t.csv").write_text("patientid\n1\n")
    with pytest.raises(CohortError, match="no column 'patient_id'; did you mean 'patientid'"):
        read_published(tmp_path, "t.csv", origin="", columns=("patient_id",))


def test_a_file_of_no_bytes_is_no_table(tmp_path):
    """It is named."""
    (tmp_path / "t.csv").write_text("")
    with pytest.raises(CohortError, match=r"t\.csv can't be read as a CSV"):
        read_published(tmp_path, "t.csv", origin="", columns=("a",))


def test_a_box_of_the_flow_counts_ecgs_and_patients():
    """Two ECGs of one person are two and one."""
    step = flow_step("here", pl.Series(["a", "a", "b"]))
    assert (step.records, step.patients, step.excluded) == (3, 2, False)
