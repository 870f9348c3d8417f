"""Hum peaks at the frequency of the mains and differs between electrodes."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.simulation.noise.mains import mains

LEVELS = np.linspace(1, 9, 9).astype(np.float32)


def _spectrum(mains_hz: float, rate_hz: float) -> tuple[np.ndarray, np.ndarray]:
    source = mains(
        LEVELS, mains_hz=mains_hz, n_samples=round(20 * rate_hz), rate_hz=rate_hz, random=np.random.default_rng(3)
    )
    wave = source.weights @ source.signals
    assert wave.dtype == np.float32
    weight = np.hanning(wave.shape[1])
    return np.fft.rfftfreq(wave.shape[1], 1 / rate_hz), np.abs(np.fft.rfft(wave * weight, axis=1)) * 2 / weight.sum()


@pytest.mark.parametrize("mains_hz", [50.0, 60.0])
@pytest.mark.parametrize("rate_hz", [250.0, 500.0, 1000.0])
def test_the_peak_is_at_the_mains_and_as_high_as_each_electrode_s_level(mains_hz, rate_hz):
    frequency, amplitude = _spectrum(mains_hz, rate_hz)
    frequency, amplitude = frequency[frequency < 90], amplitude[:, frequency < 90]  # without harmonics
    assert (np.abs(frequency[amplitude.argmax(axis=1)] - mains_hz) < 0.15).all()
    np.testing.assert_allclose(amplitude.max(axis=1), LEVELS, rtol=0.6)


def test_the_third_harmonic_is_there_where_the_rate_carries_it_and_folds_back_nowhere():
    frequency, amplitude = _spectrum(50.0, 500.0)
    assert amplitude[:, np.abs(frequency - 150) < 0.3].max() > 0.05
    frequency, amplitude = _spectrum(60.0, 250.0)
    assert amplitude[:, np.abs(frequency - 70) < 2].max() < 0.02 * amplitude.max()
