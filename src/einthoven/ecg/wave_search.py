"""Where in a representative beat QRS, T and P lie, roughly, and between which samples to look for their borders."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from einthoven.ecg.analysis_signal import RATE_HZ
from einthoven.ecg.border_features import Activity, BorderSearch, activity_of, follow_down

__all__ = ["WaveSearch", "p_search", "qrs_search", "t_search"]


def _samples(milliseconds: float) -> int:
    return round(milliseconds * RATE_HZ / 1000)


QRS_REACH = _samples(180)
"""From its steepest place QRS ends within, also when paced or in hyperkalaemia."""

LONGEST_PR = _samples(380)
"""P begins no earlier before QRS; first-degree block of 0.36 s is seen."""

P_APEX_MARGIN = _samples(24), _samples(28)
"""P peaks no nearer to the end of the T wave before, and to QRS."""

USUAL_P_APEX = _samples(120)
"""Before QRS (5 to 95 % in LUDB: 80 to 150 ms); nearer, atrial repolarisation or a slow start of QRS is likelier."""

P_HALF_WIDTH = _samples(90), _samples(150)
"""Steepest places lie within the first of its apex, its onset within the second."""


@dataclass(frozen=True, slots=True, eq=False)
class WaveSearch:
    """A wave that was found: its activity, its apex over all leads, and where to look for its borders.

    Attributes
    ----------
    activity : Activity
    apex : int
        Sample of the representative beat.
    onset, offset : BorderSearch
    """

    activity: Activity
    apex: int
    onset: BorderSearch
    offset: BorderSearch


def qrs_search(signal: NDArray[np.float64], *, fiducial: int) -> WaveSearch:
    """Return where QRS lies: around the steepest place near the fiducial, as far as it stays half as steep.

    Parameters
    ----------
    signal : float64 (lead, sample)
    fiducial : int
    """
    activity = activity_of(signal, scale=_samples(6), smoothing=_samples(5), bow_smoothing=_samples(3))
    last = signal.shape[1] - 1
    low = max(0, fiducial - _samples(120))
    apex = low + int(activity.joint[low : fiducial + _samples(120)].argmax())
    core = follow_down(activity.joint, apex, share=0.4, gap=_samples(30), reach=QRS_REACH)
    window = max(0, core[0] - _samples(70)), min(last, core[1] + _samples(90))
    heights = max(0, core[0] - _samples(20)), min(last, core[1] + _samples(20))
    onset = BorderSearch(
        start=core[0],
        stop=max(0, core[0] - QRS_REACH),
        gap=_samples(20),
        core=heights,
        window=window,
        anchors=(),
        reach=_samples(60),
    )
    return WaveSearch(activity, apex, onset, replace(onset, start=core[1], stop=min(last, core[1] + QRS_REACH)))


def t_search(signal: NDArray[np.float64], *, qrs_end: int, limit: int) -> WaveSearch | None:
    """Return where T lies: around the largest bow away from the line between the J point and the limit.

    Parameters
    ----------
    signal : float64 (lead, sample)
    qrs_end : int
        The J point over all leads.
    limit : int
        T ends before: by the heart's rate, or at the beat's end.

    Returns
    -------
    search : WaveSearch, optional
        None where there is no room for a T wave.
    """
    low = qrs_end + _samples(60)
    if limit - low < _samples(80):
        return None
    held = signal.copy()
    held[:, : qrs_end + _samples(10)] = held[:, qrs_end + _samples(10), None]
    activity = activity_of(held, scale=_samples(14), smoothing=_samples(14), bow_smoothing=_samples(12))
    apex = low + int(_bow(activity.smooth, low, limit).argmax())
    joint = activity.joint
    first = low + int(joint[low : apex + 1].argmax())
    last = apex + int(joint[apex:limit].argmax())
    onset = BorderSearch(
        start=first,
        stop=qrs_end,
        gap=_samples(30),
        core=(low, apex + 1),
        window=(qrs_end + _samples(10), limit),
        anchors=(apex, qrs_end, first, last, limit),
        reach=_samples(150),
    )
    stop = min(signal.shape[1] - 1, limit + _samples(80))
    return WaveSearch(activity, apex, onset, replace(onset, start=last, stop=stop, core=(apex, limit)))


def p_search(signal: NDArray[np.float64], *, qrs_start: int, earliest: int) -> WaveSearch | None:
    """Return where P would lie: where the line before QRS is most curved and furthest from a straight one.

    Parameters
    ----------
    signal : float64 (lead, sample)
        Leads with more noise should be lower.
    qrs_start : int
        The onset of QRS over all leads.
    earliest : int
        The end of the T wave before.

    Returns
    -------
    search : WaveSearch, optional
        None where there is no room for a P wave.
    """
    low, high = max(0, earliest, qrs_start - LONGEST_PR), qrs_start - _samples(8)
    margin_low, margin_high = P_APEX_MARGIN
    if high - low < margin_low + margin_high + _samples(20):
        return None
    held = signal.copy()
    held[:, high:] = held[:, high - 3 : high].mean(axis=1, keepdims=True)
    curved = gaussian_filter1d(held, _samples(32), axis=1, order=2, mode="nearest")[:, low:high]
    bowed = _bow(gaussian_filter1d(held, _samples(10), axis=1, mode="nearest"), low, high)
    distance = np.minimum((qrs_start - np.arange(low, high)) / USUAL_P_APEX, 1)
    likely = np.sqrt((curved**2).sum(axis=0)) * bowed * distance
    apex = low + margin_low + int(likely[margin_low : high - low - margin_high].argmax())
    activity = activity_of(held, scale=_samples(12), smoothing=_samples(10), bow_smoothing=_samples(8))
    return _p_borders(activity, apex, low=low, high=high)


def _p_borders(activity: Activity, apex: int, *, low: int, high: int) -> WaveSearch:
    near, far = P_HALF_WIDTH
    left, right = max(low, apex - near), min(high, apex + near)
    first = left + int(activity.joint[left : apex + 1].argmax())
    last = apex + int(activity.joint[apex:right].argmax())
    begin = max(low, apex - far)
    onset = BorderSearch(
        start=first,
        stop=begin,
        gap=_samples(16),
        core=(left, apex + 1),
        window=(begin, high - 2),
        anchors=(apex, first, last, high, begin),
        reach=_samples(80),
    )
    return WaveSearch(activity, apex, onset, replace(onset, start=last, stop=high + 2, core=(apex, right)))


def _bow(signal: NDArray[np.float64], low: int, high: int) -> NDArray[np.float64]:
    """Return float64 (sample,): how far all leads together are from the straight line between two samples."""
    line = np.linspace(0, 1, high - low)
    start, end = signal[:, low, None], signal[:, high, None]
    away: NDArray[np.float64] = np.sqrt(((signal[:, low:high] - start - (end - start) * line) ** 2).sum(axis=0))
    return away
