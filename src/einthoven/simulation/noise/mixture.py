"""All noise of one record, in the eight independent leads."""

from __future__ import annotations

from typing import TypedDict

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import blas

from einthoven.simulation.noise.bank import stretches, white_bank
from einthoven.simulation.noise.electrode_motion import electrode_motion
from einthoven.simulation.noise.electrodes import LEADS_FROM_ELECTRODES, Source
from einthoven.simulation.noise.levels import NoiseLevels
from einthoven.simulation.noise.mains import mains
from einthoven.simulation.noise.muscle import muscle
from einthoven.simulation.noise.skin import skin
from einthoven.simulation.noise.wander import breathing_wander, drift
from einthoven.simulation.rhythm.breathing import Breathing

__all__ = ["noise_in_leads"]


def noise_in_leads(
    levels: NoiseLevels,
    *,
    floor_uv: float,
    mains_hz: float,
    breathing: Breathing,
    n_samples: int,
    rate_hz: float,
    random: np.random.Generator,
) -> NDArray[np.float32]:
    """Return float32 (8, sample), mV; ``floor_uv`` is the root mean square of each lead's amplifier's own noise."""
    total = stretches(white_bank(), n_samples, n=len(LEADS_FROM_ELECTRODES), random=random)
    total *= np.float32(floor_uv / 1000)
    place: _Place = {"n_samples": n_samples, "rate_hz": rate_hz, "random": random}
    # one after the other: each takes the memory that the last one left
    total = _with(total, drift(levels.drift_uv, **place))
    total = _with(
        total, breathing_wander(levels.respiration_uv, breathing=breathing, n_samples=n_samples, rate_hz=rate_hz)
    )
    total = _with(total, mains(levels.mains_uv, mains_hz=mains_hz, **place))
    total = _with(total, skin(levels.skin_uv, **place))
    total = _with(total, muscle(levels.muscle_uv, n_bursts=levels.n_bursts, **place))
    if levels.moving:
        total = _with(total, electrode_motion(levels.moving, n_events=levels.n_motions, **place))
    return total


def _with(total: NDArray[np.float32], source: Source) -> NDArray[np.float32]:
    """Return ``total`` and what a source gives in the leads, mV."""
    return _added(total, _MILLIVOLTS @ source.weights, source.signals)


def _added(
    total: NDArray[np.float32], weights: NDArray[np.float32], signals: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return ``total + weights @ signals``, in place: BLAS adds as it multiplies, in its own (Fortran's) order."""
    added = blas.sgemm(1.0, signals.T, weights.T, beta=1.0, c=total.T, overwrite_c=True)
    return np.asarray(added.T, dtype=np.float32)


_MILLIVOLTS = (LEADS_FROM_ELECTRODES / 1000).astype(np.float32)  # from microvolts


class _Place(TypedDict):
    n_samples: int
    rate_hz: float
    random: np.random.Generator
