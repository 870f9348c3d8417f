"""P waves that march through, on signals whose P waves are known."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.analysis_signal import RATE_HZ, analysis_signal
from einthoven.ecg.beats import find_beats
from einthoven.ecg.delineation import delineate
from einthoven.ecg.dissociated_p import marching_p_waves
from einthoven.ecg.wave_likeness import STEP, thinned
from fakes.synthetic_ecg import synthetic_ecg

PAUSES = np.array([[first, first + 500.0] for first in range(200, 4700, 750)])
"""Samples; QRS and T lie between."""


def steps_with(starts, *, noise=0.005, seed=1):
    """Return three leads of noise with bumps of 100 ms that begin at these samples."""
    signal = np.random.default_rng(seed).normal(0, noise, (3, 5000))
    bump = np.sin(np.linspace(0, np.pi, 50)) ** 2 * np.array([[0.1], [0.08], [-0.05]])
    for start in starts:
        signal[:, start : start + 50] += bump
    return thinned(signal.astype(np.float32))


@pytest.mark.parametrize("interval", [240, 300, 410, 520])
def test_p_waves_of_one_interval_march(interval):
    starts = np.arange(100, 4900, interval)
    march = marching_p_waves(steps_with(starts), PAUSES)
    assert march is not None
    assert march.interval == pytest.approx(interval, rel=0.01)
    offset = np.array([np.abs(starts - (place + 9)).min() for place in march.starts])  # the trial is longer than P
    assert (offset < 15).all()


def test_p_waves_at_random_places_do_not_march():
    starts = np.sort(np.random.default_rng(5).choice(np.arange(100, 4900, 90), 14, replace=False))
    assert marching_p_waves(steps_with(starts), PAUSES) is None


@pytest.mark.parametrize("seed", range(5))
def test_noise_alone_does_not_march(seed):
    assert marching_p_waves(steps_with([], noise=0.05, seed=seed), PAUSES) is None


def test_flat_lines_and_records_without_pauses_have_no_march():
    assert marching_p_waves(np.zeros((3, 1250), dtype=np.float32), PAUSES) is None
    assert marching_p_waves(steps_with([300, 700]), np.empty((0, 2))) is None
    assert marching_p_waves(steps_with([300, 700]), np.full((3, 2), np.nan)) is None


def test_gain_changes_nothing():
    steps = steps_with(np.arange(100, 4900, 410))
    march, louder = marching_p_waves(steps, PAUSES), marching_p_waves(4 * steps, PAUSES)
    np.testing.assert_array_equal(march.starts, louder.starts)
    assert march.interval == louder.interval


@pytest.mark.parametrize(
    "fields",
    [
        {"rr_ms": 1500, "p_rr_ms": 730, "shape": "rbbb"},
        {"rr_ms": 1700, "p_rr_ms": 900},
        {"rr_ms": 1400, "p_rr_ms": 600},
        {"rr_ms": 1300, "p_rr_ms": 1100},
    ],
)
def test_in_complete_av_block_the_p_waves_between_t_and_qrs_are_found_and_bound_to_no_beat(fields):
    ecg = synthetic_ecg(atrial="dissociated", noise_mv=0.01, **fields)
    analysis = analysis_signal(ecg.record)
    found = delineate(analysis, find_beats(analysis))
    assert len(found.free_p) >= 5
    assert np.isnan(found.beat_marks[:, :, :3]).all()
    away_s = np.abs(found.free_p[:, 1, 1, None] - ecg.free_p_s[:, 1]).min(axis=1)
    assert (away_s < 0.012).all()
    seen_s = found.free_p[:, 1, 1]
    assert np.diff(seen_s).min() > 0.4


def test_fibrillation_has_no_march():
    for seed in range(4):
        ecg = synthetic_ecg(atrial="fibrillation", noise_mv=0.01, seed=seed)
        analysis = analysis_signal(ecg.record)
        assert len(delineate(analysis, find_beats(analysis)).free_p) == 0


def test_a_step_is_eight_milliseconds():
    assert STEP / RATE_HZ == 0.008
