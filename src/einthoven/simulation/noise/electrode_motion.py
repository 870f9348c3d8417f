"""Motion of an electrode: its potential jumps and creeps back, in every lead that it takes part in."""

from __future__ import annotations

import numpy as np

from einthoven.simulation.noise.electrodes import ELECTRODES, Source
from einthoven.simulation.noise.parameters import section
from einthoven.simulation.rhythm.parameters import lognormal

__all__ = ["electrode_motion"]

_PARAMETERS = section("electrode_motion")


def electrode_motion(
    electrode: str, *, n_events: int, n_samples: int, rate_hz: float, random: np.random.Generator
) -> Source:
    """Return the jumps of one electrode at random times."""
    weights = np.zeros((len(ELECTRODES), n_events), dtype=np.float32)
    signals = np.zeros((n_events, n_samples), dtype=np.float32)
    for event in range(n_events):
        sign = 1 if random.random() < 0.5 else -1
        weights[ELECTRODES.index(electrode), event] = sign * lognormal(_PARAMETERS["height_uv"], random=random)
        start = int(random.integers(n_samples))
        since_s = np.arange(n_samples - start) / rate_hz
        rise_s = lognormal(_PARAMETERS["rise_s"], random=random)
        recovery_s = lognormal(_PARAMETERS["recovery_s"], random=random)
        signals[event, start:] = -np.expm1(-since_s / rise_s) * np.exp(-since_s / recovery_s)
    return Source(weights, signals)
