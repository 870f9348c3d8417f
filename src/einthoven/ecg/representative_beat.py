"""The median over the beats that look alike: the beat on which waves are measured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["RepresentativeBeat"]


@dataclass(frozen=True, slots=True, eq=False)
class RepresentativeBeat:
    """The median beat of one template.

    Attributes
    ----------
    signal : float32 (lead, sample) at ``analysis_signal.RATE_HZ``, unit of the record
        Zero is the level before QRS.
    fiducial : int
        Sample of the beats' fiducial.
    beats : int64 (n,)
        Indices of the beats it was made of.
    noise : float32 (lead,), unit of the record
        Standard error of the median.
    """

    signal: NDArray[np.float32]
    fiducial: int
    beats: NDArray[np.int64]
    noise: NDArray[np.float32]
