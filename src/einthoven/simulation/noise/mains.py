"""Hum of the mains: 50 or 60 Hz and its third harmonic, unequal in the electrodes, wavering.

What wavers slowly in amplitude and phase is a line with two neighbours: each harmonic is made of three tones.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from einthoven.simulation.noise.electrodes import ELECTRODES, Source
from einthoven.simulation.noise.parameters import section

__all__ = ["mains"]

_PARAMETERS = section("mains")
_SHARES = np.array(_PARAMETERS["harmonic_shares"])
_SD_OF_LOG, _SD_OF_PHASE = _PARAMETERS["harmonic_sd_of_log"], 2j * np.pi * _PARAMETERS["phase_sd_cycles"]


def mains(
    level_uv: NDArray[np.float32], *, mains_hz: float, n_samples: int, rate_hz: float, random: np.random.Generator
) -> Source:
    """Return the hum of each electrode; ``level_uv`` float32 (9,) is the amplitude of the fundamental.

    Harmonics that the rate can't carry are left out.
    """
    tones = _tones(mains_hz, n_samples, rate_hz)
    n_orders = len(tones) // 6
    spread, phase = random.standard_normal((2, len(ELECTRODES), n_orders))
    spread[:, :1] = 0  # the level is that of the fundamental
    common = 2j * np.pi * random.random(n_orders)
    real, imaginary = random.standard_normal((2, 2)).tolist()
    beside = [_PARAMETERS["waver_share"] * complex(*parts) / 2 for parts in zip(real, imaginary, strict=True)]
    vector = np.exp(_SD_OF_LOG * spread + _SD_OF_PHASE * phase + common)  # (9, order)
    vector *= level_uv[:, None] * _SHARES[:n_orders]
    lines = (vector[:, :, None] * np.array([1, *beside])).reshape(len(ELECTRODES), -1)
    return Source(np.concatenate([lines.real, -lines.imag], axis=1, dtype=np.float32), tones)


@lru_cache(maxsize=8)
def _tones(mains_hz: float, n_samples: int, rate_hz: float) -> NDArray[np.float32]:
    """Return float32 (6 x order, sample): cosines of each harmonic and its two neighbours, then sines."""
    orders = [order for order in _PARAMETERS["harmonics"] if order * mains_hz < rate_hz / 2 - 1]
    apart_hz = _PARAMETERS["waver_hz"]
    frequencies = [order * mains_hz + shift for order in orders for shift in (0.0, -apart_hz, apart_hz)]
    angles = 2 * np.pi * np.outer(frequencies, np.arange(n_samples) / rate_hz)
    tones = np.concatenate([np.cos(angles), np.sin(angles)]).astype(np.float32)
    tones.flags.writeable = False
    return tones
