"""Where the ventricles depolarise: the peaks of the activity curve that are QRS complexes.

As the record is there as a whole, thresholds look both ways and need no time to learn. P and T waves are told by height
and sharpness, missed beats are searched for again (Pan and Tompkins 1985, doi:10.1109/TBME.1985.325532).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.qrs_activity import (
    BLOCK_S,
    COARSE_RATE_HZ,
    GROUP,
    SMOOTHED,
    TINY,
    QrsActivity,
)

__all__ = ["MISSED_RR", "detect_qrs"]

Floats = NDArray[np.float32]

NEIGHBOURHOOD = 12
"""Coarse samples on each side among which a candidate is the highest."""

VALLEY = range(6, 26)
"""Coarse samples, 48 to 200 ms, from a candidate: where the curve falls to the ground on either side of a beat."""

REFRACTORY_S = 0.2
"""No two beats are closer (Pan and Tompkins 1985)."""

LOWEST_SHARE = 0.35
"""Of the level of the beats around: what a beat reaches at least."""

SEARCH_BACK_SHARE = 0.2
"""The same where a beat is missed."""

MISSED_RR = 1.66
"""Of the median interval, from which on a beat is missed (Pan and Tompkins 1985)."""

MISSED_SHARPNESS = 0.7
"""Of the median sharpness of the beats: what a P or T wave in a gap does not reach."""

FEWEST_FOR_SEARCH_BACK = 4
"""Beats without which there is no usual interval."""

BLOCKS_AROUND = 5
"""Of 2 s, in which the level of the beats is taken."""

LOWEST_LEVEL = 0.3
"""Of the level in the whole record: where leads are off for seconds."""

SATELLITE_S = 0.36
"""From P or T to QRS, where a beat would have half of its height at least."""

SATELLITE_SHARE = 0.5
"""Of the height of a QRS: what P waves and atrial spikes do not exceed."""

T_WAVE_S = 0.48
"""From QRS to the steepest part of T, at most."""

T_WAVE_SHARE = 0.8
"""Of the height of the QRS before: what a T wave does not exceed."""

SURE_T_WAVE_SHARE = 0.35
"""The same, below which it is a T wave however sharp it looks."""

T_WAVE_LIKENESS = 0.95
"""Sharpness plus ``T_WAVE_SLOPE`` times height, both over those of the QRS before: what a T wave does not exceed. The
T waves of LUDB (1 to 80) that reach a third of the height of QRS are about half as sharp."""

T_WAVE_SLOPE = 0.45


def detect_qrs(activity: QrsActivity) -> NDArray[np.float64]:
    """Return the middle of each QRS in samples at ``RATE_HZ``, right to about 20 ms; float64 (beat,), ascending."""
    candidate = _candidates(activity)
    height = _prominence(activity.height, candidate) / _level(
        activity.height, candidate, standstill=activity.standstill
    )
    large = height >= SEARCH_BACK_SHARE
    candidate = candidate[large]
    seen = _Seen(candidate.tolist(), height[large].tolist(), _sharpness(activity.slope, candidate).tolist())
    beats = _apart(seen, [k for k, share in enumerate(seen.share) if share >= LOWEST_SHARE])
    beats = _without_t_waves(seen, _without_satellites(seen, beats))
    beats = _with_missed(seen, beats)
    middle: NDArray[np.float64] = _between_samples(activity.height, candidate[beats]) * GROUP + (GROUP - 1) / 2
    return middle


@dataclass(frozen=True, slots=True)
class _Seen:
    """The candidates: coarse sample, height as a share of the beats around, sharpness."""

    sample: list[int]
    share: list[float]
    sharpness: list[float]


def _candidates(activity: QrsActivity) -> NDArray[np.int64]:
    """Return the coarse samples that are the highest of their neighbourhood."""
    height = activity.height
    inner = height[1:-1]
    peaks = np.flatnonzero((inner > height[:-2]) & (inner >= height[2:])) + 1
    around = _around(-height, peaks, range(-NEIGHBOURHOOD, NEIGHBOURHOOD + 1))
    highest: NDArray[np.int64] = peaks[(around.min(axis=1) == -height[peaks]) & activity.seen[peaks]]
    return highest


def _around(height: Floats, at: NDArray[np.int64], offsets: range) -> Floats:
    """Return float32 (candidate, offset): the curve around each candidate, infinite beyond the record."""
    edge = np.full(VALLEY.stop, np.inf, np.float32)
    padded = np.concatenate([edge, height, edge])
    around: Floats = padded[at[:, None] + np.arange(VALLEY.stop + offsets[0], VALLEY.stop + offsets[-1] + 1)]
    return around


def _prominence(height: Floats, at: NDArray[np.int64]) -> Floats:
    """Return float32 (candidate,): how far each rises above the valleys beside it, which noise fills."""
    before = _around(height, at, range(1 - VALLEY.stop, 1 - VALLEY.start)).min(axis=1, initial=np.inf)
    after = _around(height, at, VALLEY).min(axis=1, initial=np.inf)
    # where the record ends before a valley, the one on the other side stands for both
    valley = (np.where(np.isinf(before), after, before) + np.where(np.isinf(after), before, after)) / 2
    prominence: Floats = height[at] - valley
    return prominence


def _level(height: Floats, at: NDArray[np.int64], *, standstill: bool) -> Floats:
    """Return float32 (candidate,): how high the beats within about 5 s are."""
    length = min(height.size, round(BLOCK_S * COARSE_RATE_HZ))
    peaks = height[: height.size // length * length].reshape(-1, length).max(axis=1)
    span = min(BLOCKS_AROUND, peaks.size)
    windows = np.arange(peaks.size - span + 1)[:, None] + np.arange(span)
    around = np.sort(peaks[windows], axis=1)[:, (span - 1) // 2]
    there = np.sort(peaks[peaks > 0])
    least = LOWEST_LEVEL * there[(there.size - 1) // 2] if there.size else 1
    if standstill:
        least = there[-2]
    level: Floats = np.maximum(around, least)[np.minimum(np.maximum(at // length - span // 2, 0), around.size - 1)]
    return level


def _sharpness(slope: Floats, at: NDArray[np.int64]) -> Floats:
    """Return float32 (candidate,): how fast the slope changes in 16 ms relative to the slope itself."""
    n = slope.shape[1]
    window = np.minimum(np.maximum(at[:, None] + np.arange(-SMOOTHED // 2, SMOOTHED // 2 + 2), 0), n - 1)
    around = slope[:, window]
    change = np.abs(around[..., 2:] - around[..., :-2]).sum(axis=(0, 2))
    size = np.abs(around[..., 1:-1]).sum(axis=(0, 2))
    sharp: Floats = change / np.maximum(size, TINY)
    return sharp


def _apart(seen: _Seen, chosen: list[int]) -> list[int]:
    """Return the chosen but the lower of two that are too close."""
    kept: list[int] = []
    for k in chosen:
        if kept and seen.sample[k] - seen.sample[kept[-1]] < REFRACTORY_S * COARSE_RATE_HZ:
            if seen.share[k] <= seen.share[kept[-1]]:
                continue
            kept.pop()
        kept.append(k)
    return kept


def _without_satellites(seen: _Seen, chosen: list[int]) -> list[int]:
    """Return the chosen but those with a much higher one close by: P waves and their spikes, and most T waves."""
    near = SATELLITE_S * COARSE_RATE_HZ
    lonely = []
    for place, k in enumerate(chosen):
        beside = chosen[max(place - 1, 0) : place] + chosen[place + 1 : place + 2]
        higher = [b for b in beside if seen.share[k] < SATELLITE_SHARE * seen.share[b]]
        if not any(abs(seen.sample[b] - seen.sample[k]) < near for b in higher):
            lonely.append(k)
    return lonely


def _without_t_waves(seen: _Seen, chosen: list[int]) -> list[int]:
    kept: list[int] = []
    for k in chosen:
        if not (kept and _is_t_wave(seen, k, kept[-1])):
            kept.append(k)
    return kept


def _is_t_wave(seen: _Seen, k: int, qrs: int) -> bool:
    height = seen.share[k] / seen.share[qrs]
    sharpness = seen.sharpness[k] / max(seen.sharpness[qrs], TINY)
    near = seen.sample[k] - seen.sample[qrs] < T_WAVE_S * COARSE_RATE_HZ
    blunt = height < T_WAVE_SHARE and sharpness + T_WAVE_SLOPE * height < T_WAVE_LIKENESS
    return near and (blunt or height < SURE_T_WAVE_SHARE)


def _with_missed(seen: _Seen, chosen: list[int]) -> list[int]:
    """Return the beats and, in each gap, the highest candidate that is as sharp as they are."""
    if len(chosen) < FEWEST_FOR_SEARCH_BACK:
        return chosen
    at = [seen.sample[k] for k in chosen]
    longest = MISSED_RR * median(after - before for before, after in pairwise(at))
    sharp = MISSED_SHARPNESS * median(seen.sharpness[k] for k in chosen)
    apart = REFRACTORY_S * COARSE_RATE_HZ
    found = []
    for before, after in pairwise(chosen):
        if seen.sample[after] - seen.sample[before] <= longest:
            continue
        between = [
            k
            for k in range(before + 1, after)
            if seen.sharpness[k] >= sharp
            and seen.sample[k] - seen.sample[before] >= apart
            and seen.sample[after] - seen.sample[k] >= apart
        ]
        if between:
            found.append(max(between, key=seen.share.__getitem__))
    return sorted(chosen + found)


def _between_samples(height: Floats, at: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return where the parabola through the three highest samples peaks."""
    before, here, after = _around(height, at, range(-1, 2)).astype(np.float64).T
    bend = before - 2 * here + after
    step = np.divide(before - after, 2 * bend, out=np.zeros_like(bend), where=bend < 0)
    peak: NDArray[np.float64] = at + np.minimum(np.maximum(step, -0.5), 0.5)
    return peak
