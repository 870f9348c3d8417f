"""Intervals and corrected QT against values worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from einthoven.ecg.delineation import Mark
from einthoven.ecg.intervals import corrected_qt, intervals

MARKS = np.array([-180.0, -140.0, -100.0, -40.0, 0.0, 50.0, 180.0, 260.0, 340.0])


def test_intervals_lie_between_their_borders():
    assert intervals(MARKS) == {"p_ms": 80, "pr_ms": 140, "qrs_ms": 90, "qt_ms": 380, "jt_ms": 290}


def test_without_p_there_is_neither_p_nor_pr():
    marks = MARKS.copy()
    marks[[Mark.P_ON, Mark.P_PEAK, Mark.P_OFF]] = np.nan
    found = intervals(marks)
    assert math.isnan(found["p_ms"])
    assert math.isnan(found["pr_ms"])
    assert found["qt_ms"] == 380


@pytest.mark.parametrize(
    ("qt", "bpm", "expected"),
    [
        # bazett 400 / 0.8660, fridericia 400 / 0.9086, framingham 400 + 154 x 0.25, hodges 400 + 1.75 x 20
        (400, 80, (461.88, 440.26, 438.5, 435.0)),
        (440, 50, (401.66, 414.05, 409.2, 422.5)),
        (300, 120, (424.26, 377.98, 377.0, 405.0)),
    ],
)
def test_corrected_qt_as_worked_out_by_hand(qt, bpm, expected):
    assert tuple(corrected_qt(qt, 60_000 / bpm).values()) == pytest.approx(expected, abs=0.01)


def test_all_formulas_leave_qt_alone_at_60_bpm():
    assert set(corrected_qt(412.0, 1000.0).values()) == {412.0}


@pytest.mark.parametrize("rr", [math.nan, 0.0, -5.0])
def test_without_rr_there_is_no_corrected_qt(rr):
    assert all(math.isnan(value) for value in corrected_qt(400.0, rr).values())
