"""Our numbers beside the machine's."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from einthoven.ecg.formats import read
from einthoven.ecg.measurement_comparison import compare_with_device
from einthoven.ecg.measurement_reasons import Validity
from einthoven.ecg.measurements import measure
from fakes.synthetic_ecg import synthetic_ecg

RECORD = synthetic_ecg(noise_mv=0.01).record
MEASUREMENTS = measure(RECORD)


def lines(**options):
    found = compare_with_device(dataclasses.replace(RECORD, **options), MEASUREMENTS)
    return {line.name: line for line in found}


def test_what_the_file_holds_stands_beside_ours_in_our_order():
    found = lines(measurements={"qrs_ms": 100.0, "heart_rate_bpm": 74.0, "systolic_mmhg": 120.0})
    assert list(found) == ["heart_rate_bpm", "qrs_ms"]
    line = found["qrs_ms"]
    assert line.ours == MEASUREMENTS["qrs_ms"].value
    assert line.device == 100
    assert line.difference == pytest.approx(line.ours - 100)


def test_values_that_stand_for_not_measured_are_left_out():
    assert not lines(measurements={"pr_ms": 0.0, "t_axis_deg": 999.0})


def test_axes_differ_by_the_shorter_way_round():
    ours = MEASUREMENTS["qrs_axis_deg"].value
    found = lines(measurements={"qrs_axis_deg": ours - 350})
    assert found["qrs_axis_deg"].difference == pytest.approx(-10)


def test_a_qtc_of_unknown_formula_is_compared_with_bazett():
    assert lines(measurements={"qtc_ms": 480.0})["qtc_ms"].ours == MEASUREMENTS["qtc_bazett_ms"].value
    assert list(lines(measurements={"qtc_ms": 480.0, "qtc_bazett_ms": 480.0})) == ["qtc_bazett_ms"]


def test_the_machines_microvolts_and_magnitudes_become_signed_millivolts():
    found = lines(lead_measurements={"V1": {"r_uv": 300.0, "s_uv": 700.0, "p_peak_ms": 40.0}, "Vx": {"r_uv": 1.0}})
    assert list(found) == ["V1.r_mv", "V1.s_mv"]
    assert (found["V1.r_mv"].device, found["V1.s_mv"].device) == (0.3, -0.7)
    assert found["V1.s_mv"].difference == pytest.approx(MEASUREMENTS.leads["V1"]["s_mv"].value + 0.7)


def test_the_machines_first_of_two_p_waves_is_not_our_larger_one():
    assert not lines(lead_measurements={"V1": {"p_uv": 40.0, "p_prime_uv": -60.0}})
    assert list(lines(lead_measurements={"V1": {"p_uv": 40.0}})) == ["V1.p_mv"]


@pytest.mark.real_data
def test_deflections_of_qrs_agree_with_those_of_12sl(real_data):
    """Two ECGs with GE's measurement matrix, 24 leads: the same deflections, a few uV and ms apart."""
    amplitudes, durations = [], []
    for name in ("example1.xml", "muse-sinus.xml"):
        record = read(real_data / "formats" / "muse_xml" / name)
        for line in compare_with_device(record, measure(record)):
            if line.name.endswith((".q_mv", ".r_mv", ".s_mv")) and line.difference is not None:
                amplitudes.append(abs(line.difference))
            if line.name.endswith((".q_ms", ".r_ms", ".s_ms")) and line.difference is not None:
                durations.append(abs(line.difference))
    assert len(amplitudes) == len(durations) > 48
    assert np.quantile(amplitudes, [0.5, 0.95]) == pytest.approx([0, 0], abs=0.03)
    assert np.quantile(durations, [0.5, 0.9]) == pytest.approx([0, 0], abs=12)


def test_what_we_do_not_find_has_a_reason_and_no_difference():
    (line,) = lines(lead_measurements={"V6": {"s_prime_uv": 50.0}}).values()
    assert (line.ours, line.difference, line.validity, line.reason) == (
        None,
        None,
        Validity.ABSENT,
        "no such deflection",
    )
