"""Names of the marks of a beat: where P, QRS and T begin, peak and end."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["Mark"]


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
