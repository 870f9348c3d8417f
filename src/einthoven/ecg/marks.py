"""Names of the marks of a beat: where P, QRS and T begin, peak and end."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

__all__ = ["Mark", "put_in_order"]


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


def put_in_order(marks: NDArray[np.float64]) -> None:
    """Let P end where QRS begins, and T begin where it ends, with peaks between; in place, NaN stays.

    A P wave that would begin within QRS is taken away, and so is a wave of which a mark is missing.

    Parameters
    ----------
    marks : float64 (..., lead, 9)
        On any one line of time.
    """
    p, qrs, t = marks[..., :3], marks[..., 3:6], marks[..., 6:]
    p[p[..., 0] >= qrs[..., 0]] = np.nan
    p[..., 2] = np.fmin(p[..., 2], qrs[..., 0])
    p[..., 1] = np.clip(p[..., 1], p[..., 0], p[..., 2])
    t[..., 0] = np.fmax(t[..., 0], qrs[..., 2])
    t[..., 1] = np.maximum(t[..., 1], t[..., 0])
    t[..., 2] = np.maximum(t[..., 2], t[..., 1])
    for wave in (p, qrs, t):
        wave[np.isnan(wave).any(axis=-1)] = np.nan
