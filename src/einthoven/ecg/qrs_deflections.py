"""Q, R, S, R', S' and QS of the representative beat, in all leads at once.

After the recommendations for measurement standards of the CSE Working Party (Eur Heart J 1985;6:815): deflections lie
between the onset and the end of QRS over all leads, end where they cross the level before QRS, and count from 20 uV
over 6 ms on; stretches without one at the beginning and the end (isoelectric segments) belong to none; what still rises
when QRS ends is ST, no R'. The 20 uV are replaced by a share of the height of QRS: the same ECG at another gain, or in
arbitrary units, has the same deflections.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["DEFLECTIONS", "SMALLEST_NOISE", "SMALLEST_SHARE", "Deflections", "find_deflections", "smallest_deflection"]

DEFLECTIONS = ("q", "r", "s", "r_prime", "s_prime", "qs")
QS = DEFLECTIONS.index("qs")

SMALLEST_SHARE = 0.02
"""Of the height of QRS in the lead: 20 uV where it is 1 mV high, as CSE counts."""

SMALLEST_NOISE = 4.0
"""In standard errors of the representative beat: one false deflection in some hundred leads."""

SMALLEST_SAMPLES = 3
"""6 ms, as CSE counts."""


@dataclass(frozen=True, slots=True, eq=False)
class Deflections:
    """The deflections of QRS.

    Attributes
    ----------
    amplitude : float64 (lead, 6), unit of the signal
        In the order of ``DEFLECTIONS``, signed; NaN where there is none.
    duration : float64 (lead, 6), samples
    count : int64 (lead,)
        All deflections, those behind S' too.
    """

    amplitude: NDArray[np.float64]
    duration: NDArray[np.float64]
    count: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class _Runs:
    """Stretches of one sign, lead after lead: bounds in samples, the amplitude above 0."""

    lead: NDArray[np.int64]
    sign: NDArray[np.int8]
    amplitude: NDArray[np.float32]
    begin: NDArray[np.float64]
    end: NDArray[np.float64]


def smallest_deflection(height: NDArray[np.float32], noise: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return float32 (lead,): what a deflection of QRS must exceed.

    Parameters
    ----------
    height : float32 (lead,)
        Highest minus lowest point of QRS.
    noise : float32 (lead,)
        Standard error of the representative beat.
    """
    smallest: NDArray[np.float32] = np.maximum(SMALLEST_SHARE * height, SMALLEST_NOISE * noise)
    return smallest


def find_deflections(qrs: NDArray[np.float32], smallest: NDArray[np.float32]) -> Deflections:
    """Return the deflections between onset and end of QRS.

    Parameters
    ----------
    qrs : float32 (lead, sample)
        From the onset to the end of QRS over all leads; 0 is the level before QRS.
    smallest : float32 (lead,)
        See ``smallest_deflection``.

    Examples
    --------
    >>> lead = np.array([[0, -1, -1, -1, 1, 5, 9, 5, 1, -2, -4, -2, 0]], dtype=np.float32)
    >>> found = find_deflections(lead, np.array([0.5], dtype=np.float32))
    >>> found.amplitude[0].tolist(), found.duration[0].tolist()
    ([-1.0, 9.0, -4.0, nan, nan, nan], [3.5, 4.83, 3.67, nan, nan, nan])
    """
    amplitude = np.full((qrs.shape[0], len(DEFLECTIONS)), np.nan)
    duration = amplitude.copy()
    runs = _runs(qrs, smallest)
    count = np.bincount(runs.lead, minlength=qrs.shape[0])
    first = np.cumsum(count) - count
    with_runs = count > 0
    upright = np.zeros(qrs.shape[0], dtype=np.int64)
    upright[with_runs] = runs.sign[first[with_runs]] > 0
    # signs alternate: the place in the lead says which deflection it is, one further where there is no Q
    place = np.arange(runs.lead.size) - first[runs.lead] + upright[runs.lead]
    place[(count == 1)[runs.lead] & (runs.sign < 0)] = QS
    named = (place < QS) | (count == 1)[runs.lead]
    at = runs.lead[named], place[named]
    amplitude[at] = (runs.amplitude * runs.sign)[named]
    duration[at] = (runs.end - runs.begin)[named]
    return Deflections(amplitude, duration, count)


