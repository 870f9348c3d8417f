"""All noise of one record, in the eight independent leads."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from einthoven.simulation.noise.bank import stretches, white_bank
from einthoven.simulation.noise.electrode_motion import electrode_motion
from einthoven.simulation.noise.electrodes import ELECTRODES, LEADS_FROM_ELECTRODES, Source
from einthoven.simulation.noise.levels import NoiseLevels
from einthoven.simulation.noise.mains import mains
from einthoven.simulation.noise.muscle import muscle
from einthoven.simulation.noise.wander import wander
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
    """Return float32 (8, sample), mV; ``floor_uv`` is the root mean square of the amplifiers' own white noise."""
    n = len(ELECTRODES)
    sources = [
        Source(np.eye(n, dtype=np.float32) * np.float32(floor_uv), _white(n, n_samples, random=random)),
        wander(
            drift_uv=levels.drift_uv,
            respiration_uv=levels.respiration_uv,
            breathing=breathing,
            random=random,
            n_samples=n_samples,
            rate_hz=rate_hz,
        ),
        mains(levels.mains_uv, mains_hz=mains_hz, n_samples=n_samples, rate_hz=rate_hz, random=random),
        muscle(levels.muscle_uv, n_bursts=levels.n_bursts, n_samples=n_samples, rate_hz=rate_hz, random=random),
    ]
    if levels.moving:
        sources.append(
            electrode_motion(
                levels.moving, n_events=levels.n_motions, n_samples=n_samples, rate_hz=rate_hz, random=random
            )
        )
    weights = np.concatenate([source.weights for source in sources], axis=1)
    in_leads = (LEADS_FROM_ELECTRODES / 1000) @ weights  # microvolts to mV
    return np.asarray(
        in_leads.astype(np.float32) @ np.concatenate([source.signals for source in sources]), dtype=np.float32
    )


def _white(n: int, n_samples: int, *, random: np.random.Generator) -> NDArray[np.float32]:
    return stretches(white_bank(), n_samples, n=n, random=random)
