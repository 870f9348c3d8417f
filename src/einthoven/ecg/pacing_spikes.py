"""Spikes of a pacemaker: narrower than anything the heart does, with silence before them.

In the 0.5 to 100 Hz band a pulse of 0.4 to 2 ms is a blip of 10 ms, whose fourth difference dwarfs that of QRS. What
tells it from the notch of a narrow QRS is what came before: a spike stands on a quiet line, the notch on a slope.
The numbers below find three spikes or more in each of the 16 paced records of PTB-XL (1 to 500), LUDB (1 to 80) and
CinC 2011 set A, and two or more in 13 of the 864 others.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.qrs_activity import TINY

__all__ = ["pacing_spikes", "without_spikes"]

Floats = NDArray[np.float32]

LEAST_CONTRAST = 25.0
"""Fourth difference over its median in the record; spikes have 30 to 1,000."""

LEAST_LONELINESS = 3.5
"""Fourth difference over the largest but three within 18 to 44 ms on either side."""

FEWEST_SURE, SHARE_OF_OTHERS, LONELINESS_OF_ANOTHER, MOST_BEFORE_ANOTHER = 4, 0.4, 2.5, 0.4
"""Spikes after which another of 0.4 of their height passes with less loneliness and silence: a pacemaker stays."""

LEAST_NARROWNESS = 0.55
"""Fourth over second difference: 0.8 to 1.6 in spikes, 0.3 to 0.5 in most narrow QRS."""

NARROWNESS_FOR_NOISE = 4.0
"""How much narrower a spike has to be, the less silent it was before."""

LEAST_HEIGHT = 0.2
"""Second difference over that of the usual steepest point in 2 s (a spike or a QRS)."""

USUAL_BEFORE, MOST_BEFORE = 0.08, 0.25
"""Slope within 18 to 42 ms before over that of QRS; in most spikes and in all of them. The median before the notches of
QRS is 0.66."""

RING = range(9, 23)
"""Samples on either side among which a spike is alone: nearer, a recorder of 250 Hz rings."""

RING_OFFSETS = np.array([*(-step for step in RING), *RING])
LARGEST_BUT = 4
"""Rank within the ring that counts: the highest three may belong to the first notch of QRS."""

SILENCE = range(9, 22)
"""Samples before a spike in which nothing moves, 18 to 42 ms."""

CLUSTER = 10
"""Samples, 20 ms: peaks that are closer are one spike."""

QRS = 25
"""Samples, 50 ms, over which the slope of QRS is taken."""

BLOCK = 1000
"""Samples, 2 s: holds a beat from 30 a minute on."""

BLANK = 10
"""Samples on either side that a spike spoils, 20 ms: the filters of recorder and analysis ring."""


def pacing_spikes(signal: Floats, weight: Floats) -> NDArray[np.float64]:
    """Return the samples at which pacing spikes stand, ascending; float64 (spike,).

    Parameters
    ----------
    signal : float32 (lead, sample) at ``RATE_HZ``
        Band-passed up to 100 Hz: a record that was sampled at less than 250 Hz shows no spikes.
    weight : float32 (lead,)
        What each lead's amplitude is worth (``QrsActivity.scale`` times its weight).
    """
    if signal.shape[1] < 4 * RING.stop or not weight.any():
        return np.zeros(0)
    fourth_size = weight @ _fourth_difference(signal)  # around sample k + 2
    at, loneliness = _lonely_peaks(fourth_size)
    narrowness = _narrowness(signal, weight, at, fourth_size)
    narrow = narrowness >= LEAST_NARROWNESS
    if not narrow.any():
        return np.zeros(0)
    at, loneliness, narrowness = at[narrow], loneliness[narrow], narrowness[narrow]
    first = signal[:, 1:] - signal[:, :-1]  # between samples k and k + 1
    second_size = weight @ np.abs(first[:, 1:] - first[:, :-1])  # around sample k + 1
    first_size = weight @ np.abs(first, out=first)
    height = second_size[at + 1] / _typical_peak(second_size)
    over_qrs = np.convolve(first_size, np.full(QRS, 1 / QRS), "same")
    before = first_size[at[:, None] + 2 - np.array(SILENCE)].mean(axis=1) / _typical_peak(over_qrs)
    sure = (loneliness >= LEAST_LONELINESS) & (height >= LEAST_HEIGHT) & (before <= MOST_BEFORE)
    sure &= narrowness >= LEAST_NARROWNESS + NARROWNESS_FOR_NOISE * np.maximum(before - USUAL_BEFORE, 0)
    if sure.sum() >= FEWEST_SURE:
        sure |= (height >= SHARE_OF_OTHERS * np.median(height[sure])) & (before <= MOST_BEFORE_ANOTHER)
    spikes: NDArray[np.float64] = at[sure].astype(np.float64) + 2
    return spikes


def without_spikes(signal: Floats, spikes: NDArray[np.float64]) -> Floats:
    """Return the signal with a straight line in place of each spike; the very same array where there are none."""
    if spikes.size == 0:
        return signal
    cleaned = signal.copy()
    last = signal.shape[1] - 1
    for spike in np.rint(spikes).astype(np.int64).tolist():
        start, stop = max(spike - BLANK, 0), min(spike + BLANK, last)
        ends = cleaned[:, [start, stop]]
        rise = np.linspace(0, 1, stop - start + 1, dtype=np.float32)
        cleaned[:, start : stop + 1] = ends[:, :1] + np.outer(ends[:, 1] - ends[:, 0], rise)
    return cleaned


def _fourth_difference(signal: Floats) -> Floats:
    """Return float32 (lead, sample - 4): its size. Two buffers take turns: a new one would cost more than the rest."""
    n = signal.shape[1]
    one, other = np.empty((2, signal.shape[0], n - 1), dtype=np.float32)
    np.subtract(signal[:, 1:], signal[:, :-1], out=one)
    np.subtract(one[:, 1:], one[:, :-1], out=other[:, : n - 2])
    np.subtract(other[:, 1 : n - 2], other[:, : n - 3], out=one[:, : n - 3])
    np.subtract(one[:, 1 : n - 3], one[:, : n - 4], out=other[:, : n - 4])
    size: Floats = np.abs(other[:, : n - 4], out=other[:, : n - 4])
    return size


def _narrowness(signal: Floats, weight: Floats, at: NDArray[np.int64], fourth_size: Floats) -> Floats:
    """Return float32 (candidate,): a blip lies between samples, so the mean of three second differences is taken."""
    near = signal[:, at[:, None] + np.arange(5)]
    second = np.abs(near[..., 2:] - 2 * near[..., 1:-1] + near[..., :-2]).sum(axis=2)
    narrowness: Floats = 2 * fourth_size[at] / np.maximum(weight @ second, TINY)
    return narrowness


def _lonely_peaks(size: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Return where the curve peaks high above its background, and over what is near (at least 2.5 times)."""
    ordered = np.sort(size[::4])
    there = int(np.searchsorted(ordered, 0, side="right"))  # zeros are lost, not silent
    background = ordered[min((there + ordered.size) // 2, ordered.size - 1)]
    # silence before a spike must have been recorded; what follows may lie beyond the end
    high = np.flatnonzero(size[RING.stop : -1] > LEAST_CONTRAST * background) + RING.stop
    high = high[(size[high] > size[high - 1]) & (size[high] >= size[high + 1])]
    ring = np.sort(size[np.minimum(high[:, None] + RING_OFFSETS, size.size - 1)], axis=1)[:, -LARGEST_BUT]
    loneliness = size[high] / np.maximum(np.maximum(ring, background), TINY)
    lonely = loneliness >= LONELINESS_OF_ANOTHER
    high, loneliness = high[lonely], loneliness[lonely]
    highest = _highest_of_each_cluster(size[high], high)
    return high[highest], loneliness[highest]


def _highest_of_each_cluster(size: Floats, at: NDArray[np.int64]) -> list[int]:
    """Return the indices into ``at`` of one peak for each spike."""
    highest: list[int] = []
    previous = -CLUSTER - 1
    for k, (sample, height) in enumerate(zip(at.tolist(), size.tolist(), strict=True)):
        if sample - previous > CLUSTER:
            highest.append(k)
        elif height > size[highest[-1]]:
            highest[-1] = k
        previous = sample
    return highest


def _typical_peak(size: Floats) -> float:
    """Return the (lower) median over blocks of 2 s of the largest value."""
    length = min(size.size, BLOCK)
    peaks = np.sort(size[: size.size // length * length].reshape(-1, length).max(axis=1))
    return float(peaks[(peaks.size - 1) // 2])
