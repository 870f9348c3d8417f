"""Wander of the baseline: breathing and slow drift of the electrodes' potentials, below 0.7 Hz."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from einthoven.simulation.noise.electrodes import ELECTRODES, Source
from einthoven.simulation.noise.parameters import section
from einthoven.simulation.rhythm.breathing import Breathing

__all__ = ["wander"]

_PARAMETERS = section("wander")


def wander(
    *,
    drift_uv: NDArray[np.float32],
    respiration_uv: NDArray[np.float32],
    breathing: Breathing,
    n_samples: int,
    rate_hz: float,
    random: np.random.Generator,
) -> Source:
    """Return the wander of each electrode.

    Parameters
    ----------
    drift_uv, respiration_uv : float32 (9,), microvolts
        Root mean square of the drift, amplitude with breathing; a negative one moves against the others.
    """
    slow, shares = _drift_basis(n_samples, rate_hz)
    weights = random.standard_normal((len(ELECTRODES), len(slow)), dtype=np.float32) * shares * drift_uv[:, None]
    angle = np.arange(n_samples) * (2 * np.pi * breathing.rate_hz / rate_hz) + breathing.phase
    breath = np.sin(angle.astype(np.float32))
    return Source(np.concatenate([weights, respiration_uv[:, None]], axis=1), np.concatenate([slow, breath[None]]))


@lru_cache(maxsize=8)
def _drift_basis(n_samples: int, rate_hz: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return cosines and sines, float32 (wave, sample), and what share of the drift's size each has."""
    frequencies = np.geomspace(_PARAMETERS["lowest_hz"], _PARAMETERS["highest_hz"], _PARAMETERS["n_frequencies"])
    angles = 2 * np.pi * np.outer(frequencies, np.arange(n_samples) / rate_hz)
    shares = np.tile(frequencies ** -_PARAMETERS["slope"], 2)
    basis = np.concatenate([np.cos(angles), np.sin(angles)]).astype(np.float32)
    return basis, (shares / np.sqrt(np.sum(shares**2) / 2)).astype(np.float32)
