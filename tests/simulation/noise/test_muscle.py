"""Muscle noise: sizes per electrode, and bursts."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.simulation.noise.electrodes import Source
from einthoven.simulation.noise.muscle import muscle

LEVELS = np.array([6, 5, 4, 3, 3, 2, 2, 1, 1], dtype=np.float32)


def _source(n_bursts: int, seed: int) -> Source:
    return muscle(LEVELS, n_bursts=n_bursts, n_samples=20_000, rate_hz=1000.0, random=np.random.default_rng(seed))


def _noise(n_bursts: int, seed: int = 0) -> np.ndarray:
    source = _source(n_bursts, seed)
    return source.weights @ source.signals


def _signals(n_bursts: int, seed: int = 0) -> np.ndarray:
    return _source(n_bursts, seed).signals


def test_each_chest_electrode_has_its_size_and_limbs_differ_as_theirs_do():
    noise = _noise(0)
    np.testing.assert_allclose(noise[3:].std(axis=1), LEVELS[3:], rtol=0.15)
    assert (noise[1] - noise[0]).std() == pytest.approx(np.hypot(6, 5), rel=0.15)
    assert (noise[2] - noise[0]).std() == pytest.approx(np.hypot(6, 4), rel=0.15)


def test_a_burst_swells_three_electrodes_for_a_while():
    swollen = []
    for seed in range(10):
        seconds = _signals(1, seed).reshape(9, 20, 1000).std(axis=2)
        swollen.append((seconds.max(axis=1) > 1.8 * np.median(seconds, axis=1)).sum())
    assert np.median(swollen) == 3
