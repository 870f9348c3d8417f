"""Hum of the mains: 50 or 60 Hz and harmonics, unequal in the electrodes, its amplitude drifting."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from einthoven.simulation.noise.electrodes import ELECTRODES, Source
from einthoven.simulation.noise.parameters import section

__all__ = ["mains"]

_PARAMETERS = section("mains")


def mains(
    level_uv: NDArray[np.float32], *, mains_hz: float, n_samples: int, rate_hz: float, random: np.random.Generator
) -> Source:
    """Return the hum of each electrode; ``level_uv`` float32 (9,) is the amplitude of the fundamental.

    Harmonics that the rate can't carry are left out.
    """
    frequency_hz = mains_hz + _PARAMETERS["frequency_sd_hz"] * float(random.standard_normal())
    orders = [order for order in _PARAMETERS["harmonics"] if order * frequency_hz < rate_hz / 2]
    spread, phases = random.standard_normal((2, len(ELECTRODES), len(orders)))
    shares = np.array(_PARAMETERS["harmonic_shares"][: len(orders)]) * np.exp(
        _PARAMETERS["harmonic_sd_of_log"] * spread * (np.array(orders) > 1)
    )
    common, drift_phase = random.random(2).tolist()
    angle = 2 * np.pi * np.array(orders) * (common + _PARAMETERS["phase_sd_cycles"] * phases)
    amplitude = level_uv[:, None] * shares
    weights = np.concatenate([amplitude * np.cos(angle), amplitude * np.sin(angle)], axis=1).astype(np.float32)
    waves = _waves(n_samples, rate_hz=rate_hz, frequency_hz=frequency_hz, highest=max(orders, default=1))
    swell_angle = np.linspace(0, _PARAMETERS["amplitude_drift_hz"] * n_samples / rate_hz, n_samples) + drift_phase
    swell = 1 + np.float32(_PARAMETERS["amplitude_drift_share"]) * np.sin((2 * np.pi * swell_angle).astype(np.float32))
    signals = np.empty((2 * len(orders), n_samples), dtype=np.float32)
    for row, order in enumerate(orders):
        np.multiply(waves[order - 1].real, swell, out=signals[row])
        np.multiply(waves[order - 1].imag, swell, out=signals[row + len(orders)])
    return Source(weights, signals)


def _waves(n_samples: int, *, rate_hz: float, frequency_hz: float, highest: int) -> list[NDArray[np.complex64]]:
    """Return cosine and sine, complex64 (sample,), of the fundamental and each harmonic up to the highest."""
    cycles = np.arange(n_samples) * (frequency_hz / rate_hz)
    cycles -= np.floor(cycles)
    angle = (2 * np.pi * cycles).astype(np.float32)
    first = np.empty(n_samples, dtype=np.complex64)
    np.cos(angle, out=first.real)
    np.sin(angle, out=first.imag)
    waves = [first]
    for _ in range(highest - 1):
        waves.append(waves[-1] * first)
    return waves
