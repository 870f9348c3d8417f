"""Beats of one template laid on each other in steps smaller than a sample, and where their fiducial is.

Beats slide along their mean until the squared difference is least (Gauss-Newton, as in Lucas and Kanade, Proc. IJCAI
1981). The fiducial is put where half of the energy of the mean's slope has passed: a point that neither rate nor lead
order nor gain moves.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.analysis_signal import RATE_HZ
from einthoven.ecg.qrs_activity import TINY, QrsActivity

__all__ = ["MOST_COMPARED", "BeatAligner", "Fiducials", "evenly"]

Floats = NDArray[np.float32]
Samples = NDArray[np.float64]

MOST_COMPARED = 64
"""Beats that are compared with each other; in longer records templates come from so many, evenly spaced."""

NEAR = range(-30, 31, 2)
"""Samples around the fiducial over which beats are laid on each other, 60 ms either way; 250 Hz hold the band."""

FAR = range(-60, 61)
"""Samples over which the energy of the slope is summed, 120 ms either way."""

FARTHEST = 10.0
"""Samples from where correlation put a beat, 20 ms."""

ALIGNMENTS = 2
"""Steps; each starts from a better mean."""

STEEPEST = 0.4
"""Of a lead's typical QRS slope in 16 ms: what 2 ms count at most, so that an artefact moves no fiducial far."""

ENERGY_SHARES = np.array([0.05, 0.5, 0.95])

LARGEST_STEP = 4.0
"""Samples of one alignment step, 8 ms: the resolution at which beats were found."""


@dataclass(frozen=True, slots=True, eq=False)
class Fiducials:
    """Of some beats.

    Attributes
    ----------
    sample : float64 (beat,)
        At ``RATE_HZ``.
    width_ms : float64 (beat,)
        Between 5 and 95 % of the energy of the slope; NaN without any.
    """

    sample: Samples
    width_ms: Samples


class BeatAligner:
    """Finds fiducials in one signal.

    Parameters
    ----------
    signal : float32 (lead, sample) at ``RATE_HZ``
    activity : QrsActivity
        Of the same signal: what each lead counts.
    """

    def __init__(self, signal: Floats, activity: QrsActivity) -> None:
        self._last = signal.shape[1] - FAR[-1] - 2
        self._near = _Stretches.of(signal, activity, NEAR)
        self._far = _Stretches.of(signal, activity, FAR)
        self._steepest = STEEPEST * activity.weight[:, None, None]

    def together(self, sample: Samples) -> Fiducials:
        """Return the fiducials of beats of one shape that lie about ``sample``; the width is that of their mean."""
        aligned = self._laid_on_each_other(sample)
        middle, width_ms = self._energy(_mean_over_beats(self._far.around(_some(aligned))))
        return Fiducials(aligned + middle, np.repeat(width_ms, sample.size))

    def alone(self, sample: Samples) -> Fiducials:
        """Return the fiducials of beats each by itself."""
        within = np.minimum(np.maximum(sample, -FAR[0]), self._last)
        middle, width_ms = self._energy(self._far.around(within))
        return Fiducials(within + middle, width_ms)

    def _laid_on_each_other(self, sample: Samples) -> Samples:
        """Return where the beats lie when each fits the mean of all best."""
        if sample.size < 2:
            return sample
        start = sample
        for _ in range(ALIGNMENTS):
            some = self._near.around(_some(sample))
            mean = _mean_over_beats(some)
            rise = np.zeros_like(mean[:, 0])
            rise[:, 1:-1] = (mean[:, 0, 2:] - mean[:, 0, :-2]) / (2 * NEAR.step)
            energy = max(float(np.vdot(rise, rise)), TINY)
            late = [np.einsum("lt,lbt->b", rise, mean - beats) for beats in self._in_chunks(sample, some)]
            step = np.minimum(np.maximum(np.concatenate(late) / energy, -LARGEST_STEP), LARGEST_STEP)
            sample = np.minimum(np.maximum(sample + step, start - FARTHEST), start + FARTHEST)
        return sample

    def _in_chunks(self, sample: Samples, some: Floats) -> Iterable[Floats]:
        """Return the beats, not more than ``MOST_COMPARED`` at a time; ``some`` of them are known."""
        if sample.size == some.shape[1]:
            return [some]
        starts = range(0, sample.size, MOST_COMPARED)
        return (self._near.around(sample[start : start + MOST_COMPARED]) for start in starts)

    def _energy(self, beats: Floats) -> tuple[Samples, Samples]:
        """Return where half of the energy of each beat's slope lies, in samples, and how many ms hold 90 % of it."""
        slope = np.minimum(np.abs(beats[..., 1:] - beats[..., :-1]), self._steepest)
        slope *= slope
        passed: Samples = np.cumsum(slope.sum(axis=0), axis=1, dtype=np.float64)
        between = np.array(FAR[1:]) - FAR.step / 2
        at: Samples = np.zeros((len(passed), ENERGY_SHARES.size))
        for row, of_beat in zip(at, passed, strict=True):
            row[:] = np.interp(ENERGY_SHARES * of_beat[-1], of_beat, between)
        at[passed[:, -1] == 0] = (np.nan, 0, np.nan)
        return at[:, 1], (at[:, 2] - at[:, 0]) * 1000 / RATE_HZ


@dataclass(frozen=True, slots=True, eq=False)
class _Stretches:
    """The signal around any moment; ``windows`` float32 (lead, first sample, sample) is a view."""

    windows: Floats
    weight: Floats
    offsets: range

    @classmethod
    def of(cls, signal: Floats, activity: QrsActivity, offsets: range) -> _Stretches:
        length = offsets[-1] - offsets[0] + 2
        windows = np.lib.stride_tricks.sliding_window_view(signal, length, axis=1)
        return cls(windows, (activity.weight * activity.scale)[:, None, None], offsets)

    def around(self, sample: Samples) -> Floats:
        """Return float32 (lead, beat, offset) around fiducials that lie between samples, each lead around its mean."""
        whole = np.floor(sample).astype(np.int64)
        part = (sample - whole).astype(np.float32)[:, None]
        first = np.minimum(np.maximum(whole + self.offsets[0], 0), self.windows.shape[1] - 1)
        around = self.windows[:, first]
        beats = around[..., : -1 : self.offsets.step] * (1 - part)
        beats += around[..., 1 :: self.offsets.step] * part
        beats -= beats.mean(axis=2, keepdims=True)
        beats *= self.weight
        return beats


def _some(sample: Samples) -> Samples:
    return sample[evenly(sample.size, MOST_COMPARED)]


def _mean_over_beats(beats: Floats) -> Floats:
    """Return float32 (lead, 1, offset)."""
    mean: Floats = beats.mean(axis=1, keepdims=True)
    return mean


def evenly(n: int, most: int) -> NDArray[np.int64]:
    """Return ``most`` indices spread over ``n``, or all."""
    return np.arange(n) if n <= most else np.linspace(0, n - 1, most).astype(np.int64)
