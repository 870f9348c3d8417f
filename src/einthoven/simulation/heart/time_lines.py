"""Time lines tied to landmarks of a wave, on which the waves of all people, real or simulated, can be compared.

A P wave hangs on its centre. A beat of the ventricles is stretched so that QRS begins and ends, and T has its centre,
at the same places in everyone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "P_TIMES_MS",
    "QRST_PLACES_MS",
    "QrstLandmarks",
    "centre_of_p",
    "centre_of_t",
    "interpolated",
    "qrst_times",
    "resampled",
]

Array = NDArray[np.floating]

P_TIMES_MS = np.arange(-84.0, 100.0, 4.0)
"""From the centre of P."""

_BEFORE_MS = np.array([-9.0, -6.0, -3.0])
_WITHIN = np.linspace(0, 1, 36)
_ST_MS = np.arange(3.0, 40.0, 4.0)
_T_FROM_MS, _TOWARDS_T = 40.0, np.linspace(0.03, 2.0, 42)

QRST_PLACES_MS = np.concatenate([_BEFORE_MS, 100 * _WITHIN, 100 + _ST_MS, 100 + _T_FROM_MS + 180 * _TOWARDS_T])
"""Where the samples of a beat lie in one whose QRS takes 100 ms and whose T has its centre 220 ms behind it."""

_STEP_MS = 4.0  # of the search for a centre
_T_SEARCH_MS, _T_CENTRE_MS = (60.0, 390.0), (120.0, 300.0)  # behind QRS, at 70 beats per minute
_T_SEARCH_MOST_MS = 400.0
_USUAL_RR_MS = 860.0
_T_LEAST, _P_LEAST = 0.2, 0.02  # of the largest power, below which nothing counts


class QrstLandmarks(NamedTuple):
    """Of one beat of the ventricles, in ms from the signal's first sample."""

    onset_ms: float
    end_ms: float
    t_centre_ms: float


def qrst_times(marks: QrstLandmarks) -> NDArray[np.float64]:
    """Return float64 (time,), ms: where a beat is looked at, as many places as ``QRST_PLACES_MS`` has."""
    onset, end, centre = marks
    towards_t = end + _T_FROM_MS + (centre - end - _T_FROM_MS) * _TOWARDS_T
    return np.concatenate([onset + _BEFORE_MS, onset + (end - onset) * _WITHIN, end + _ST_MS, towards_t])


def centre_of_t(signal: Array, *, qrs_end_ms: float, rr_ms: float, step_ms: float) -> float:
    """Return the centre of power of what follows QRS, in ms from the first sample.

    Parameters
    ----------
    signal : float (lead, sample)
        Zero before QRS.
    qrs_end_ms : float
        From the first sample.
    rr_ms : float
        T comes later where beats are far apart.
    step_ms : float
        Between samples.
    """
    factor = (rr_ms / _USUAL_RR_MS) ** (1 / 3)
    last = min(_T_SEARCH_MS[1] * factor, _T_SEARCH_MOST_MS)
    times = qrs_end_ms + np.arange(_T_SEARCH_MS[0], last, _STEP_MS)
    centre: float = _centre(interpolated(signal, times, step_ms=step_ms), times, least=_T_LEAST) - qrs_end_ms
    return float(qrs_end_ms + min(max(centre, _T_CENTRE_MS[0] * factor), _T_CENTRE_MS[1] * factor))


def centre_of_p(signal: Array, *, onset_ms: float, end_ms: float, step_ms: float) -> float:
    """Return the centre of power of a P wave's slope, in ms from the first sample; its level doesn't matter."""
    times = np.arange(onset_ms - _STEP_MS, end_ms + 2 * _STEP_MS, _STEP_MS)
    slope = np.diff(interpolated(signal, times, step_ms=step_ms), axis=1)
    return _centre(slope, times[:-1] + _STEP_MS / 2, least=_P_LEAST)


def interpolated(signal: Array, times_ms: Array, *, step_ms: float) -> Array:
    """Return float (lead, time): a signal between its samples; beyond its ends their value.

    Parameters
    ----------
    signal : float (lead, sample)
    times_ms : float (time,)
        From the first sample.
    step_ms : float
        Between samples.
    """
    places = np.minimum(np.maximum(times_ms / step_ms, 0), signal.shape[1] - 1.001)
    before = places.astype(np.intp)
    part = (places - before).astype(signal.dtype)
    first: Array = signal.take(before, axis=1)
    first += (signal.take(before + 1, axis=1) - first) * part
    return first


def resampled(values: Array, times_ms: Array, *, n_samples: int) -> tuple[int, Array]:
    """Return values at whole milliseconds, and which sample the first of them is.

    Parameters
    ----------
    values : float (lead, time)
    times_ms : float (time,), ascending
        From the first sample.
    n_samples : int
        Of the signal that they are for, at 1,000 Hz.
    """
    first, last = max(int(np.ceil(times_ms[0])), 0), min(int(times_ms[-1]), n_samples - 1)
    samples = np.arange(first, last + 1)
    after = np.minimum(np.searchsorted(times_ms, samples, side="right"), times_ms.size - 1)
    start = times_ms[after - 1]
    part = ((samples - start) / (times_ms[after] - start)).astype(values.dtype)
    found = values.take(after - 1, axis=1)
    found += (values.take(after, axis=1) - found) * part
    return first, found


def _centre(values: Array, times_ms: Array, *, least: float) -> float:
    power = np.einsum("lt,lt->t", values, values)
    power -= least * power.max()
    np.maximum(power, 0, out=power)
    total = float(power.sum())
    return float(power @ times_ms) / total if total > 0 else float(times_ms.mean())
