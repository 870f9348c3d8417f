"""Times that can be read in one way only are read; all others are refused or need a format."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl
import pytest

from einthoven.cohort.tables.times import check_one_zone, check_order_of_dates, chrono_format, is_date_only, read_times
from einthoven.errors import CohortError, SpecificationError

at = datetime.fromisoformat


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2021-03-04", "2021-03-04"),
        ("2021-03-04 10:11", "2021-03-04 10:11"),
        ("2021-03-04T10:11:12", "2021-03-04 10:11:12"),
        ("2021-03-04 10:11:12.5", "2021-03-04 10:11:12.500000"),
        ("2021-03-04T10:11:12.123456789", "2021-03-04 10:11:12.123456"),
        ("2021/3/4 9:05", "2021-03-04 09:05"),
        ("2021.03.04", "2021-03-04"),
        ("2021. 3. 4.", "2021-03-04"),
        ("2021년 3월 4일", "2021-03-04"),
        ("2021년 3월 4일 10:11", "2021-03-04 10:11"),
        ("20210304", "2021-03-04"),
        ("20210304.0", "2021-03-04"),
        ("202103041011", "2021-03-04 10:11"),
        ("20210304101112", "2021-03-04 10:11:12"),
        ("20210304101112.25", "2021-03-04 10:11:12.250000"),
        ("20210304 101112", "2021-03-04 10:11:12"),
        ("04-MAR-2021", "2021-03-04"),
        ("4 March 2021 10:11", "2021-03-04 10:11"),
        ("2021-03-04T10:11:12Z", "2021-03-04 10:11:12"),
        ("2021-03-04T10:11:12+09:00", "2021-03-04 10:11:12"),
    ],
)
def test_unambiguous_times_are_read(cell, moment):
    """Year first, or the month by name; the clock stays as it was."""
    read = read_times(pl.Series([cell, None]))
    assert read.unreadable.to_list() == [None, None]
    assert read.values.to_list() == [at(moment), None]
    assert read.values.dtype == pl.Datetime("us")


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("2021-02-30", "it is no time"),
        ("2021-13-01", "it is no time"),
        ("2021-03-04 25:00", "it is no time"),
        ("soon", "it is no time"),
        ("2021", "it is no time"),
        ("2021-03", "it is no time"),
        ("03/04/21", "two digits"),
        ("04-MAR-21", "two digits"),
        ("44259", "count of days"),
        ("0001-01-01", "the year 1 is outside 1800 to 2299"),
        ("9999-12-31", "the year 9999 is outside"),
    ],
)
def test_what_is_no_time_says_why(cell, reason):
    """A spreadsheet's day number and a placeholder are called by their names."""
    read = read_times(pl.Series(["2020-01-01", cell]))
    assert reason in read.unreadable[1]
    assert read.values.to_list() == [at("2020-01-01"), None]


@pytest.mark.parametrize(
    ("spelling", "cell", "moment"),
    [
        ("DD/MM/YYYY", "03/04/2021", "2021-04-03"),
        ("DD/MM/YYYY", "3/4/2021 10:11", "2021-04-03 10:11"),
        ("DD/MM/YYYY", "03/04/2021 10:11:12", "2021-04-03 10:11:12"),
        ("MM/DD/YYYY", "03/04/2021", "2021-03-04"),
        ("DD.MM.YYYY HH:MM", "03.04.2021 10:11", "2021-04-03 10:11"),
        ("DD/MM/YYYY HH:MM:SS", "03/04/2021 10:11:12", "2021-04-03 10:11:12"),
        ("%m/%d/%Y %I:%M %p", "03/04/2021 02:11 PM", "2021-03-04 14:11"),
        ("iso", "2021-03-04", "2021-03-04"),
    ],
)
def test_stated_format_is_what_is_read(spelling, cell, moment):
    """A clock time behind a date is welcome."""
    read = read_times(pl.Series([cell]), spelling=spelling)
    assert read.unreadable.to_list() == [None]
    assert read.values.to_list() == [at(moment)]


@pytest.mark.parametrize("cell", ["2021-03-04", "13/13/2021", "3/4/21", "x"])
def test_stated_format_is_all_that_is_read(cell):
    """A year of two digits is no year 21."""
    read = read_times(pl.Series([cell]), spelling="DD/MM/YYYY")
    assert read.values.to_list() == [None]
    assert read.unreadable[0]


@pytest.mark.parametrize("spelling", ["DD/MM/YY", "%d/%m/%y", "DD/MM", "day/month/year", "YYYY"])
def test_format_without_a_full_date_is_refused(spelling):
    """The century can't be guessed, and a word is no format."""
    with pytest.raises(SpecificationError, match="format"):
        chrono_format(spelling)


def check(*cells):
    """Check the order of dates of a column that begins on line 2."""
    lines = pl.int_range(2, 2 + len(cells), eager=True)
    check_order_of_dates(pl.Series(cells), lines, column="echo_date", name="t.csv")


def test_ambiguous_order_is_refused_with_both_readings():
    """3 April or 4 March is for the hospital to say."""
    message = r"t\.csv, line 3: column 'echo_date' holds '03/04/2021', which is 3 April 2021 or 4 March 2021: state"
    with pytest.raises(CohortError, match=message):
        check("2020-01-01", "03/04/2021")


def test_a_cell_that_settles_the_order_is_shown():
    """It helps to state the format, but states it not."""
    with pytest.raises(CohortError, match=r"\('25/12/2021' in line 3 fits only DD/MM/YYYY\): state time_format"):
        check("03/04/2021", "25/12/2021")
    with pytest.raises(CohortError, match=r"'12-25-2021' in line 2 fits only MM/DD/YYYY"):
        check("12-25-2021")


def test_unambiguous_times_pass():
    """Only day, month, year in numbers can be swapped."""
    check("2021-03-04", "20210304", None, "4 March 2021")


def test_clocks_of_several_zones_are_refused():
    """Nine hours apart, and nobody would see it; dates have no clock."""
    same = pl.Series(["2021-03-04T10:00:00+09:00", "2021-03-05T10:00:00+09:00", "2021-03-06", None])
    check_one_zone(same, column="t", name="a.csv")
    for other in ("2021-03-05T10:00:00Z", "2021-03-05T10:00:00"):
        with pytest.raises(CohortError, match=r"a\.csv: times in column 't' are of several zones .*\+09:00 in 2"):
            check_one_zone(pl.concat([same, pl.Series([other])]), column="t", name="a.csv")


def test_times_of_parquet_are_kept():
    """A zone shows a moment: its clock is kept, and a note says so."""
    moment = pl.Series([at("2021-03-04 10:00")])
    assert read_times(moment.dt.cast_time_unit("ms")).values.to_list() == [at("2021-03-04 10:00")]
    assert read_times(pl.Series([date(2021, 3, 4)])).values.to_list() == [at("2021-03-04")]
    read = read_times(moment.dt.replace_time_zone("Asia/Seoul"))
    assert read.values.to_list() == [at("2021-03-04 10:00")]
    assert read.values.dtype == pl.Datetime("us")
    assert "Asia/Seoul" in read.notes[0]
    assert read_times(pl.Series([20210304])).values.to_list() == [at("2021-03-04")]


def test_date_only_is_all_midnight():
    """One hour tells that hours are known; no time at all tells nothing."""
    days = pl.Series([at("2021-03-04"), None])
    assert is_date_only([days])
    assert not is_date_only([days, pl.Series([at("2021-03-04 10:00")])])
    assert not is_date_only([pl.Series([None], dtype=pl.Datetime("us"))])
