from __future__ import annotations

import pytest

from einthoven.ecg.formats.scp.measurements import lead_measurements, measurements
from einthoven.ecg.formats.scp.sections import Section
from einthoven.ecg.formats.scp.write_measurements import lead_measurement_section, measurement_section


def _again(values, *, with_onsets=False):
    return measurements(Section(7, 900, measurement_section(values), "x"), with_onsets=with_onsets).values


@pytest.mark.parametrize(
    "values",
    [
        {"pr_ms": 160, "qrs_ms": 92, "qt_ms": 400},
        {"p_ms": 100, "pr_ms": 160, "qrs_ms": 92, "qt_ms": 400, "qtc_bazett_ms": 430, "rr_ms": 857, "pp_ms": 850},
        {"qrs_ms": 92},
        {"qt_ms": 400, "qtc_ms": 410},
        {"p_ms": 100},
        {"pr_ms": 160},
        {"heart_rate_bpm": 70, "atrial_rate_bpm": 300, "qtc_hodges_ms": 415},
        {"p_axis_deg": -30, "qrs_axis_deg": 0, "t_axis_deg": 180},
    ],
)
def test_intervals_rates_and_axes_come_back(values):
    assert _again(values) == values


def test_onsets_come_back_where_the_beat_is_stored():
    values = {"p_onset_ms": 286, "p_offset_ms": 388, "qrs_onset_ms": 434, "qrs_offset_ms": 554, "t_offset_ms": 854}
    assert _again(values, with_onsets=True) == {**values, "p_ms": 102, "pr_ms": 148, "qrs_ms": 120, "qt_ms": 420}


def test_corrected_intervals_go_before_the_machines_onsets_and_need_not_all_of_them():
    onsets = {"p_onset_ms": 294, "qrs_onset_ms": 432, "qrs_offset_ms": 528, "t_offset_ms": 884}
    again = _again({**onsets, "pr_ms": 150, "qt_ms": 400}, with_onsets=True)
    assert (again["pr_ms"], again["qrs_ms"], again["qt_ms"], again["qrs_onset_ms"]) == (150, 96, 400, 432)
    assert _again({"qrs_onset_ms": 505, "p_ms": 104, "pr_ms": 164, "qrs_ms": 102, "qt_ms": 399}) == {
        "p_ms": 104,
        "pr_ms": 164,
        "qrs_ms": 102,
        "qt_ms": 399,
    }
    assert _again({"qrs_onset_ms": 505, "p_ms": 104, "qrs_ms": 102}) == {"qrs_ms": 102}


def test_fractions_are_rounded_to_the_formats_whole_numbers():
    assert _again({"heart_rate_bpm": 71.4, "qrs_axis_deg": -20.6}) == {"heart_rate_bpm": 71, "qrs_axis_deg": -21}


def test_values_that_the_format_would_take_for_marks_are_left_out():
    assert _again({"rr_ms": 29999, "heart_rate_bpm": 70, "qrs_axis_deg": 999}) == {"heart_rate_bpm": 70}


def test_nothing_measured_gives_no_section():
    assert measurement_section({}) == b""
    assert measurement_section({"systolic_mmhg": 120}) == b""
    assert lead_measurement_section({"I": {"odd_uv": 3}, "lead 200": {"q_uv": 3}}) == b""


def test_measurements_of_leads_come_back():
    by_lead = {"V2": {"q_uv": -120, "st_j60_uv": 55}, "aVF": {"p_ms": 100}}
    body = lead_measurement_section({**by_lead, "I": {"odd_uv": 3}})
    assert lead_measurements(Section(10, 900, body, "x")) == by_lead
