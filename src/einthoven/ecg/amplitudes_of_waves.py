"""Amplitudes and areas of P, ST and T in the representative beat, in all leads at once.

After the recommendations for measurement standards of the CSE Working Party (Eur Heart J 1985;6:815): P is measured
against the line from its onset to its end, ST and T against the level before QRS.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.analysis_signal import SAMPLE_MS
from einthoven.ecg.qrs_shape import net_area

__all__ = ["PAmplitudes", "TAmplitudes", "levels_at", "measure_p", "measure_t", "terminal_negative_part"]

LINE_SAMPLES = 3
"""Over which the ends of the line below P are averaged: the border and its neighbours."""

SECOND_PART_SHARE = 0.1
"""Of the first: a smaller part of the other sign makes no T biphasic."""


@dataclass(frozen=True, slots=True, eq=False)
class PAmplitudes:
    """P against the line from onset to end: float64 (lead,), unit of the signal; area in that times ms.

    ``above_line`` is float64 (lead, sample), the wave itself.
    """

    positive: NDArray[np.float64]
    negative: NDArray[np.float64]
    area: NDArray[np.float64]
    above_line: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class TAmplitudes:
    """T against the level before QRS: float64 (lead,), unit of the signal; area in that times ms.

    ``second`` is the peak of the other sign of a biphasic T, else NaN.
    """

    first: NDArray[np.float64]
    second: NDArray[np.float64]
    area: NDArray[np.float64]


def measure_p(wave: NDArray[np.float32]) -> PAmplitudes:
    """Return the amplitudes of P.

    Parameters
    ----------
    wave : float32 (lead, sample)
        From one sample before the onset to one behind the end of P over all leads.

    Examples
    --------
    >>> tilted = np.linspace(1, 2, 11) + np.array([0, 0, 0, 1, 2, 3, 2, 1, 0, 0, 0])
    >>> p = measure_p(tilted[None].astype(np.float32))
    >>> p.positive.tolist(), p.area.tolist()
    ([3.0], [18.0])
    """
    n = wave.shape[1] - 2
    begin = wave[:, :LINE_SAMPLES].sum(axis=1, dtype=np.float64, keepdims=True) / LINE_SAMPLES
    end = wave[:, -LINE_SAMPLES:].sum(axis=1, dtype=np.float64, keepdims=True) / LINE_SAMPLES
    above = wave[:, 1:-1] - begin - (end - begin) * (np.arange(n) / (n - 1))
    return PAmplitudes(np.maximum(above.max(axis=1), 0.0), np.minimum(above.min(axis=1), 0.0), net_area(above), above)


def terminal_negative_part(above_line: NDArray[np.float64]) -> tuple[float, float]:
    """Return depth (not above 0) and duration in ms of the last, negative part of P in one lead; 0 and 0 without one.

    A P that is negative throughout counts as a whole.

    Parameters
    ----------
    above_line : float64 (sample,)
        P against the line from its onset to its end.

    Examples
    --------
    >>> terminal_negative_part(np.array([0, 1, 2, 1, -1, -3, -1, 0.0]))
    (-3.0, 7.0)
    """
    lowest = int(above_line.argmin())
    above = np.flatnonzero(above_line[:lowest] > 0)
    highest_behind = float(above_line[lowest:].max())
    if above_line[lowest] >= 0 or highest_behind > -above_line[lowest]:
        return 0.0, 0.0
    begin = 0.0
    if above.size:
        last = int(above[-1])
        begin = last + above_line[last] / (above_line[last] - above_line[last + 1])
    return float(above_line[lowest]), float(above_line.size - 1 - begin) * SAMPLE_MS


def measure_t(wave: NDArray[np.float32]) -> TAmplitudes:
    """Return the amplitudes of T.

    A part of the other sign counts when it peaks within the wave, not at its border, where it would be ST.

    Parameters
    ----------
    wave : float32 (lead, sample)
        From the onset to the end of T over all leads; 0 is the level before QRS.
    """
    rows, n = np.arange(wave.shape[0]), wave.shape[1]
    highest_at, lowest_at = wave.argmax(axis=1), wave.argmin(axis=1)
    inverted = -wave[rows, lowest_at] > wave[rows, highest_at]
    first_at, second_at = np.where(inverted, lowest_at, highest_at), np.where(inverted, highest_at, lowest_at)
    first, second = wave[rows, first_at].astype(np.float64), wave[rows, second_at].astype(np.float64)
    biphasic = (second_at > 0) & (second_at < n - 1) & (second * first < 0)
    biphasic &= np.abs(second) > SECOND_PART_SHARE * np.abs(first)
    return TAmplitudes(first, np.where(biphasic, second, np.nan), net_area(wave))


def levels_at(signal: NDArray[np.float32], samples: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return float64 (time, lead): the signal between samples, on a straight line; NaN beyond its ends.

    Parameters
    ----------
    signal : float32 (lead, sample)
    samples : float64 (time,)
    """
    n = signal.shape[1]
    whole = np.minimum(np.maximum(np.floor(samples), 0), n - 2).astype(np.int64)
    share = (samples - whole)[:, np.newaxis]
    levels: NDArray[np.float64] = signal[:, whole].T * (1 - share) + signal[:, whole + 1].T * share
    levels[(samples < 0) | (samples > n - 1)] = np.nan
    return levels
