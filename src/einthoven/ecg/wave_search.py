"""Where in a representative beat QRS, T and P lie, roughly, and between which samples to look for their borders."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.analysis_signal import RATE_HZ
from einthoven.ecg.border_features import (
    Activity,
    BorderSearch,
    Estimates,
    activity_of,
    border_estimates,
    crossings,
    smoothed,
)
from einthoven.ecg.small_arrays import between_samples, ramp

__all__ = ["WaveSearch", "p_search", "qrs_search", "t_search"]


def _samples(milliseconds: float) -> int:
    return round(milliseconds * RATE_HZ / 1000)


QRS_REACH = _samples(180)
"""From its steepest place QRS ends within, also when paced or in hyperkalaemia."""

QRS_APEX_REACH = _samples(120)
"""From the fiducial to the steepest place."""

QRS_MARGIN = _samples(90)
"""What is smoothed beyond."""

LONGEST_PR = _samples(380)
"""P begins no earlier before QRS; first-degree block of 0.36 s is seen."""

P_APEX_MARGIN = _samples(24), _samples(28)
"""P peaks no nearer to the end of the T wave before, and to QRS."""

NEAREST_P_APEX, FURTHEST_P_APEX = _samples(120), _samples(160)
"""Before QRS (5 to 95 % in LUDB: 80 to 150 ms); nearer, atrial repolarisation or a slow start of QRS is likelier,
further away the end of T."""

P_HALF_WIDTH = _samples(90), _samples(150)
"""Steepest places lie within the first of its apex, its onset within the second."""


@dataclass(frozen=True, slots=True, eq=False)
class WaveSearch:
    """A wave that was found.

    Attributes
    ----------
    apex : float
        Its highest, for QRS its steepest place over all leads; sample of the representative beat.
    onset, offset : Estimates
        Of its borders, in samples of the representative beat.
    """

    apex: float
    onset: Estimates
    offset: Estimates


def qrs_search(signal: NDArray[np.float64], *, fiducial: int) -> WaveSearch:
    """Return where QRS lies: around the steepest place near the fiducial, as far as it stays steep.

    Parameters
    ----------
    signal : float64 (lead, sample)
    fiducial : int
    """
    around = QRS_APEX_REACH + QRS_REACH + QRS_MARGIN
    first = max(0, fiducial - around)
    part = signal[:, first : fiducial + around]
    centre, last = fiducial - first, part.shape[1] - 1
    activity = activity_of(part, scale=_samples(6), smoothing=_samples(5), bow_smoothing=_samples(3))
    low = max(0, centre - QRS_APEX_REACH)
    apex = low + int(activity.joint[low : centre + QRS_APEX_REACH].argmax())
    start, end = _steep_around(activity.joint, apex)
    core = max(0, start - _samples(20)), min(last, end + _samples(20))
    onset = BorderSearch(start, max(0, start - QRS_REACH), gap=_samples(20), core=core)
    offset = replace(onset, start=end, stop=min(last, end + QRS_REACH))
    window = max(0, start - _samples(70)), min(last, end + _samples(90))
    estimates = border_estimates(activity, onset, offset, window=window, anchors=(), reach=_samples(60))
    return _placed(first, apex, estimates)


def t_search(signal: NDArray[np.float64], *, qrs_end: float, limit: float) -> WaveSearch | None:
    """Return where T lies: around the largest bow away from the line between the J point and the limit.

    Parameters
    ----------
    signal : float64 (lead, sample)
    qrs_end : float
        The J point over all leads.
    limit : float
        T ends before: by the heart's rate, or at the beat's end.

    Returns
    -------
    search : WaveSearch, optional
        None where there is no room for a T wave.
    """
    first = qrs_end + _samples(10)
    low, high = _samples(50), int(min(limit, signal.shape[1] - 2) - first)
    if high - low < _samples(80):
        return None
    part = _from(signal, first, n_samples=high + _samples(120))  # begins held: smoothing continues the first sample
    activity = activity_of(part, scale=_samples(14), smoothing=_samples(14), bow_smoothing=_samples(12))
    apex = low + int(_bow(activity.smooth, low, high).argmax())
    rise = low + int(activity.joint[low : apex + 1].argmax())
    fall = apex + int(activity.joint[apex:high].argmax())
    onset = BorderSearch(rise, 0, gap=_samples(30), core=(low, apex + 1))
    offset = replace(onset, start=fall, stop=min(part.shape[1] - 1, high + _samples(80)), core=(apex, high))
    turns = (between_samples(activity.joint, place) for place in (rise, fall))
    anchors = (float(apex), qrs_end - first, *turns, limit - first)
    estimates = border_estimates(activity, onset, offset, window=(0, high), anchors=anchors, reach=_samples(150))
    return _placed(first, apex, estimates)


def p_search(signal: NDArray[np.float64], *, qrs_start: float, earliest: float) -> WaveSearch | None:
    """Return where P would lie: where the line before QRS is most curved and furthest from a straight one.

    Parameters
    ----------
    signal : float64 (lead, sample)
        Leads with more noise should be lower.
    qrs_start : float
        The onset of QRS over all leads.
    earliest : float
        The end of the T wave before.

    Returns
    -------
    search : WaveSearch, optional
        None where there is no room for a P wave.
    """
    end = qrs_start - _samples(8)
    room = end - max(0.0, earliest, qrs_start - LONGEST_PR)
    margin_low, margin_high = P_APEX_MARGIN
    if room < margin_low + margin_high + _samples(20):
        return None
    high = int(min(room + _samples(60), end))
    low = high - int(room)
    first = end - high
    part = _from(signal, first, n_samples=high + _samples(10))
    part[:, high:] = part[:, high - 3 : high].mean(axis=1, keepdims=True)
    activity = activity_of(part, scale=_samples(12), smoothing=_samples(10), bow_smoothing=_samples(8))
    curved = smoothed(part, _samples(32), order=2)[:, low:high]
    before_qrs = qrs_start - first - np.arange(low, high)
    usual = np.minimum(before_qrs / NEAREST_P_APEX, 1) * np.minimum(FURTHEST_P_APEX / before_qrs, 1) ** 2
    likely = np.sqrt(np.einsum("ls,ls->s", curved, curved)) * _bow(activity.smooth, low, high) * usual
    apex = low + margin_low + int(likely[margin_low : high - low - margin_high].argmax())
    return _placed(first, apex, _p_estimates(activity, apex, low=low, high=high))


def _p_estimates(activity: Activity, apex: int, *, low: int, high: int) -> tuple[Estimates, Estimates]:
    near, far = P_HALF_WIDTH
    left, right = max(low, apex - near), min(high, apex + near)
    rise = left + int(activity.joint[left : apex + 1].argmax())
    fall = apex + int(activity.joint[apex:right].argmax())
    begin = max(low, apex - far)
    onset = BorderSearch(rise, begin, gap=_samples(16), core=(left, apex + 1))
    offset = replace(onset, start=fall, stop=high + 2, core=(apex, right))
    turns = (between_samples(activity.joint, place) for place in (rise, fall))
    anchors = (float(apex), *turns, float(high), float(begin))
    return border_estimates(activity, onset, offset, window=(begin, high - 2), anchors=anchors, reach=_samples(80))


def _steep_around(joint: NDArray[np.float64], apex: int) -> tuple[int, int]:
    """Return the first and the last sample around an apex until the activity stays below 40 % of it for 30 ms."""
    borders = []
    for stop in (max(0, apex - QRS_REACH), min(joint.size - 1, apex + QRS_REACH)):
        search = BorderSearch(apex, stop, gap=_samples(30), core=(0, 0))
        borders.append(round(float(crossings(joint[None], 0.4 * joint[apex, None, None], search)[0, 0])))
    return borders[0], borders[1]


def _bow(smooth: NDArray[np.float64], low: int, high: int) -> NDArray[np.float64]:
    """Return float64 (sample,): how far all leads together are from the straight line between two samples."""
    start, end = smooth[:, low, None], smooth[:, min(high, smooth.shape[1] - 1), None]
    away = smooth[:, low:high] - start - (end - start) * ramp(high - low)
    distance: NDArray[np.float64] = np.sqrt(np.einsum("ls,ls->s", away, away))
    return distance


def _from(signal: NDArray[np.float64], place: float, *, n_samples: int) -> NDArray[np.float64]:
    """Return up to so many samples from a place between two: what begins where a wave ends must not jump with it."""
    first = int(place)
    part = place - first
    ahead = signal[:, first : first + n_samples + 1]
    moved: NDArray[np.float64] = ahead[:, :-1] * (1 - part) + ahead[:, 1:] * part
    return moved


def _placed(first: float, apex: int, estimates: tuple[Estimates, Estimates]) -> WaveSearch:
    """Return the wave in samples of the beat whose part begins at ``first``."""
    onset, offset = (Estimates(found.base + first, found.features) for found in estimates)
    return WaveSearch(apex + first, onset, offset)
