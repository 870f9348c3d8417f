"""The median over the beats that look alike: the beat on which waves are measured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.analysis_signal import RATE_HZ, AnalysisSignal
from einthoven.ecg.beats import Beats
from einthoven.ecg.pacing_spikes import without_spikes

__all__ = [
    "AFTER",
    "BEFORE",
    "RepresentativeBeat",
    "representative_beat",
    "representative_beats",
    "stacked_beats",
]

BEFORE = round(0.5 * RATE_HZ)
"""Samples before the fiducial: a PR interval of 0.35 s, the P wave's onset and some level line before."""

AFTER = round(0.7 * RATE_HZ)
"""Samples behind it: the QT interval of a slow heart."""

MOST_BEATS = 64
"""Of a template in a long record: the standard error has fallen to an eighth, and memory stays flat."""

FEW_BEATS = 32
"""Up to so many are sorted by comparing neighbours."""

NOISE_STEP = 12
"""Every so many samples are enough for the spread about the median."""

SPREAD_TO_ERROR = 1.4826 * 1.2533
"""Standard error of a median from the median absolute deviation of a normal distribution, times the root of n."""


@dataclass(frozen=True, slots=True, eq=False)
class RepresentativeBeat:
    """The median beat of one template.

    Attributes
    ----------
    signal : float32 (lead, sample) at ``analysis_signal.RATE_HZ``, unit of the record
    fiducial : int
        Sample of the beats' fiducial.
    beats : int64 (n,)
        Indices of the beats it was made of.
    noise : float32 (lead,), unit of the record
        Standard error of the median; of a single beat, NaN.
    """

    signal: NDArray[np.float32]
    fiducial: int
    beats: NDArray[np.int64]
    noise: NDArray[np.float32]


def representative_beats(analysis: AnalysisSignal, beats: Beats) -> tuple[RepresentativeBeat, ...]:
    """Return the median beat of each template, the dominant one first.

    Beats that the record cuts off give what is there of them. A beat of a very long record's template is left out where
    there are more than 64: those that remain are spread over the whole.
    """
    n_templates = int(beats.template.max(initial=-1)) + 1
    signal = without_spikes(analysis.signal, beats.spikes)
    return tuple(representative_beat(signal, beats, np.flatnonzero(beats.template == k)) for k in range(n_templates))


def representative_beat(signal: NDArray[np.float32], beats: Beats, members: NDArray[np.int64]) -> RepresentativeBeat:
    """Return the median of some beats.

    Parameters
    ----------
    signal : float32 (lead, sample)
        Without spikes.
    beats : Beats
    members : int64 (n,)
        Indices of the beats.
    """
    if members.size > MOST_BEATS:
        members = members[np.linspace(0, members.size - 1, MOST_BEATS).round().astype(np.int64)]
    stack = stacked_beats(signal, beats.sample[members])
    median = _median(stack)
    return RepresentativeBeat(median, BEFORE, members, _noise(stack, median))


def stacked_beats(signal: NDArray[np.float32], fiducials: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return float32 (beat, lead, sample): each beat from ``BEFORE`` to ``AFTER``; NaN beyond the record.

    Fiducials may lie between samples: beats are interpolated by a cubic, so that nothing jumps where one is rounded.

    Parameters
    ----------
    signal : float32 (lead, sample)
    fiducials : float64 (beat,), samples
    """
    width = BEFORE + AFTER + 1
    stack = np.empty((fiducials.size, signal.shape[0], width), dtype=np.float32)
    whole = np.floor(fiducials).astype(np.int64)
    weights = _cubic(fiducials - whole)
    for beat, start, weight in zip(stack, (whole - BEFORE).tolist(), weights, strict=True):
        low, high = max(0, 1 - start), min(width, signal.shape[1] - 2 - start)
        beat[:, : max(low, 0)] = np.nan
        beat[:, max(high, 0) :] = np.nan
        if low < high:
            inside = beat[:, low:high]
            np.multiply(signal[:, start + low : start + high], weight[1], out=inside)
            for step in (-1, 1, 2):
                inside += signal[:, start + low + step : start + high + step] * weight[step + 1]
    return stack


def _cubic(part: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return float32 (place, 4): Lagrange's weights of the samples at -1, 0, 1 and 2 for a place in [0, 1)."""
    before, behind, last = part + 1, part - 1, part - 2
    weights = [
        -part * behind * last / 6,
        before * behind * last / 2,
        -before * part * last / 2,
        before * part * behind / 6,
    ]
    return np.stack(weights, axis=1).astype(np.float32)


def _median(stack: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the median over the beats; where no beat is recorded, the nearest sample that is."""
    there = np.isfinite(stack[:, 0])
    if there.all():
        ascending = _ascending(stack)
        middle: NDArray[np.float32] = (ascending[(len(stack) - 1) // 2] + ascending[len(stack) // 2]) * np.float32(0.5)
        return middle
    ascending = _ascending(np.where(there[:, None], stack, np.float32(np.inf)))
    count, samples = there.sum(axis=0), np.arange(there.shape[1])
    low, high = np.maximum(count - 1, 0) // 2, np.minimum(count // 2, len(stack) - 1)
    middle = (ascending[low, :, samples] + ascending[high, :, samples]).T * np.float32(0.5)
    covered = np.flatnonzero(count > 0)
    return np.ascontiguousarray(middle[:, np.clip(samples, covered[0], covered[-1])])


def _ascending(stack: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the stack sorted over the beats: few whole beats are compared faster than many samples sorted."""
    if len(stack) > FEW_BEATS:
        return np.sort(stack, axis=0)
    lower, higher = stack.copy(), np.empty(stack.shape[1:], dtype=np.float32)
    for turn in range(len(stack)):  # odd-even transposition: n turns sort n rows
        for one in range(turn % 2, len(stack) - 1, 2):
            np.maximum(lower[one], lower[one + 1], out=higher)
            np.minimum(lower[one], lower[one + 1], out=lower[one])
            lower[one + 1] = higher
    return lower


def _noise(stack: NDArray[np.float32], median: NDArray[np.float32]) -> NDArray[np.float32]:
    n_beats, n_leads, _ = stack.shape
    if n_beats < 2:
        return np.full(n_leads, np.nan, dtype=np.float32)
    away = np.abs(stack[:, :, ::NOISE_STEP] - median[:, ::NOISE_STEP])
    away = away[:, :, np.isfinite(away[:, 0]).all(axis=0)].transpose(1, 0, 2).reshape(n_leads, -1)
    if away.shape[1] == 0:
        return np.full(n_leads, np.nan, dtype=np.float32)
    spread = np.sort(away, axis=1)[:, away.shape[1] // 2]
    # two beats lie on both sides of their median, three have one on it: the spread is too small by the degrees lost
    error: NDArray[np.float32] = spread * np.float32(SPREAD_TO_ERROR / np.sqrt(n_beats - 1))
    return error
