"""Wander lies below 0.7 Hz and has the size asked for."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.simulation.noise.wander import breathing_wander, drift
from einthoven.simulation.rhythm.breathing import Breathing

SIZES = np.arange(1, 10, dtype=np.float32)


def test_drift_is_slow():
    source = drift(SIZES, n_samples=20_000, rate_hz=100.0, random=np.random.default_rng(1))
    wave = (source.weights @ source.signals) * np.hanning(20_000)
    power = np.abs(np.fft.rfft(wave, axis=1)) ** 2
    frequency = np.fft.rfftfreq(20_000, 0.01)
    assert power[:, frequency < 0.75].sum() > 0.999 * power.sum()


def test_drift_has_the_root_mean_square_of_each_electrode():
    squares = []
    for seed in range(200):
        source = drift(SIZES, n_samples=2000, rate_hz=50.0, random=np.random.default_rng(seed))
        squares.append(((source.weights @ source.signals) ** 2).mean(axis=1))
    np.testing.assert_allclose(np.sqrt(np.mean(squares, axis=0)), SIZES, rtol=0.15)


def test_wander_with_breathing_follows_the_breath_and_may_be_opposed():
    breathing = Breathing(0.25, 0.5)
    source = breathing_wander(np.array([2, -3], dtype=np.float32), breathing=breathing, n_samples=1000, rate_hz=100.0)
    wave = source.weights @ source.signals
    depth = [breathing.depth(sample / 100) for sample in range(1000)]
    np.testing.assert_allclose(wave[0], 2 * np.array(depth), atol=1e-4)
    assert np.corrcoef(wave)[0, 1] == pytest.approx(-1)
