from __future__ import annotations

import struct

import pytest

from einthoven.ecg.formats.scp.measurements import LEAD_MEASUREMENTS, lead_measurements, measurements
from einthoven.ecg.formats.scp.sections import Section
from einthoven.errors import UnreadableFileError

BLOCK = struct.pack("<5H3h", 286, 388, 434, 554, 854, 44, -61, 86)


def _body(*, blocks=(BLOCK,), spikes=(), rr=857, pp=29999, tail=b""):
    body = struct.pack("<BBHH", len(blocks), len(spikes), rr, pp) + b"".join(blocks)
    body += b"".join(struct.pack("<Hh", spike, 500) for spike in spikes) + bytes(6 * len(spikes))
    return body + tail


def _tail(*, kinds=3, ventricular=70, atrial=29999, qtc=443, formula=1):
    return struct.pack("<H", kinds) + bytes(kinds) + struct.pack("<HHHBH", ventricular, atrial, qtc, formula, 0)


def _measured(body, *, with_onsets=True):
    return measurements(Section(7, 900, body, "rec.scp"), with_onsets=with_onsets)


def test_onsets_intervals_axes_and_rates_are_read():
    found = _measured(_body(tail=_tail())).values
    assert found == {
        "rr_ms": 857,
        "heart_rate_bpm": 70,
        "qtc_bazett_ms": 443,
        "p_onset_ms": 286,
        "p_offset_ms": 388,
        "qrs_onset_ms": 434,
        "qrs_offset_ms": 554,
        "t_offset_ms": 854,
        "p_ms": 102,
        "pr_ms": 148,
        "qrs_ms": 120,
        "qt_ms": 420,
        "p_axis_deg": 44,
        "qrs_axis_deg": -61,
        "t_axis_deg": 86,
    }


def test_without_the_reference_beat_times_within_it_are_left_out():
    found = _measured(_body(), with_onsets=False).values
    assert set(found) == {"rr_ms", "p_ms", "pr_ms", "qrs_ms", "qt_ms", "p_axis_deg", "qrs_axis_deg", "t_axis_deg"}


@pytest.mark.parametrize(
    ("formula", "name"), [(0, "qtc_ms"), (1, "qtc_bazett_ms"), (2, "qtc_hodges_ms"), (200, "qtc_ms")]
)
def test_the_formula_of_qtc_is_in_its_name(formula, name):
    assert _measured(_body(tail=_tail(formula=formula))).values[name] == 443


@pytest.mark.parametrize("mark", [29999, 29998, 19999, 65535])
def test_marks_for_what_was_not_measured_are_left_out(mark):
    block = struct.pack("<5H3h", mark, mark, mark, mark, mark, 999, 999, 999)
    tail = _tail(ventricular=mark, atrial=mark, qtc=mark)
    assert _measured(_body(blocks=[block], rr=mark, pp=mark, tail=tail)).values == {}


def test_no_p_wave_leaves_the_rest():
    block = struct.pack("<5H3h", 19999, 19999, 434, 554, 854, 999, -61, 29999)
    found = _measured(_body(blocks=[block], rr=0)).values
    assert found == {
        "qrs_onset_ms": 434,
        "qrs_offset_ms": 554,
        "t_offset_ms": 854,
        "qrs_ms": 120,
        "qt_ms": 420,
        "qrs_axis_deg": -61,
    }


def test_spikes_of_pacemakers_have_their_times():
    assert _measured(_body(spikes=[1500, 2500], tail=_tail())).spikes_s == (1.5, 2.5)
    assert _measured(_body(spikes=[1500, 2500], tail=_tail())).values["heart_rate_bpm"] == 70


@pytest.mark.parametrize("size", range(6, 60))
def test_parts_that_writers_leave_out_are_no_error(size):
    body = _body(spikes=[1500, 2500], tail=_tail())[:size]
    assert _measured(body).values["rr_ms"] == 857


def test_a_section_without_its_head_is_refused():
    with pytest.raises(UnreadableFileError, match=r"rec.scp: section 7 ends before"):
        _measured(b"\1\0\0")


def test_counts_that_lead_out_of_the_section_read_nothing_there():
    assert _measured(b"\xff\xff" + struct.pack("<HH", 800, 800)).values == {"rr_ms": 800, "pp_ms": 800}


def _lead_section(blocks, *, counted=0):
    body = struct.pack("<HH", len(blocks), 0)
    for code, values in blocks:
        body += struct.pack(f"<HH{len(values)}h", code, 2 * len(values) + counted, *values)
    return Section(10, 2000, body, "rec.scp")


@pytest.mark.parametrize("counted", [0, 4])
def test_each_lead_has_its_measurements_whether_or_not_heads_are_counted(counted):
    values = [29999] * 50
    values[0], values[9], values[19], values[20], values[25], values[26] = 104, -120, -3, 5, 7, 33
    found = lead_measurements(_lead_section([(1, values), (64, [90, 29998, -32768])], counted=counted))
    assert found == {"I": {"p_ms": 104, "q_uv": -120, "st_slope_uv_per_s": -3, "st_j20_uv": 33}, "aVF": {"p_ms": 90}}


def test_leads_without_a_measurement_are_left_out():
    assert lead_measurements(_lead_section([(1, [29999] * 50), (2, [])])) == {}


def test_there_are_31_values_of_which_three_are_codes():
    assert len(LEAD_MEASUREMENTS) == 31
    assert [k + 1 for k, name in enumerate(LEAD_MEASUREMENTS) if not name] == [21, 22, 26]


@pytest.mark.parametrize("body", [b"", struct.pack("<HH", 65535, 0), struct.pack("<HHHH", 1, 0, 1, 500)])
def test_leads_that_are_counted_and_missing_are_refused(body):
    with pytest.raises(UnreadableFileError, match=r"section 10 (ends before|is too short)"):
        lead_measurements(Section(10, 2000, body, "rec.scp"))
