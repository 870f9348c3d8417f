"""The order of a beat's marks."""

from __future__ import annotations

import numpy as np

from einthoven.ecg.marks import Mark, put_in_order


def ordered(**changed):
    marks = np.arange(9.0)
    for name, value in changed.items():
        marks[Mark[name]] = value
    put_in_order(marks[None])
    return marks


def test_marks_in_order_stay():
    assert ordered().tolist() == list(range(9))


def test_p_ends_where_qrs_begins_and_t_begins_where_it_ends():
    assert ordered(P_OFF=4.5)[Mark.P_OFF] == 3
    assert ordered(P_PEAK=3.5, P_OFF=4.5)[Mark.P_PEAK] == 3
    assert ordered(T_ON=4.2)[Mark.T_ON] == 5
    assert ordered(T_ON=7.5)[[Mark.T_PEAK, Mark.T_OFF]].tolist() == [7.5, 8]


def test_a_p_wave_within_qrs_is_none():
    marks = ordered(P_ON=3.5, P_PEAK=3.8, P_OFF=4.2)
    assert np.isnan(marks[:3]).all()
    assert np.isfinite(marks[3:]).all()


def test_a_wave_of_which_a_mark_is_missing_is_absent_and_the_others_stay():
    marks = ordered(T_OFF=np.nan)
    assert np.isnan(marks[6:]).all()
    assert np.isfinite(marks[:6]).all()
    marks = ordered(P_ON=np.nan, P_PEAK=np.nan, P_OFF=np.nan)
    assert np.isnan(marks[:3]).all()
    assert np.isfinite(marks[3:]).all()
