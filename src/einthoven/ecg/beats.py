"""The heart beats of a record: where they are, which look alike, and which came too early."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

__all__ = ["BeatKind", "Beats"]


class BeatKind(StrEnum):
    """What a beat is beside the dominant ones."""

    DOMINANT = "dominant"
    PREMATURE_WIDE = "premature_wide"
    PREMATURE_NARROW = "premature_narrow"
    PACED = "paced"
    OTHER = "other"


@dataclass(frozen=True, slots=True, eq=False)
class Beats:
    """The beats of one record in order of time.

    Attributes
    ----------
    sample : float64 (beat,)
        Fiducial in samples at ``analysis_signal.RATE_HZ``, ascending. Within a template beats lie on each other.
    template : int64 (beat,)
        Which morphology over all leads; 0 is the dominant one, -1 none (cut off, or unlike all others).
    kind : tuple of BeatKind (beat,)
    rr_ms : float64 (beat - 1,)
        Interval to the next beat; NaN across a gap in which a beat may have been lost.
    spikes : float64 (spike,)
        Samples at which pacing spikes stand.
    """

    sample: NDArray[np.float64]
    template: NDArray[np.int64]
    kind: tuple[BeatKind, ...]
    rr_ms: NDArray[np.float64]
    spikes: NDArray[np.float64]
