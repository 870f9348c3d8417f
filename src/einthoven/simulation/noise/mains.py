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
    time_s = np.arange(n_samples) / rate_hz
    cycles = (time_s * frequency_hz) % 1
    waves = [np.exp(2j * np.pi * cycles).astype(np.complex64)]
    for _ in range(max(orders, default=1) - 1):
        waves.append(waves[-1] * waves[0])
    swell_angle = 2 * np.pi * (_PARAMETERS["amplitude_drift_hz"] * time_s + drift_phase)
    swell = 1 + np.float32(_PARAMETERS["amplitude_drift_share"]) * np.sin(swell_angle.astype(np.float32))
    chosen = [waves[order - 1] * swell for order in orders]
    return Source(weights, np.array([wave.real for wave in chosen] + [wave.imag for wave in chosen]))
