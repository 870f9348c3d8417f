"""Borders and peaks of P, QRS and T in every lead of one representative beat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.analysis_signal import RATE_HZ
from einthoven.ecg.border_features import Activity, BorderSearch, border_features
from einthoven.ecg.border_weights import border_weights
from einthoven.ecg.wave_search import WaveSearch, p_search, qrs_search, t_search

__all__ = ["BeatTiming", "lead_borders"]

LONGEST_QT_SHARE, LONGEST_QT_ANYWAY = 0.62, 0.4
"""T ends before this share of the RR interval, or before this many seconds when the heart is fast."""

T_TO_NEXT_QRS_SHARE, T_TO_NEXT_QRS_S = 0.95, 0.12
"""T ends before this share of the RR interval less this many seconds, where the next P and QRS need room."""

R_SHARE = 0.15
"""The peak of QRS is that of R, unless R is smaller than this share of Q or S."""

P_START_QUANTILE = 0.25
"""Of the leads' QRS onsets: an onset that single leads put too early must not cut P off."""


@dataclass(frozen=True, slots=True)
class BeatTiming:
    """What is around a representative beat, in samples.

    Attributes
    ----------
    fiducial : int
    before, after : float
        Interval from the beat before and to the next one.
    previous_t_end : float, optional
        End of the T wave of the beat before, from that beat's fiducial; None: as in this beat.
    """

    fiducial: int
    before: float
    after: float
    previous_t_end: float | None = None


def lead_borders(
    signal: NDArray[np.float64], leads: tuple[str, ...], timing: BeatTiming, *, weights: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Return float64 (lead, 9): the marks of ``delineation.Mark`` in samples of the beat; NaN where there is no room.

    Whether P and T are there at all is for others to say.

    Parameters
    ----------
    signal : float64 (lead, sample)
        Usable leads alone.
    leads : tuple of str
    timing : BeatTiming
    weights : float32 (lead,)
        Lower for leads with more noise, which would hide a low P wave.
    """
    marks = np.full((len(signal), 9), np.nan)
    qrs = qrs_search(signal, fiducial=timing.fiducial)
    marks[:, 3:6] = _borders(signal, leads, qrs, "qrs")
    start, end = float(np.quantile(marks[:, 3], P_START_QUANTILE)), float(np.median(marks[:, 5]))
    limit = t_limit(timing, n_samples=signal.shape[1])
    t = t_search(signal, qrs_end=round(end), limit=limit)
    if t is not None:
        marks[:, 6:9] = _borders(signal, leads, t, "t")
    t_end = timing.previous_t_end
    if t_end is None:
        t_end = (float(np.median(marks[:, 8])) if t is not None else end) - timing.fiducial
    earliest = timing.fiducial - timing.before + t_end
    weighted = signal * weights[:, None]
    p = p_search(weighted, qrs_start=round(start), earliest=round(earliest))
    if p is not None:
        marks[:, 0:3] = _borders(weighted, leads, p, "p")
    return marks


def t_limit(timing: BeatTiming, *, n_samples: int) -> int:
    """Return the sample before which T ends, by the heart's rate."""
    longest = max(LONGEST_QT_SHARE * timing.after, LONGEST_QT_ANYWAY * RATE_HZ)
    room = T_TO_NEXT_QRS_SHARE * timing.after - T_TO_NEXT_QRS_S * RATE_HZ
    return int(min(n_samples - 2, timing.fiducial + min(longest, room)))


def _borders(signal: NDArray[np.float64], leads: tuple[str, ...], wave: WaveSearch, name: str) -> NDArray[np.float64]:
    """Return float64 (lead, 3): onset, peak and end."""
    last = signal.shape[1] - 1
    onset = np.clip(_border(wave.activity, leads, wave.onset, f"{name}_on"), 0, last - 1)
    offset = np.clip(_border(wave.activity, leads, wave.offset, f"{name}_off"), onset + 1, last)
    peaks = _peaks(signal, onset, offset, upright_share=R_SHARE if name == "qrs" else 1.0)
    return np.stack([onset, peaks, offset], axis=1)


def _border(activity: Activity, leads: tuple[str, ...], search: BorderSearch, name: str) -> NDArray[np.float64]:
    weights = border_weights()[name]
    base, features = border_features(activity, search)
    offsets = np.array([weights.leads.get(lead, 0.0) for lead in leads])
    found: NDArray[np.float64] = base + weights.constant + features @ weights.features + offsets
    return found


def _peaks(
    signal: NDArray[np.float64],
    onset: NDArray[np.float64],
    offset: NDArray[np.float64],
    *,
    upright_share: float,
) -> NDArray[np.float64]:
    """Return float64 (lead,): where each lead is furthest from the straight line between its borders.

    The highest place, where it is as high as this share of the deepest one is deep.
    """
    low, high = int(onset.min()), int(np.ceil(offset.max())) + 1
    samples = np.arange(low, high)
    rows = np.arange(len(signal))
    first, last = np.rint(onset).astype(np.int64), np.rint(offset).astype(np.int64)
    start, end = signal[rows, first], signal[rows, last]
    slope = (end - start) / np.maximum(last - first, 1)
    away = signal[:, low:high] - start[:, None] - slope[:, None] * (samples - first[:, None])
    away[(samples < first[:, None]) | (samples > last[:, None])] = 0
    highest, deepest = away.argmax(axis=1), away.argmin(axis=1)
    upright = away[rows, highest] >= -upright_share * away[rows, deepest]
    return low + np.where(upright, highest, deepest).astype(np.float64)