def _runs(qrs: NDArray[np.float32], smallest: NDArray[np.float32]) -> _Runs:
    """Return the deflections that are large enough, in the order of time within each lead; signs alternate."""
    n = qrs.shape[1]
    active = _sides(qrs, smallest)
    latest = np.maximum.accumulate(np.where(active, np.arange(n), 0), axis=1)
    held = active.ravel()[latest + np.arange(0, active.size, n)[:, np.newaxis]]
    starts = held != 0
    starts[:, 1:] &= held[:, 1:] != held[:, :-1]
    at = np.flatnonzero(starts)
    lead, column = np.divmod(at, n)
    if not lead.size:
        empty = np.empty(0)
        return _Runs(lead, np.empty(0, np.int8), np.empty(0, np.float32), empty, empty)
    sign = held.ravel()[at]
    # zero where nothing is held, so the last run of a lead doesn't reach into the next
    amplitude = np.maximum.reduceat((qrs * held).ravel(), at)
    crossings = _crossings(qrs)
    begin = crossings.ravel()[at]
    is_first, is_last = np.ones(lead.size, dtype=bool), np.ones(lead.size, dtype=bool)
    is_first[1:] = is_last[:-1] = lead[1:] != lead[:-1]
    begin[is_first] = np.maximum(begin, column - SMALLEST_SAMPLES)[is_first]
    end = np.empty(begin.size)
    end[:-1] = begin[1:]
    end[is_last] = _last_ends(latest[lead[is_last], -1], crossings[lead[is_last]])
    # a slope without turning point is the way to ST
    turns = ~is_last | (amplitude - np.maximum(qrs[lead, -1] * sign, 0) > smallest[lead])
    return _Runs(lead[turns], sign[turns], amplitude[turns], begin[turns], end[turns])


def _last_ends(latest: NDArray[np.int64], crossings: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return where the last deflections end: at a crossing of the level, if they reach it within 6 ms."""
    after = np.minimum(latest + SMALLEST_SAMPLES, crossings.shape[1] - 1)
    crossed = crossings[np.arange(latest.size), after]
    ends: NDArray[np.float64] = np.where(crossed > latest, crossed, after)
    return ends


def _sides(qrs: NDArray[np.float32], smallest: NDArray[np.float32]) -> NDArray[np.int8]:
    """Return 1 or -1 where the lead stays beyond the smallest deflection for 3 samples or more, else 0."""
    beyond = smallest[:, np.newaxis]
    side = (qrs > beyond).view(np.int8) - (qrs < -beyond).view(np.int8)
    core = (side[:, :-2] == side[:, 1:-1]) & (side[:, 1:-1] == side[:, 2:])
    stays = np.zeros(side.shape, dtype=np.bool_)
    stays[:, :-2] = core
    stays[:, 1:-1] |= core
    stays[:, 2:] |= core
    side *= stays
    return side


def _crossings(qrs: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return float64 (lead, sample): where, between samples, the level was last crossed."""
    n = qrs.shape[1]
    above = qrs > 0
    turned = np.zeros(qrs.shape, dtype=np.bool_)
    turned[:, 1:] = above[:, 1:] != above[:, :-1]
    at = np.flatnonzero(turned)
    level = qrs.ravel()
    crossings = np.zeros(qrs.shape)
    crossings.ravel()[at] = at % n - level[at] / (level[at] - level[at - 1])
    crossed: NDArray[np.float64] = np.maximum.accumulate(crossings, axis=1)
    return crossed
