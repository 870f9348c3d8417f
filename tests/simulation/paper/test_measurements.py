"""What a machine prints lies near what is true, and is missing where there is nothing to measure."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from einthoven.simulation.clinical_state import ClinicalState
from einthoven.simulation.paper.measurements import TrueMeasurements, machine_measurements, true_measurements
from einthoven.simulation.waveform import Waveform
from fakes.simulated_heart import BumpHeart

TRUE = TrueMeasurements(72.0, 160.0, 95.0, 400.0, 50.0, 30.0, 45.0, 1.4)
STATE = ClinicalState(age_years=60, sex="M", pr_ms=172)


def test_printed_numbers_are_whole_and_lie_around_the_truth_with_the_stated_spread() -> None:
    random = np.random.default_rng(0)
    printed = [machine_measurements(TRUE, random) for _ in range(3000)]
    qt = np.array([one["qt_ms"] for one in printed])
    assert (qt == np.rint(qt)).all()
    assert qt.mean() == pytest.approx(400.0, abs=1.0)
    assert np.percentile(np.abs(qt - 400), 68) == pytest.approx(8.5, abs=1.0)


def test_qtc_is_bazetts_of_the_printed_numbers() -> None:
    printed = machine_measurements(TRUE, np.random.default_rng(1))
    assert printed["qtc_ms"] == round(printed["qt_ms"] * math.sqrt(printed["heart_rate_bpm"] / 60))


def test_what_is_not_there_is_not_printed_and_changes_no_other_number() -> None:
    fibrillating = replace(TRUE, pr_ms=math.nan, p_axis_deg=math.nan)
    whole = machine_measurements(TRUE, np.random.default_rng(2))
    partly = machine_measurements(fibrillating, np.random.default_rng(2))
    assert partly == {name: value for name, value in whole.items() if name not in ("pr_ms", "p_axis_deg")}


def test_axes_stay_on_the_circle() -> None:
    random = np.random.default_rng(3)
    turned = [machine_measurements(replace(TRUE, qrs_axis_deg=179.0), random)["qrs_axis_deg"] for _ in range(200)]
    assert all(-180 < one <= 180 for one in turned)
    assert min(turned) < -150


def test_intervals_and_axes_are_those_of_the_beat() -> None:
    heart = BumpHeart()
    beat = heart.ventricular_wave("conducted", rr_ms=1000.0)
    true = true_measurements(STATE, beat, heart.atrial_wave("sinus"), heart_rate_bpm=60.0)
    assert (true.pr_ms, true.qrs_ms, true.qt_ms) == (172, 92.0, 400.0)
    assert 0 < true.qrs_axis_deg < 90
    assert 0 < true.p_axis_deg < 90
    assert true.limb_voltage_mv > 0.3


def test_the_axis_of_a_beat_that_runs_to_the_feet_is_90_degrees() -> None:
    samples = np.zeros((8, 100), dtype=np.float32)
    samples[1, 20:60] = 1.0  # II alone: I is silent, so the vector points down
    true = true_measurements(STATE, Waveform(samples, 20.0, 40.0, 90.0), None, heart_rate_bpm=60.0)
    assert true.qrs_axis_deg == pytest.approx(90.0)
    assert true.limb_voltage_mv == pytest.approx(0.0, abs=1e-6)  # a box of one height has no peak above it


@pytest.mark.parametrize(
    "state", [replace(STATE, av_block="complete"), replace(STATE, conduction="paced"), replace(STATE, rhythm="flutter")]
)
def test_there_is_no_pr_where_p_waves_arent_conducted(state: ClinicalState) -> None:
    heart = BumpHeart()
    p_wave = None if state.rhythm != "sinus" else heart.atrial_wave("sinus")
    true = true_measurements(state, heart.ventricular_wave("conducted", rr_ms=1000.0), p_wave, heart_rate_bpm=60.0)
    assert math.isnan(true.pr_ms)
