"""P waves that keep no distance to QRS, as in complete AV block: looked for between T and the next QRS.

A stretch without T and QRS that stands out is taken for a P wave on trial, all others that are like it are collected,
and the trial counts when they march: all lie near multiples of one interval, and few of the places where they should be
seen are empty. The waves of fibrillation neither repeat their shape nor march as slowly.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.analysis_signal import RATE_HZ
from einthoven.ecg.small_arrays import between_samples
from einthoven.ecg.wave_borders import wave_marks
from einthoven.ecg.wave_likeness import STEP, Likeness, likeness, thinned
from einthoven.ecg.wave_search import p_search

__all__ = ["March", "dissociated_p_waves", "marching_p_waves"]

LENGTH = round(0.136 * RATE_HZ / STEP)
"""Steps of a trial: a P wave and what is level around it."""

TRIALS = 5
"""The stretches that stand out most, one from each pause."""

ALIKE = 0.75
SIZES = (0.5, 2.0)
"""What counts as the same wave: correlation, and size as a share of the trial's. With these none of 100 ECGs in atrial
fibrillation has P waves that march, and complete AV block in LUDB (1 to 80) has."""

FEWEST = 5
"""P waves that march; any three would lie near multiples of something."""

INTERVALS_S = (0.4, 1.5)
"""From P to P: 40 to 150 a minute."""

INTERVAL_STEP_S = 0.004

LARGEST_ERROR_S = 0.045
"""Root mean square distance from the march; sinus arrhythmia of a few per cent stays within."""

LEAST_SEEN = 0.7
"""Of the P waves that should be seen between T and QRS."""


AROUND = round(0.06 * RATE_HZ)
"""Samples before and behind the trial that belong to the picture of the wave."""


class March(NamedTuple):
    """P waves that march: where those that are seen begin, float64 (wave,) samples, and the interval, samples."""

    starts: NDArray[np.float64]
    interval: float


def dissociated_p_waves(
    signal: NDArray[np.float32], leads: tuple[str, ...], pauses: NDArray[np.float64], *, weights: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Return float64 (wave, lead, 3), samples: onset, peak and end of P waves that march through; those that are seen.

    Parameters
    ----------
    signal : float32 (lead, sample)
    leads : tuple of str
    pauses : float64 (pause, 2)
        From the end of each T wave to the next onset of QRS, in samples.
    weights : float32 (lead,)
        Lower for leads with more noise.
    """
    nothing = np.empty((0, len(leads), 3))
    march = marching_p_waves(thinned(signal) * weights[:, None], pauses)
    if march is None:
        return nothing
    width = LENGTH * STEP + 2 * AROUND
    firsts = np.rint(march.starts).astype(np.int64) - AROUND
    inside = [first for first in firsts.tolist() if 0 <= first <= signal.shape[1] - width]
    if not inside:
        return nothing
    wave = np.median([signal[:, first : first + width] for first in inside], axis=0).astype(np.float64)
    search = p_search(wave * weights[:, None], qrs_start=float(width - 1), earliest=0.0)
    if search is None:
        return nothing
    marks = wave_marks(wave * weights[:, None], leads, search, "p")
    return marks[None] + firsts[:, None, None]


def marching_p_waves(steps: NDArray[np.float32], pauses: NDArray[np.float64]) -> March | None:
    """Return P waves between T and QRS that are alike and march at their own pace; None when there are none.

    Parameters
    ----------
    steps : float32 (lead, step)
        The record, thinned and weighted.
    pauses : float64 (pause, 2)
        From the end of each T wave to the next onset of QRS, in samples.
    """
    spans = _spans(pauses, n_steps=steps.shape[1])
    best: March | None = None
    for start in _trials(steps, spans):
        starts = _same(likeness(steps, steps[:, start : start + LENGTH]), spans)
        if len(starts) >= FEWEST:
            wave = np.mean([steps[:, round(place) : round(place) + LENGTH] for place in starts], axis=0)
            march = _march(_same(likeness(steps, wave.astype(np.float32)), spans), spans)
            if march is not None and (best is None or march.starts.size > best.starts.size):
                best = march
    return best


