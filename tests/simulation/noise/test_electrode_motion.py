"""A moving electrode jumps and recovers, and the others know nothing of it."""

from __future__ import annotations

import numpy as np

from einthoven.simulation.noise.electrode_motion import electrode_motion
from einthoven.simulation.noise.electrodes import ELECTRODES


def test_only_the_electrode_that_moves_picks_it_up():
    source = electrode_motion("C2", n_events=3, n_samples=5000, rate_hz=500.0, random=np.random.default_rng(0))
    wave = source.weights @ source.signals
    moving = ELECTRODES.index("C2")
    assert np.abs(wave[moving]).max() > 30
    assert np.abs(np.delete(wave, moving, axis=0)).max() == 0


def test_the_jump_is_fast_and_the_way_back_slow():
    for seed in range(10):
        source = electrode_motion("LA", n_events=1, n_samples=20_000, rate_hz=500.0, random=np.random.default_rng(seed))
        wave = np.abs(source.signals[0])
        start, top = np.flatnonzero(wave)[0], wave.argmax()
        behind = wave[top:] < wave[top] / 4
        assert behind.any() == (behind.argmax() > 0)
        if behind.any():
            assert behind.argmax() > 0.8 * (top - start)
