"""Where P, QRS and T begin, peak and end: in the representative beats, over all leads, and beat by beat."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.beats import Beats
from einthoven.ecg.representative_beat import RepresentativeBeat

__all__ = ["Delineation", "Mark"]


class Mark(IntEnum):
    """Index of a mark in the last axis of arrays of marks; ``QRS_OFF`` is the J point."""

    P_ON = 0
    P_PEAK = 1
    P_OFF = 2
    QRS_ON = 3
    QRS_PEAK = 4
    QRS_OFF = 5
    T_ON = 6
    T_PEAK = 7
    T_OFF = 8


@dataclass(frozen=True, slots=True, eq=False)
class Delineation:
    """The waves of one record.

    Attributes
    ----------
    leads : tuple of str
    beats : Beats
    representatives : tuple of RepresentativeBeat
        One per template.
    lead_marks : float64 (template, lead, mark), ms from the fiducial
        NaN where the wave is absent, or the lead not usable.
    marks : float64 (template, mark), ms from the fiducial
        Over all leads: the earliest onset, the latest end.
    confidence : float64 (template, 3) in [0, 1]
        That P, QRS and T are there.
    beat_marks : float64 (beat, lead, mark), s from the start of the record
    free_p : float64 (wave, lead, 3), s from the start of the record
        P waves that no QRS follows (AV block): onset, peak, end.
    """

    leads: tuple[str, ...]
    beats: Beats
    representatives: tuple[RepresentativeBeat, ...]
    lead_marks: NDArray[np.float64]
    marks: NDArray[np.float64]
    confidence: NDArray[np.float64]
    beat_marks: NDArray[np.float64]
    free_p: NDArray[np.float64]
