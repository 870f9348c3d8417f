"""Noise of electrodes on skin: its power falls with the square of the frequency, all through the band of an ECG.

It comes from where gel and skin meet and differs from person to person and place to place (Huigen et al. 2002,
doi:10.1007/BF02344216).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from einthoven.simulation.noise.bank import skin_bank, stretches
from einthoven.simulation.noise.electrodes import ELECTRODES, Source, in_places
from einthoven.simulation.noise.parameters import section

__all__ = ["skin"]

_PARAMETERS = section("skin")


def skin(level_uv: NDArray[np.float32], *, n_samples: int, rate_hz: float, random: np.random.Generator) -> Source:
    """Return the noise of each electrode; ``level_uv`` float32 (9,) is its root mean square."""
    signals = stretches(skin_bank(rate_hz), n_samples, n=len(ELECTRODES), random=random)
    return Source(in_places(level_uv, shared=_PARAMETERS["shared"]), signals)