def _spans(pauses: NDArray[np.float64], *, n_steps: int) -> list[tuple[int, int]]:
    """Return the first and the last step at which a P wave within each pause may begin."""
    known = pauses[np.isfinite(pauses).all(axis=1)]
    low = np.maximum(np.ceil(known[:, 0] / STEP), 0).astype(np.int64)
    high = np.minimum(np.floor(known[:, 1] / STEP), n_steps).astype(np.int64) - LENGTH
    return [(first, last) for first, last in zip(low.tolist(), high.tolist(), strict=True) if first <= last]


def _trials(steps: NDArray[np.float32], spans: list[tuple[int, int]]) -> list[int]:
    """Return the step at which the stretch that stands out most begins, of the pauses where it does so most."""
    squares = np.concatenate([[0.0], np.cumsum(np.einsum("ls,ls->s", _bent(steps), _bent(steps), dtype=np.float64))])
    energy = squares[LENGTH:] - squares[:-LENGTH]
    highest = [first + int(energy[first : last + 1].argmax()) for first, last in spans]
    return sorted(highest, key=lambda start: -energy[start])[:TRIALS]


def _bent(steps: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the slope: level and slow drift don't stand out."""
    bent: NDArray[np.float32] = np.gradient(steps, axis=1).astype(np.float32)
    return bent


def _same(alike: Likeness, spans: list[tuple[int, int]]) -> list[float]:
    """Return the steps at which the wave begins, the likeliest of each pause first, no two of them overlapping."""
    found: list[float] = []
    for first, last in spans:
        heights = alike.correlation[first : last + 1].copy()
        heights[(alike.size[first : last + 1] < SIZES[0]) | (alike.size[first : last + 1] > SIZES[1])] = 0
        while heights.size and heights.max() >= ALIKE:
            at = int(heights.argmax())
            found.append(between_samples(alike.correlation, first + at))
            heights[max(0, at - LENGTH) : at + LENGTH] = 0
    return sorted(found)


def _march(starts: list[float], spans: list[tuple[int, int]]) -> March | None:
    """Return the march on which the starts lie, if they do."""
    if len(starts) < FEWEST:
        return None
    places = np.array(starts) * STEP / RATE_HZ
    intervals = np.arange(INTERVALS_S[0], INTERVALS_S[1], INTERVAL_STEP_S)
    turns = np.exp(2j * np.pi * places / intervals[:, None])  # places on a circle of one interval
    together = np.abs(turns.mean(axis=1))
    good = np.flatnonzero(_error_s(together, intervals) <= LARGEST_ERROR_S)
    # half the interval explains the places as well, but leaves every other one empty
    for choice in good[np.argsort(-together[good])].tolist():
        interval = float(intervals[choice])
        phase = float(np.angle(turns[choice].mean())) / (2 * np.pi) * interval
        if len(starts) >= LEAST_SEEN * _expected(interval, phase, spans):
            return March(np.array(starts) * STEP, interval * RATE_HZ)
    return None


def _error_s(together: NDArray[np.float64], intervals: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the circular standard deviation of places around the march, in seconds."""
    spread = np.sqrt(-2 * np.log(np.clip(together, 1e-12, 1)))
    error: NDArray[np.float64] = spread * intervals / (2 * np.pi)
    return error


def _expected(interval_s: float, phase_s: float, spans: list[tuple[int, int]]) -> int:
    """Return how many P waves of a march begin within the spans."""
    step_s = STEP / RATE_HZ
    count = 0
    for first, last in spans:
        lowest = np.ceil((first * step_s - phase_s) / interval_s)
        highest = np.floor((last * step_s - phase_s) / interval_s)
        count += max(0, int(highest - lowest) + 1)
    return count
