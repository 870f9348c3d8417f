"""Wander of the baseline: breathing and slow drift of the electrodes' potentials, below 0.7 Hz."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from einthoven.simulation.noise.electrodes import ELECTRODES, Source, common
from einthoven.simulation.noise.parameters import section
from einthoven.simulation.rhythm.breathing import Breathing

__all__ = ["breathing_wander", "drift"]

_PARAMETERS = section("wander")


def drift(drift_uv: NDArray[np.float32], *, n_samples: int, rate_hz: float, random: np.random.Generator) -> Source:
    """Return slow drift; ``drift_uv`` float32 (9,) is its root mean square at each electrode."""
    slow, shares = _drift_basis(n_samples, rate_hz)
    chance = random.standard_normal((len(ELECTRODES), len(slow)), dtype=np.float32) * shares
    return Source(drift_uv[:, None] * (common(_PARAMETERS["shared"]) @ chance), slow)


def breathing_wander(
    respiration_uv: NDArray[np.float32], *, breathing: Breathing, n_samples: int, rate_hz: float
) -> Source:
    """Return wander with breathing; ``respiration_uv`` float32 (9,) is its amplitude, negative where it is opposed."""
    angle = np.arange(n_samples, dtype=np.float64)
    angle *= 2 * math.pi * breathing.rate_hz / rate_hz
    angle += breathing.phase
    return Source(respiration_uv[:, None], np.sin(angle, dtype=np.float32)[None])


@lru_cache(maxsize=8)
def _drift_basis(n_samples: int, rate_hz: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return cosines and sines, float32 (wave, sample), and what share of the drift's size each has."""
    frequencies = np.geomspace(_PARAMETERS["lowest_hz"], _PARAMETERS["highest_hz"], _PARAMETERS["n_frequencies"])
    angles = 2 * np.pi * np.outer(frequencies, np.arange(n_samples) / rate_hz)
    shares = np.tile(frequencies ** -_PARAMETERS["slope"], 2)
    basis = np.concatenate([np.cos(angles), np.sin(angles)]).astype(np.float32)
    return basis, (shares / np.sqrt(np.sum(shares**2) / 2)).astype(np.float32)
