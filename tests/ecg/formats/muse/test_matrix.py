"""The measurement matrix, on fakes and against the median beats of real exports."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from einthoven.ecg.formats import read
from einthoven.ecg.formats.muse.matrix import encode_matrix, lead_measurements
from einthoven.ecg.leads import derive_limb_leads
from fakes.muse_files import matrix_bytes


def text_of(content: bytes) -> str:
    return base64.encodebytes(content).decode()


def test_waves_that_are_there_are_told_and_negative_deflections_are_negative():
    entries = {
        (0, 1): 73,
        (0, 2): 106,
        (0, 3): 166,
        (0, 4): 74,
        (0, 9): 78,
        (0, 10): 21,
        (0, 11): 53,
        (0, 29): 19,
        (11, 13): 5,
    }
    found, notes = lead_measurements(text_of(matrix_bytes(entries)))
    assert notes == ()
    assert set(found) == {"I", "aVF"}
    assert found["I"]["p_uv"] == 73
    assert (found["I"]["p_ms"], found["I"]["p_peak_ms"]) == (106, 74)
    assert found["I"]["q_uv"] == -78
    assert found["I"]["q_area_uv_ms"] == pytest.approx(-53 * 19.52)
    assert found["I"]["j_uv"] == 19
    assert "r_uv" not in found["I"]
    assert "r_uv" not in found["aVF"]


def test_what_was_not_measured_does_not_become_0_by_being_written():
    measured = {"V2": {"q_ms": 20.0, "q_uv": -120.0}, "aVF": {"r_ms": 40.0, "j_uv": 0.0}}
    assert lead_measurements(text_of(encode_matrix(measured, header={}))) == (measured, ())


@pytest.mark.parametrize(
    "words",
    [
        "*",
        "AAAA",
        text_of(b"\0" * 36),
        text_of(matrix_bytes({(0, 1): 3})[:-1]),
        text_of(matrix_bytes({(12, 1): 3})),
        text_of(matrix_bytes({(0, 53): 3})),
    ],
)
def test_another_layout_is_left_out_with_a_note(words):
    found, (note,) = lead_measurements(words)
    assert found == {}
    assert "measurement matrix left out" in note


def test_no_matrix_is_no_news():
    assert lead_measurements("  ") == ({}, ())


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["example1", "muse-sinus"])
def test_the_matrix_of_real_exports_agrees_with_their_median_beats(real_data, name):
    """Amplitudes to two steps (10 uV; the matrix rounds each limb lead by itself), areas to 8 % or 600 uV ms."""
    record = read(real_data / f"formats/muse_xml/{name}.xml")
    median = derive_limb_leads(record.median_beat.signal, record.median_beat.leads)
    p_on, q_on, q_off, t_off = (
        round(record.measurements[key] / 2) for key in ("p_onset_ms", "qrs_onset_ms", "qrs_offset_ms", "t_offset_ms")
    )
    assert set(record.lead_measurements) == set(median.leads)
    for lead, millivolts in zip(median.leads, median.signal, strict=True):
        found = record.lead_measurements[lead]
        beat = (millivolts - millivolts[q_on]) * 1000
        assert found["p_onset_uv"] == pytest.approx(beat[p_on], abs=10)
        assert found["j_uv"] == pytest.approx(beat[q_off], abs=10)
        assert found["t_end_uv"] == pytest.approx(beat[t_off], abs=10)
        qrs = beat[q_on : q_off + 1]
        lowest = min((found.get(f"{wave}_uv", 0) for wave in ("q", "s", "s_prime")), default=0)
        highest = max((found.get(f"{wave}_uv", 0) for wave in ("r", "r_prime")), default=0)
        assert lowest == pytest.approx(qrs.min(), abs=10)
        assert highest == pytest.approx(qrs.max(), abs=10)
        assert found["qrs_total_area_uv_ms"] == pytest.approx(2 * qrs.sum(), rel=0.08, abs=600)
        for wave in ("p", "q", "r", "s", "t"):
            if f"{wave}_peak_ms" in found:
                assert 0 <= found[f"{wave}_peak_ms"] <= 400
    assert np.isfinite([value for found in record.lead_measurements.values() for value in found.values()]).all()
