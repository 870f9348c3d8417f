"""Principal components of real beats: the space in which simulated ones are compared with them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from aligned_beats import QRST_TIMES_MS
from numpy.typing import NDArray

from einthoven.simulation.waveform import INDEPENDENT_LEADS

__all__ = ["Components", "components_of", "qrst_weights"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Components:
    """Directions in which real beats differ most.

    Attributes
    ----------
    mean, weights : float64 (value,)
    axes : float64 (value, component)
        Orthonormal, of weighted values.
    """

    mean: Array
    weights: Array
    axes: Array

    def scores(self, beats: Array) -> Array:
        """Return float64 (beat, component) of float64 (beat, value)."""
        return ((beats - self.mean) * self.weights) @ self.axes


def components_of(beats: Array, weights: Array | None = None, *, n: int) -> Components:
    """Return the first ``n`` principal components of float64 (beat, value)."""
    weights = np.ones(beats.shape[1]) if weights is None else weights
    mean = beats.mean(0)
    axes = np.linalg.svd((beats - mean) * weights, full_matrices=False)[2][:n].T
    return Components(mean, weights, axes)


def qrst_weights() -> Array:
    """Return float64 (value,): the end of QRS and ST, and what comes before QRS, are small and count more."""
    after = (QRST_TIMES_MS >= 85) & (QRST_TIMES_MS <= 210)
    return np.tile(np.where(after, 3.0, np.where(QRST_TIMES_MS < 4, 2.0, 1.0)), len(INDEPENDENT_LEADS))
