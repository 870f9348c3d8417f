"""How QRS looks in each lead beyond its deflections: peak time, breadth, notches, and what comes last."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.analysis_signal import SAMPLE_MS

__all__ = ["NOTCH_SHARE", "TERMINAL_MS", "count_notches", "half_width", "highest_point", "net_area", "terminal_area"]

TERMINAL_MS = 40
"""The terminal forces of bundle branch block (Surawicz et al. 2009, doi:10.1161/CIRCULATIONAHA.108.191095)."""

NOTCH_SHARE = 0.05
"""Of the height of QRS: half a millimetre on paper where it is 1 mV high, the least that a reader sees."""


def highest_point(qrs: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return float64 (lead,), samples from the onset: the peak of QRS, between samples by a parabola.

    Parameters
    ----------
    qrs : float32 (lead, sample)
        At least 3 samples, 0 is the level before QRS.
    """
    n_leads, n = qrs.shape
    peak = qrs.argmax(axis=1)
    inner = np.minimum(np.maximum(peak, 1), n - 2)
    at = np.arange(0, n_leads * n, n) + inner
    level = qrs.ravel()
    before, after = level[at - 1], level[at + 1]
    curvature = before - 2 * level[at] + after
    is_peak = (curvature < 0) & (peak == inner)
    found: NDArray[np.float64] = peak.astype(np.float64)
    found[is_peak] += (0.5 * (before - after))[is_peak] / curvature[is_peak]
    return found


def half_width(
    qrs: NDArray[np.float32], highest: NDArray[np.float32], lowest: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Return float64 (lead,), ms: the time that QRS spends beyond half of its largest amplitude, on the same side.

    Parameters
    ----------
    qrs : float32 (lead, sample)
    highest, lowest : float32 (lead,)
        Its extremes.
    """
    largest = np.where(highest >= -lowest, highest, lowest)
    # a step across half of the amplitude counts by the part of it beyond
    share = qrs / np.where(largest == 0, 1, largest)[:, np.newaxis]
    higher, lower = np.maximum(share[:, 1:], share[:, :-1]), np.minimum(share[:, 1:], share[:, :-1])
    inside = np.minimum(np.maximum((higher - 0.5) / np.maximum(higher - lower, 1e-6), 0), 1)
    width: NDArray[np.float64] = inside.sum(axis=1, dtype=np.float64) * SAMPLE_MS
    return width


def count_notches(
    qrs: NDArray[np.float32], smallest: NDArray[np.float32], n_deflections: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return int64 (lead,): turning points beyond the one that each deflection has, in pairs.

    A turning point counts when the slopes on both sides of it climb or fall by more than ``smallest``.

    Parameters
    ----------
    qrs : float32 (lead, sample)
    smallest : float32 (lead,)
        Depth from which a notch counts.
    n_deflections : int64 (lead,)

    Examples
    --------
    >>> notched = np.array([[0, 4, 8, 6, 8, 4, 0, -3, 0]], dtype=np.float32)
    >>> count_notches(notched, np.array([1.0], dtype=np.float32), np.array([2])).tolist()
    [1]
    """
    n_leads, n = qrs.shape
    steps = qrs[:, 1:] - qrs[:, :-1]
    rises = steps > 0
    starts = np.ones(steps.shape, dtype=bool)
    starts[:, 1:] = rises[:, 1:] != rises[:, :-1]
    at = np.flatnonzero(starts)
    climb = np.add.reduceat(steps.ravel(), at)
    lead = at // (n - 1)
    large = np.abs(climb) > smallest[lead]
    lead, upward = lead[large], climb[large] > 0
    turns = (lead[1:] == lead[:-1]) & (upward[1:] != upward[:-1])
    n_turns = np.bincount(lead[1:][turns], minlength=n_leads)
    notches: NDArray[np.int64] = np.maximum(n_turns - n_deflections, 0) // 2
    return notches


def net_area(wave: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return float64 (lead,), unit of the signal times ms: the integral, what lies below 0 negative (trapezoids)."""
    ends = 0.5 * (wave[:, 0] + wave[:, -1])
    area: NDArray[np.float64] = (wave.sum(axis=1, dtype=np.float64) - ends) * SAMPLE_MS
    return area


def terminal_area(qrs: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return float64 (lead,), unit of the signal times ms: the net area of the last ``TERMINAL_MS`` of QRS."""
    return net_area(qrs[:, -(int(TERMINAL_MS / SAMPLE_MS) + 1) :])
