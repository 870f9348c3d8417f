"""Noise of electrodes on skin: slow parts are the larger, but it reaches through the whole band."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from einthoven.simulation.noise.bank import skin_bank
from einthoven.simulation.noise.skin import skin


def test_power_falls_with_the_square_of_the_frequency():
    frequency, power = signal.welch(skin_bank(500.0), 500.0, nperseg=2048)
    slow, fast = (power[np.abs(frequency - hz) < hz / 10].mean() for hz in (10.0, 40.0))
    assert slow / fast == pytest.approx(16, rel=0.15)


@pytest.mark.parametrize("rate_hz", [250.0, 1000.0])
def test_the_size_is_that_of_the_level_at_every_rate(rate_hz):
    levels = np.arange(1, 10, dtype=np.float32)
    source = skin(levels, n_samples=200_000, rate_hz=rate_hz, random=np.random.default_rng(0))
    wave = source.weights @ source.signals
    np.testing.assert_allclose(wave[3:].std(axis=1), levels[3:], rtol=0.15)
