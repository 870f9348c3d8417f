"""Ranges and bounds among numbers keep both limits."""

from __future__ import annotations

import polars as pl
import pytest

from einthoven.cohort.tables.intervals import read_intervals


def read(*cells, **settings):
    """Return (value, low, high) of each cell of a column of LVEF."""
    found = read_intervals(pl.Series(cells), column="lvef", **settings)
    columns = (found.column.values, found.low, found.high)
    return [tuple(value if value is None else round(value, 6) for value in row) for row in zip(*columns, strict=True)]


def test_numbers_ranges_and_bounds():
    """A range has a middle, a bound has none."""
    assert read("55", "50-55 %", "50% - 55%", "50 to 55", "50–55", ">60", "≥ 60 %", "<= 35", None) == [
        (55, 55, 55),
        (52.5, 50, 55),
        (52.5, 50, 55),
        (52.5, 50, 55),
        (52.5, 50, 55),
        (None, 60, None),
        (None, 60, None),
        (None, None, 35),
        (None, None, None),
    ]


def test_units_and_spelling_count_for_limits_too():
    """0.5-0.55 is a fraction, 50,5 a decimal comma."""
    assert read("0.50-0.55", unit="fraction") == [(52.5, 50, 55)]
    assert read("50,5-51,5", spelling="decimal comma") == [(51, 50.5, 51.5)]


@pytest.mark.parametrize(
    ("cell", "unreadable", "implausible"),
    [
        ("55-50", "begins above its end", None),
        ("50-55 mm", "no number", None),
        ("50-555", None, "outside"),
        ("> 200", None, "outside"),
    ],
)
def test_what_is_no_interval_says_why(cell, unreadable, implausible):
    """Nothing of it is kept."""
    found = read_intervals(pl.Series(["50-55", cell]), column="lvef")
    assert [found.column.values[1], found.low[1], found.high[1]] == [None, None, None]
    for reasons, expected in ((found.column.unreadable, unreadable), (found.column.implausible, implausible)):
        assert reasons[0] is None
        assert (reasons[1] is None) if expected is None else (expected in reasons[1])


def test_numbers_alone_have_no_limits():
    """A column of numbers stays one column."""
    assert read_intervals(pl.Series(["55"]), column="lvef").low is None
    assert read_intervals(pl.Series([55.0]), column="lvef").low is None
