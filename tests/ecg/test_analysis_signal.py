"""Whatever the recorder stored, beats and waves are looked for on the same signal."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from einthoven.ecg.analysis_signal import RATE_HZ, analysis_signal
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.record import Record
from einthoven.errors import SignalError
from fakes.synthetic_ecg import synthetic_ecg

STILL = round(1.5 * RATE_HZ)


def sines(time_s):
    return (np.sin(2 * np.pi * 5 * time_s) + 0.4 * np.cos(2 * np.pi * 12 * time_s)).astype(np.float32)


def record(signal, *, rate_hz=500.0, leads=None, unit="mV") -> Record:
    signal = np.atleast_2d(np.asarray(signal, dtype=np.float32))
    return Record(signal, leads or STANDARD_LEADS[: len(signal)], rate_hz, "r1", unit=unit)


def noise(n_leads, n_samples, seed=0):
    return np.random.default_rng(seed).normal(0, 0.3, (n_leads, n_samples)).astype(np.float32)


@pytest.mark.parametrize("rate_hz", [100.0, 125.0, 257.0, 360.0, 500.0, 999.5, 1000.0])
def test_sample_k_lies_at_k_over_500_s_whatever_the_rate(rate_hz):
    got = analysis_signal(record(sines(np.arange(round(8 * rate_hz)) / rate_hz), rate_hz=rate_hz))
    time_s = np.arange(got.signal.shape[1]) / RATE_HZ
    inside = slice(2 * RATE_HZ, -2 * RATE_HZ)  # both ends are continued by a guess
    assert got.signal.dtype == np.float32
    assert got.lost.shape == got.signal.shape
    assert time_s[-1] == pytest.approx(8, abs=0.01)
    assert np.abs(got.signal[0] - sines(time_s))[inside].max() < 0.01
    assert not got.lost.any()


def test_leads_come_in_canonical_order_and_strangers_by_name_behind():
    leads = ("V6", "X", "aVR", "II", "B3", "I")
    signal = noise(6, 2000)
    got = analysis_signal(record(signal, leads=leads))
    assert got.leads == ("I", "II", "aVR", "V6", "B3", "X")
    one_by_one = [analysis_signal(record(signal[leads.index(lead)], leads=(lead,))).signal[0] for lead in got.leads]
    assert np.allclose(got.signal, one_by_one, atol=1e-4)


def test_offset_and_drift_vanish_and_the_ecg_stays():
    time_s = np.arange(5000) / 500
    plain = analysis_signal(record(sines(time_s)))
    moved = analysis_signal(record(sines(time_s) + 40 + 0.5 * np.sin(2 * np.pi * 0.05 * time_s)))
    assert np.abs(moved.signal - plain.signal)[:, 500:-500].max() < 0.01


def test_gaps_are_closed_by_straight_lines_and_told():
    signal = noise(3, 3000)
    signal[1, 1000:1400] = np.nan
    signal[2, 700] = np.inf
    bridged = signal.copy()
    bridged[1, 999:1401] = np.linspace(signal[1, 999], signal[1, 1400], 402)
    bridged[2, 700] = (signal[2, 699] + signal[2, 701]) / 2
    got = analysis_signal(record(signal))
    assert np.argwhere(got.lost).tolist() == [[1, k] for k in range(1000, 1400)] + [[2, 700]]
    assert got.usable.all()
    assert np.allclose(got.signal, analysis_signal(record(bridged)).signal, atol=1e-5)


@pytest.mark.parametrize("rate_hz", [100.0, 250.0, 360.0, 1000.0])
def test_a_gap_is_told_at_the_time_where_it_was(rate_hz):
    signal = noise(1, round(8 * rate_hz))
    signal[0, round(3 * rate_hz) : round(4 * rate_hz)] = np.nan
    lost = np.flatnonzero(analysis_signal(record(signal, rate_hz=rate_hz)).lost[0]) / RATE_HZ
    near = 1 / rate_hz + 1 / RATE_HZ
    assert lost[0] == pytest.approx(3, abs=near)
    assert lost[-1] == pytest.approx(4, abs=near)
    assert np.diff(lost) == pytest.approx(1 / RATE_HZ)


@settings(deadline=None, max_examples=30)
@given(
    runs=st.lists(st.tuples(st.integers(0, 3), st.sampled_from([1, 2, 40, STILL - 1, STILL, 300, 700])), max_size=12),
    gaps=st.lists(st.integers(0, 1500), max_size=3),
)
def test_what_is_lost_is_what_a_walk_over_the_samples_finds(runs, gaps):
    line = np.concatenate([np.full(length, level) for level, length in runs] + [np.zeros(300), np.arange(1500) % 7])
    line = line.astype(np.float32)
    line[gaps] = np.nan
    expected, start = np.isnan(line), 0
    for k in range(1, line.size + 1):
        if k == line.size or line[k] != line[start]:
            expected[start:k] |= k - start >= STILL
            start = k
    assert np.array_equal(analysis_signal(record(line)).lost[0], expected)


@pytest.mark.parametrize("level", [0.0, 0.7, np.nan])
def test_a_lead_without_signal_is_zero_and_not_usable(level):
    signal = noise(3, 4000)
    signal[1] = level
    got = analysis_signal(record(signal))
    assert got.usable.tolist() == [True, False, True]
    assert got.lost[1].all()
    assert not got.signal[1].any()
    assert np.isfinite(got.signal).all()


def test_a_lead_is_usable_until_more_than_half_of_it_is_lost():
    signal = noise(3, 4000)
    signal[1, 1000:3000] = np.nan
    signal[2, 1000:3001] = np.nan
    assert analysis_signal(record(signal)).usable.tolist() == [True, True, False]


@pytest.mark.parametrize(("unit", "lost"), [("mV", 200), ("arbitrary", 0)])
def test_a_calibration_pulse_at_the_end_is_lost_where_a_millivolt_is_one(unit, lost):
    signal = np.hstack([noise(12, 4000), np.ones((12, 200), dtype=np.float32)])
    got = analysis_signal(record(signal, unit=unit))
    assert got.unit == unit
    assert (got.lost.sum(axis=1) == lost).all()
    assert not got.lost[:, :4000].any()


def test_below_80_hz_the_record_is_refused_by_name():
    with pytest.raises(SignalError, match=r"record r1 is sampled at 79 Hz.*80 Hz"):
        analysis_signal(record(noise(1, 800), rate_hz=79.0))
    assert analysis_signal(record(noise(1, 800), rate_hz=80.0)).signal.shape == (1, 5000)


@pytest.mark.parametrize("n_samples", [1, 2, 3, 50, 249, 250, 251])
def test_a_record_of_any_length_survives(n_samples):
    got = analysis_signal(record(noise(2, n_samples)))
    assert got.signal.shape == (2, n_samples)
    assert np.isfinite(got.signal).all()


def test_the_record_itself_is_left_alone():
    signal = noise(2, 2000)
    signal[0, 100:200] = np.nan
    before = signal.copy()
    analysis_signal(record(signal))
    assert np.array_equal(signal, before, equal_nan=True)


@pytest.mark.parametrize("gain", [0.5, 2.0, 1024.0])
def test_a_gain_scales_the_signal_and_nothing_else(gain):
    ecg = synthetic_ecg(noise_mv=0.02, duration_s=5.0).record
    plain = analysis_signal(ecg)
    louder = analysis_signal(dataclasses.replace(ecg, signal=ecg.signal * np.float32(gain)))
    assert np.array_equal(louder.signal, plain.signal * np.float32(gain))
    assert np.array_equal(louder.lost, plain.lost)


@pytest.mark.parametrize("rr_ms", [1200, 1500, 2000])
def test_a_slow_heart_of_a_simulator_without_noise_is_no_lost_signal(rr_ms):
    got = analysis_signal(synthetic_ecg(rr_ms=rr_ms).record)
    assert got.usable.all()
    assert not got.lost.all(axis=0).any()
