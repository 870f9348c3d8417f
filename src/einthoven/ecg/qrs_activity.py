"""How much each moment looks like QRS: one curve over all leads.

The curve is the classical one, the slope of the ECG smoothed over a QRS (Pan and Tompkins 1985,
doi:10.1109/TBME.1985.325532), summed over the leads as a spatial velocity. Each lead is divided by its own typical QRS
slope and weighted by how far that stands out from the lead's own background, so that no unit enters, a noisy lead says
little, and a burst in one lead is worth no more than a beat in it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.analysis_signal import RATE_HZ

__all__ = ["BLOCK_S", "COARSE_RATE_HZ", "GROUP", "SMOOTHED", "STANDSTILL", "TINY", "QrsActivity", "qrs_activity"]

Floats = NDArray[np.float32]

TINY = float(np.finfo(np.float32).tiny)

GROUP = 4
"""Samples that make a coarse one: their mean."""

COARSE_RATE_HZ = RATE_HZ / GROUP
"""125 Hz: the energy of QRS lies at 5 to 25 Hz (Thakor et al. 1984, doi:10.1109/TBME.1984.325393)."""

BLOCK_S = 2.0
"""Holds at least one beat from 30 a minute on."""

STANDSTILL = 2.5
"""Of the second steepest block to the median block, median over the leads: P waves that go on without QRS have a
quarter of its slope. Of 983 ECGs of CinC 2011, LUDB, PTB-XL and others it changes the beats of 3, all unreadable."""

USUAL_CONTRAST = 20.0
"""Of a lead's QRS slope over its median slope, at which it has half the weight of a perfect lead; noise alone has 4 to
5.5, 99 % of the leads of LUDB (records 1 to 80) have more than 17, half of them more than 87."""

MOST_OF_A_BEAT = 1.5
"""At which slope a lead is cut, in its typical QRS slopes."""

SMOOTHED = 11
"""Coarse samples, 88 ms: as long as a QRS, so that a notched one has one peak."""


@dataclass(frozen=True, slots=True, eq=False)
class QrsActivity:
    """What detection and templates look at.

    Attributes
    ----------
    slope : float32 (lead, sample) at ``COARSE_RATE_HZ``
        In typical QRS slopes of the lead, 1.5 at most, times the lead's weight; zero where the signal is lost.
    weight : float32 (lead,) in [0, 1]
        How far the lead's QRS stands out.
    scale : float32 (lead,)
        One over the lead's typical QRS slope (per coarse sample); zero for a lead without any.
    height : float32 (sample,) at ``COARSE_RATE_HZ``
        Smoothed over a QRS; about 0.5 in a typical one.
    seen : bool (sample,) at ``COARSE_RATE_HZ``
        False where the leads that matter are lost.
    standstill : bool
        P waves go on for most of the record where QRS is missing.
    """

    slope: Floats
    weight: Floats
    scale: Floats
    height: Floats
    seen: NDArray[np.bool_]
    standstill: bool = False


def qrs_activity(signal: NDArray[np.float32], lost: NDArray[np.bool_]) -> QrsActivity:
    """Return how much each moment looks like QRS.

    Parameters
    ----------
    signal : float32 (lead, sample) at ``RATE_HZ``, any unit
    lost : bool (lead, sample)
    """
    n = signal.shape[1] // GROUP
    coarse = signal[:, : n * GROUP].reshape(signal.shape[0], n, GROUP) @ np.full(GROUP, 1 / GROUP, dtype=np.float32)
    slope = np.zeros_like(coarse)
    np.subtract(coarse[:, 2:], coarse[:, :-2], out=slope[:, 1:-1])
    seen = ~_any_of_group(lost, n)
    slope *= seen
    size = np.abs(slope)
    peaks = _block_peaks(size)
    standstill = _is_standstill(peaks)
    typical = peaks[:, -2 if standstill else (peaks.shape[1] - 1) // 2]
    scale = np.divide(1, typical, out=np.zeros_like(typical), where=typical > 0)
    weight = _weight(size, scale, seen)
    total = max(float(weight.sum()), TINY)
    size *= scale[:, None]
    np.minimum(size, MOST_OF_A_BEAT, out=size)
    height = (weight / total) @ size
    share_seen = (weight / total) @ seen
    height /= np.maximum(share_seen, 0.5)
    slope *= scale[:, None]
    np.minimum(slope, MOST_OF_A_BEAT, out=slope)
    np.maximum(slope, -MOST_OF_A_BEAT, out=slope)
    slope *= weight[:, None]
    smooth = np.convolve(height, np.full(SMOOTHED, 1 / SMOOTHED, dtype=np.float32), "same")[:n]
    return QrsActivity(slope, weight, scale, smooth, share_seen > 0.25, standstill)


def _any_of_group(lost: NDArray[np.bool_], n: int) -> NDArray[np.bool_]:
    grouped: NDArray[np.bool_] = np.zeros((lost.shape[0], n), dtype=np.bool_)
    if lost.any():
        np.any(lost[:, : n * GROUP].reshape(lost.shape[0], n, GROUP), axis=2, out=grouped)
    return grouped


def _block_peaks(size: Floats) -> Floats:
    """Return float32 (row, block): the largest value of each 2 s, ascending."""
    n = size.shape[1]
    length = min(n, round(BLOCK_S * COARSE_RATE_HZ))
    blocks = n // length
    peaks: Floats = size[:, : blocks * length].reshape(len(size), blocks, length).max(axis=2)
    peaks.sort(axis=1)
    return peaks


def _is_standstill(peaks: Floats) -> bool:
    """Return whether most leads hold something far steeper in two blocks than in the median one.

    Then that is QRS, and the median is P: the ventricles stand still while the atria go on.
    """
    usual = peaks[:, (peaks.shape[1] - 1) // 2]
    if peaks.shape[1] < 3 or not usual.any():
        return False
    there = usual > 0
    return bool(np.median(peaks[there, -2] / usual[there]) > STANDSTILL)


def _weight(size: Floats, scale: Floats, seen: NDArray[np.bool_]) -> Floats:
    every = size[:, ::GROUP].copy()
    every.sort(axis=1)
    lost = every.shape[1] - seen[:, ::GROUP].sum(axis=1)  # zeros, which stand first
    middle = np.minimum((every.shape[1] + lost) // 2, every.shape[1] - 1)
    background = every[np.arange(len(every)), middle] * scale
    weight: Floats = (scale > 0) / (1 + (np.float32(USUAL_CONTRAST) * background) ** 2)
    return weight
