"""How large an amplitude can be before it is damage."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["MAX_AMPLITUDE", "beyond_measure"]

# a gigavolt, or all that 32 bits count without unit: float32 still holds the squares of a day's samples, summed up
MAX_AMPLITUDE = 1e12


def beyond_measure(signal: NDArray[np.float32]) -> bool:
    """Return whether any sample is infinite or so large that computing with it overflows; NaN is neither.

    Examples
    --------
    >>> beyond_measure(np.array([[1.0, np.nan]], np.float32)), beyond_measure(np.array([[1e30]], np.float32))
    (False, True)
    """
    return bool(np.fmax.reduce(signal, axis=None) > MAX_AMPLITUDE or np.fmin.reduce(signal, axis=None) < -MAX_AMPLITUDE)
