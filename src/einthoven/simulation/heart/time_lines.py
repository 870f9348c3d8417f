"""Time lines tied to landmarks of a wave, on which the waves of all people, real or simulated, can be compared.

A P wave hangs on its centre. A beat of the ventricles is stretched so that QRS begins and ends, and T has its centre,
at the same places in everyone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from einthoven.simulation.heart.traits import heart_constants

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

_LINES = heart_constants()["time_lines"]


def _steps(first: float, last: float, step: float) -> NDArray[np.float64]:
    return np.arange(first, last + step / 2, step)


P_TIMES_MS = _steps(**_LINES["p_ms"])
"""From the centre of P."""

_BEFORE_MS = np.array(_LINES["before_qrs_ms"])
_WITHIN = np.linspace(0, 1, _LINES["within_qrs"])
_ST_MS = _steps(**_LINES["st_ms"])
_T_FROM_MS = _LINES["t_from_ms"]
_TOWARDS_T = np.linspace(_LINES["towards_t"]["first"], _LINES["towards_t"]["last"], _LINES["towards_t"]["places"])

QRST_PLACES_MS = np.concatenate([_BEFORE_MS, 100 * _WITHIN, 100 + _ST_MS, 100 + _T_FROM_MS + 180 * _TOWARDS_T])
"""Where the samples of a beat lie in one whose QRS takes 100 ms and whose T has its centre 220 ms behind it."""

_STEP_MS, _LEAST = _LINES["search_step_ms"], _LINES["least_power"]
_T_SEARCH_MS, _T_CENTRE_MS = _LINES["t_search_ms"], _LINES["t_centre_ms"]


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
    factor = (rr_ms / _LINES["usual_rr_ms"]) ** (1 / 3)
    last = min(_T_SEARCH_MS[1] * factor, _LINES["t_search_most_ms"])
    times = qrs_end_ms + np.arange(_T_SEARCH_MS[0], last, _STEP_MS)
    centre: float = _centre(interpolated(signal, times, step_ms=step_ms), times, least=_LEAST["t"]) - qrs_end_ms
    return float(qrs_end_ms + min(max(centre, _T_CENTRE_MS[0] * factor), _T_CENTRE_MS[1] * factor))


def centre_of_p(signal: Array, *, onset_ms: float, end_ms: float, step_ms: float) -> float:
    """Return the centre of power of a P wave's slope, in ms from the first sample; its level doesn't matter."""
    times = np.arange(onset_ms - _STEP_MS, end_ms + 2 * _STEP_MS, _STEP_MS)
    slope = np.diff(interpolated(signal, times, step_ms=step_ms), axis=1)
    return _centre(slope, times[:-1] + _STEP_MS / 2, least=_LEAST["p"])


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
