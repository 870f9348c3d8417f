"""A pacing spike stands where the pulse was, a few milliseconds wide."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.simulation.rhythm.pacing_spikes import add_spikes

DIRECTION = np.array([-0.1, -0.2, 0.05, 0, 0, 0, 0, 0.01], dtype=np.float32)


@pytest.mark.parametrize("rate_hz", [500.0, 1000.0])
def test_the_spike_is_narrow_has_the_heart_s_direction_and_its_own_size(rate_hz):
    signal = np.zeros((8, round(rate_hz)), dtype=np.float32)
    add_spikes(signal, np.array([0.5]), direction=DIRECTION, rate_hz=rate_hz, random=np.random.default_rng(0))
    at = round(0.5 * rate_hz)
    assert np.abs(signal).max(axis=0).argmax() == at
    np.testing.assert_allclose(signal[:, at] / signal[1, at], DIRECTION / DIRECTION[1], atol=1e-6)
    assert signal[1, at] < -0.09
    assert (np.abs(signal[1]) > 0.1 * np.abs(signal[1, at])).sum() / rate_hz <= 0.008


def test_spikes_at_the_borders_are_cut_and_those_beyond_left_out():
    signal = np.zeros((8, 500), dtype=np.float32)
    times = np.array([-1.0, 0.0, 0.999, 3.0])
    add_spikes(signal, times, direction=DIRECTION, rate_hz=500.0, random=np.random.default_rng(0))
    assert np.flatnonzero(np.abs(signal).max(axis=0) > 0.02).tolist() == [0, 1, 499]


def test_unipolar_spikes_are_high_and_bipolar_ones_low():
    heights = []
    for seed in range(60):
        signal = np.zeros((8, 500), dtype=np.float32)
        add_spikes(signal, np.array([0.5]), direction=DIRECTION, rate_hz=500.0, random=np.random.default_rng(seed))
        heights.append(np.abs(signal).max())
    assert 0.15 < np.mean(np.array(heights) > 0.8) < 0.6
