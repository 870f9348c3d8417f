"""Muscle noise: sizes per electrode, and bursts."""

from __future__ import annotations

import numpy as np

from einthoven.simulation.noise.muscle import muscle

LEVELS = np.array([6, 5, 4, 3, 3, 2, 2, 1, 1], dtype=np.float32)


def _noise(n_bursts: int, seed: int = 0) -> np.ndarray:
    source = muscle(LEVELS, n_bursts=n_bursts, n_samples=20_000, rate_hz=1000.0, random=np.random.default_rng(seed))
    return source.weights @ source.signals


def test_each_electrode_has_its_size_and_its_own_noise():
    noise = _noise(0)
    np.testing.assert_allclose(noise.std(axis=1), LEVELS, rtol=0.15)
    assert np.abs(np.corrcoef(noise) - np.eye(9)).max() < 0.1


def test_a_burst_swells_three_electrodes_for_a_while():
    swollen = []
    for seed in range(10):
        seconds = _noise(1, seed).reshape(9, 20, 1000).std(axis=2) / LEVELS[:, None]
        swollen.append((seconds.max(axis=1) > 1.8 * np.median(seconds, axis=1)).sum())
    assert np.median(swollen) == 3
