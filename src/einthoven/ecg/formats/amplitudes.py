"""How large an amplitude can be before it is damage."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

__all__ = ["MAX_AMPLITUDE", "beyond_measure", "bounded_by_step"]

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


def bounded_by_step(steps: Iterable[float], *, bits: int = 32) -> bool:
    """Return whether whole numbers of so many bits, less a zero of as many, can't be beyond measure: saves looking.

    Examples
    --------
    >>> bounded_by_step([0.001, 0.005]), bounded_by_step([1e9]), bounded_by_step([])
    (True, False, False)
    """
    return 0 < 2.0 ** (bits + 1) * max(map(abs, steps), default=0.0) < MAX_AMPLITUDE
