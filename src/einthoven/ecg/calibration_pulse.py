"""The pulse of 1 mV that some recorders append to every lead, behind the ECG.

No heart can make it: where I and II agree, III is zero. The samples stay as they are stored; whoever crops windows or
measures amplitudes should know where the ECG ends.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["calibration_note", "calibration_samples"]

_PULSE_MV = (0.9, 1.1)
_LEAST_S = 0.1
_BLOCK = 10_000
_ALIKE_MV = 0.02  # recorders round each lead by itself, or keep what noise the pulse met


def calibration_note(signal: NDArray[np.float32], *, sampling_rate_hz: float) -> str | None:
    """Return what a human should know of a calibration pulse at the end, None when there is none.

    Parameters
    ----------
    signal : float32 (lead, sample), mV
    sampling_rate_hz : float

    Examples
    --------
    >>> ecg = np.vstack([np.arange(500), -np.arange(500), np.ones(500)]).astype(np.float32)
    >>> pulse = np.repeat(np.float32([0, 1, 0]), [30, 100, 20]) * np.ones((3, 1), dtype=np.float32)
    >>> calibration_note(np.hstack([ecg, pulse]), sampling_rate_hz=500)
    'the last 0.3 s of all leads are a calibration pulse of 1 mV, no ECG'
    """
    length = calibration_samples(signal, sampling_rate_hz=sampling_rate_hz)
    if not length:
        return None
    return f"the last {length / sampling_rate_hz:.2g} s of all leads are a calibration pulse of 1 mV, no ECG"


def calibration_samples(signal: NDArray[np.float32], *, sampling_rate_hz: float) -> int:
    """Return how many samples at the end are a calibration pulse; parameters as in ``calibration_note``."""
    last = signal[:, -1]
    if signal.shape[0] < 3 or not np.isfinite(last).all() or np.ptp(last) > _ALIKE_MV:
        return 0
    length = _alike_at_the_end(signal)
    top = float(signal[0, signal.shape[1] - length :].max())
    if length == signal.shape[1] or length < _LEAST_S * sampling_rate_hz or not _PULSE_MV[0] < top < _PULSE_MV[1]:
        return 0
    return length


def _alike_at_the_end(signal: NDArray[np.float32]) -> int:
    """Return how many samples at the end are the same in all leads; block by block, as a day takes gigabytes."""
    n_samples: int = signal.shape[1]
    for stop in range(n_samples, 0, -_BLOCK):
        block = signal[:, max(0, stop - _BLOCK) : stop]
        differs = np.flatnonzero(~(np.abs(block - block[:1]) <= _ALIKE_MV).all(axis=0))
        if differs.size:
            return n_samples - (max(0, stop - _BLOCK) + int(differs[-1]) + 1)
    return n_samples
