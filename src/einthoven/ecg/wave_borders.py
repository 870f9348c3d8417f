"""Borders and peaks of P, QRS and T in every lead of one representative beat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.analysis_signal import RATE_HZ
from einthoven.ecg.border_features import Estimates
from einthoven.ecg.border_weights import border_weights
from einthoven.ecg.marks import put_in_order
from einthoven.ecg.small_arrays import middle, quantile, within
from einthoven.ecg.wave_search import WaveSearch, p_search, qrs_search, t_search

__all__ = ["BeatTiming", "lead_borders", "wave_marks", "wave_searches"]

LONGEST_QT_SHARE, LONGEST_QT_ANYWAY = 0.62, 0.4
"""T ends before this share of the RR interval, or before this many seconds when the heart is fast: QT of 0.62 s at 60 a
minute, where the longest QTc of PTB-XL (1 to 500) is 0.56 s."""

T_TO_NEXT_QRS_SHARE, T_TO_NEXT_QRS_S = 0.95, 0.12
"""T ends before this share of the RR interval less this many seconds, where the next P and QRS need room."""

T_IN_FAST_RHYTHM_SHARE = 0.7
"""But not before this share: in a fast rhythm P and T fuse, and after a premature beat there may be no P."""

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
    found = wave_searches(signal, leads, timing, weights=weights)
    for first, name in ((0, "p"), (3, "qrs"), (6, "t")):
        wave = found[name]
        if wave is not None:
            marks[:, first : first + 3] = wave_marks(signal, leads, wave, name)
    put_in_order(marks)
    return marks


def wave_searches(
    signal: NDArray[np.float64], leads: tuple[str, ...], timing: BeatTiming, *, weights: NDArray[np.float32]
) -> dict[str, WaveSearch | None]:
    """Return where ``qrs``, ``t`` and ``p`` lie, with estimates of their borders; as long as weights are known.

    Parameters as in ``lead_borders``.
    """
    qrs = qrs_search(signal, fiducial=timing.fiducial)
    found: dict[str, WaveSearch | None] = {"qrs": qrs, "t": None, "p": None}
    if "qrs_off" not in border_weights():
        return found
    start = quantile(weighted_mean(qrs.onset, leads, "qrs_on"), P_START_QUANTILE)
    end = float(middle(weighted_mean(qrs.offset, leads, "qrs_off")))
    t = found["t"] = t_search(signal, qrs_end=end, limit=t_limit(timing, n_samples=signal.shape[1]))
    if "t_off" not in border_weights():
        return found
    t_end = timing.previous_t_end
    if t_end is None:
        t_end = (end if t is None else float(middle(weighted_mean(t.offset, leads, "t_off")))) - timing.fiducial
    earliest = timing.fiducial - timing.before + t_end
    found["p"] = p_search(signal * weights[:, None], qrs_start=start, earliest=earliest)
    return found


def t_limit(timing: BeatTiming, *, n_samples: int) -> float:
    """Return the sample before which T ends, by the heart's rate."""
    longest = max(LONGEST_QT_SHARE * timing.after, LONGEST_QT_ANYWAY * RATE_HZ)
    room = T_TO_NEXT_QRS_SHARE * timing.after - T_TO_NEXT_QRS_S * RATE_HZ
    return min(n_samples - 2.0, timing.fiducial + min(longest, max(room, T_IN_FAST_RHYTHM_SHARE * timing.after)))


def wave_marks(signal: NDArray[np.float64], leads: tuple[str, ...], wave: WaveSearch, name: str) -> NDArray[np.float64]:
    """Return float64 (lead, 3): onset, peak and end of ``p``, ``qrs`` or ``t``, in samples of the signal."""
    last = signal.shape[1] - 1
    onset = within(weighted_mean(wave.onset, leads, f"{name}_on"), 0, last - 1)
    offset = within(weighted_mean(wave.offset, leads, f"{name}_off"), onset + 1, last)
    peaks = _peaks(signal, onset, offset, upright_share=R_SHARE if name == "qrs" else 1.0)
    return np.stack([onset, peaks, offset], axis=1)


def weighted_mean(estimates: Estimates, leads: tuple[str, ...], name: str) -> NDArray[np.float64]:
    """Return float64 (lead,): a border by its name in ``border_weights``."""
    weights = border_weights()[name]
    found: NDArray[np.float64] = estimates.base + weights.constant + estimates.features @ weights.features
    return found + weights.offsets(leads)


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
    inside = (samples >= first[:, None]) & (samples <= last[:, None])
    highest = np.where(inside, away, -np.inf).argmax(axis=1)
    deepest = np.where(inside, away, np.inf).argmin(axis=1)
    upright = away[rows, highest] >= -upright_share * away[rows, deepest]
    return within(low + np.where(upright, highest, deepest), onset, offset)
