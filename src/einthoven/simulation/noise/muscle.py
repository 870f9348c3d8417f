"""Muscle noise: broadband, of another size at each electrode, rising for a second or so in bursts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from einthoven.simulation.noise.bank import muscle_bank, stretches
from einthoven.simulation.noise.electrodes import ELECTRODES, Source, in_places
from einthoven.simulation.noise.parameters import section
from einthoven.simulation.rhythm.parameters import lognormal

__all__ = ["muscle"]

_PARAMETERS = section("muscle")


def muscle(
    level_uv: NDArray[np.float32], *, n_bursts: int, n_samples: int, rate_hz: float, random: np.random.Generator
) -> Source:
    """Return the noise of each electrode; ``level_uv`` float32 (9,) is its root mean square outside bursts."""
    n = len(ELECTRODES)
    signals = stretches(muscle_bank(rate_hz), n_samples, n=n, random=random)
    for _ in range(n_bursts):
        length = round(lognormal(_PARAMETERS["burst_length_s"], random=random) * rate_hz)
        start = int(random.integers(n_samples))
        shape = 1 + (_PARAMETERS["burst_factor"] - 1) * np.hanning(max(length, 3)).astype(np.float32)
        stop = min(start + shape.size, n_samples)
        for electrode in random.choice(n, size=_PARAMETERS["burst_electrodes"], replace=False).tolist():
            signals[electrode, start:stop] *= shape[: stop - start]
    return Source(in_places(level_uv, shared=_PARAMETERS["shared"]), signals)
