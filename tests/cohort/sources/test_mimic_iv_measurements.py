"""Intervals are differences of the machine's marks, and stand-ins for missing marks are nothing."""

from __future__ import annotations

import polars as pl
import pytest

from einthoven.cohort.sources.mimic_iv_measurements import MACHINE_COLUMNS, MEASURED, machine_measurements
from einthoven.errors import CohortError


def measured(*rows):
    table = pl.DataFrame([row.split(",") for row in rows], schema=list(MACHINE_COLUMNS), orient="row")
    found = machine_measurements(table, file="machine_measurements.csv")
    return {name: values.to_list() for name, values in found.items()}


def test_intervals_are_differences_of_marks():
    """In milliseconds; the rate follows from RR."""
    assert tuple(measured("800,40,148,240,400,640,49,-50,82")) == MEASURED
    assert measured("800,40,148,240,400,640,49,-50,82") == {
        "heart_rate_bpm": [75.0],
        "rr_ms": [800.0],
        "p_ms": [108.0],
        "pr_ms": [200.0],
        "qrs_ms": [160.0],
        "qt_ms": [400.0],
        "p_axis_deg": [49.0],
        "qrs_axis_deg": [-50.0],
        "t_axis_deg": [82.0],
    }


@pytest.mark.parametrize("stand_in", ["29999", "32767", "-32768", "43008"])
def test_stand_ins_are_nothing(stand_in):
    """The owners tell of 29999; the others occur in a few rows."""
    assert {value for (value,) in measured(",".join([stand_in] * 9)).values()} == {None}


def test_an_end_that_is_not_behind_its_begin_is_no_interval():
    """A few rows of the published table have such marks; what is left of the beat stays."""
    found = measured("800,240,148,240,400,640,0,0,0")
    assert (found["p_ms"], found["pr_ms"]) == ([None], [None])
    assert found["qrs_ms"] == [160.0]


def test_a_cell_that_is_no_number_is_named():
    """File, line and column."""
    with pytest.raises(CohortError, match=r"machine_measurements\.csv, line 2: column 't_axis' holds 'left'"):
        measured("800,40,148,240,400,640,49,-50,left")
