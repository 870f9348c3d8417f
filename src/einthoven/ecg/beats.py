"""The heart beats of a record: where they are, which look alike, and which came too early.

A beat is judged by its shape and its interval. Early and wider than the dominant beats, or of another shape where these
are wide themselves: a ventricular (or aberrant) extrasystole. Early, of the dominant shape, and with a pause behind it:
a supraventricular one, if the rhythm is regular otherwise; in atrial fibrillation half of the beats are early. Right
behind a spike of a pacemaker: paced.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from statistics import median

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.analysis_signal import RATE_HZ, AnalysisSignal
from einthoven.ecg.beat_templates import BeatTemplates, beat_templates
from einthoven.ecg.pacing_spikes import pacing_spikes, without_spikes
from einthoven.ecg.qrs_activity import COARSE_RATE_HZ, QrsActivity, qrs_activity
from einthoven.ecg.qrs_detection import MISSED_RR, detect_qrs

__all__ = ["BeatKind", "Beats", "find_beats"]

SHORTEST_S = 0.5
"""A record that may hold a beat and its neighbourhood."""

GAP_S = 0.1
"""Without signal: as long as a QRS, so a beat may have been lost."""

EARLY = 0.85
"""Of the usual interval, below which a beat of dominant shape is premature."""

EARLY_OF_OTHER_SHAPE = 0.92
"""The same for a beat of another shape, of which the shape says the rest."""

SUDDEN = 0.9
"""Of the interval before, below which a beat is early rather than one of a rate that rises with breathing."""

SUDDEN_AT_THE_START = 0.8
"""The same of the usual interval for the second beat, before whose own nothing is known."""

PAUSE = 1.1
"""Of the interval before an early beat, above which the one behind it is a pause: a sudden rise of rate has none."""

FEWEST_INTERVALS = 3
"""That make a rhythm."""

LONGEST_RUN = 3
"""Extrasystoles in a row; more are a tachycardia."""

INTERVALS_AROUND = 4
"""On each side, of which the usual interval is taken."""

IRREGULAR = 0.1
"""Median change from an interval to the next, and to the next but one, over the median interval: beyond, early says
nothing. In PTB-XL (1 to 500) sinus rhythm has 0.02 (95 % less than 0.07), atrial fibrillation 0.14."""

WIDER = 1.2
"""Over the width of the dominant beats."""

WIDE_MS = 75.0
"""Width (of 90 % of the energy of the slope) from which on the dominant beats are wide themselves: in PTB-XL (1 to 500)
half of the complete bundle branch blocks have 85 to 116 ms, 95 % of records without any block less than 56."""

PACED_S = (0.025, 0.17)
"""From a ventricular spike to the middle of QRS; from an atrial one it takes longer."""

FEWEST_SPIKES = 2
"""In a record: a single one is an artefact, which is no beat, but no pacemaker either."""

LONGEST_DELAY_S = 0.35
"""From an atrial spike to the middle of QRS."""

SAME_DELAY_S = 0.02
"""Between beats that one pacemaker made; a blip of noise keeps no distance."""

FEWEST_PACED = 3
"""Beats at the same distance from a spike, below which it is chance."""


class BeatKind(StrEnum):
    """What a beat is beside the dominant ones."""

    DOMINANT = "dominant"
    PREMATURE_WIDE = "premature_wide"
    PREMATURE_NARROW = "premature_narrow"
    PACED = "paced"
    OTHER = "other"


@dataclass(frozen=True, slots=True, eq=False)
class Beats:
    """The beats of one record in order of time.

    Attributes
    ----------
    sample : float64 (beat,)
        Fiducial in samples at ``analysis_signal.RATE_HZ``, ascending. Within a template beats lie on each other.
    template : int64 (beat,)
        Which morphology over all leads; 0 is the dominant one, -1 none (cut off, or unlike all others).
    kind : tuple of BeatKind (beat,)
    rr_ms : float64 (beat - 1,)
        Interval to the next beat; NaN across a gap in which a beat may have been lost.
    spikes : float64 (spike,)
        Samples at which pacing spikes stand.
    """

    sample: NDArray[np.float64]
    template: NDArray[np.int64]
    kind: tuple[BeatKind, ...]
    rr_ms: NDArray[np.float64]
    spikes: NDArray[np.float64]


def find_beats(analysis: AnalysisSignal) -> Beats:
    """Return all beats of a record.

    Nothing depends on the unit or on the scale of a lead. Leads in which QRS doesn't stand out count little, leads that
    are lost not at all.

    Parameters
    ----------
    analysis : AnalysisSignal

    Notes
    -----
    Noise alone has beats, too, of little likeness: whether the record is fit to be read is ``quality``'s answer.
    """
    if analysis.signal.shape[1] < SHORTEST_S * RATE_HZ:
        nothing = np.zeros(0)
        return Beats(nothing, np.zeros(0, dtype=np.int64), (), nothing, nothing)
    spikes, activity = _spikes_and_activity(analysis)
    templates = beat_templates(without_spikes(analysis.signal, spikes), activity, detect_qrs(activity))
    rr_ms = _intervals(templates.sample, activity.seen)
    paced = _paced(templates, spikes)
    kinds = tuple(
        BeatKind.PACED if by_spike else kind for by_spike, kind in zip(paced, _kinds(templates, rr_ms), strict=True)
    )
    return Beats(templates.sample, templates.template, kinds, rr_ms, spikes)


def _spikes_and_activity(analysis: AnalysisSignal) -> tuple[NDArray[np.float64], QrsActivity]:
    """Return the spikes of a pacemaker, and the activity of the ventricles without them."""
    activity = qrs_activity(analysis.signal, analysis.lost)
    spikes = pacing_spikes(analysis.signal, activity.weight * activity.scale)
    if spikes.size == 0:
        return spikes, activity
    without = qrs_activity(without_spikes(analysis.signal, spikes), analysis.lost)
    if _are_notches(spikes, detect_qrs(without)):
        return np.zeros(0), activity
    return spikes if spikes.size >= FEWEST_SPIKES else np.zeros(0), without


def _are_notches(spikes: NDArray[np.float64], beats: NDArray[np.float64]) -> bool:
    """Return whether most spikes stood in narrow QRS, of which nothing is left without them: no beat, and a gap."""
    following = np.concatenate([beats, [np.inf]])[np.searchsorted(beats, spikes + PACED_S[0] * RATE_HZ)]
    followed = following - spikes <= LONGEST_DELAY_S * RATE_HZ
    if spikes.size >= FEWEST_PACED and followed.mean() < 0.5:
        return True
    if beats.size < FEWEST_INTERVALS:
        return False
    interval = np.concatenate([[0.0], np.diff(beats), [0.0]])  # what lies beyond the ends is unknown
    missed = interval[np.searchsorted(beats, spikes)] > MISSED_RR * np.median(interval[1:-1])
    return bool((missed & ~followed).mean() >= 0.5)


def _intervals(sample: NDArray[np.float64], seen: NDArray[np.bool_]) -> NDArray[np.float64]:
    rr_ms = np.diff(sample) * 1000 / RATE_HZ
    if not seen.all():
        edges = np.flatnonzero(np.diff(np.concatenate([[True], seen, [True]]).astype(np.int8)))
        for start, stop in edges.reshape(-1, 2).tolist():
            if stop - start >= GAP_S * COARSE_RATE_HZ:
                before = int(np.searchsorted(sample, start * RATE_HZ / COARSE_RATE_HZ)) - 1
                if 0 <= before < rr_ms.size:
                    rr_ms[before] = np.nan
    return rr_ms


def _kinds(templates: BeatTemplates, rr_ms: NDArray[np.float64]) -> list[BeatKind]:
    """Return each beat's kind as if there were no pacemakers."""
    intervals = rr_ms.tolist()
    regular = is_regular(rr_ms)
    dominant = templates.width_ms[templates.shape == 0]
    usual_width = float(dominant[0]) if dominant.size else np.nan
    kinds: list[BeatKind] = []
    for beat, (shape, width) in enumerate(zip(templates.shape.tolist(), templates.width_ms.tolist(), strict=True)):
        last = intervals[beat - 2] if beat > 1 else np.nan
        before = intervals[beat - 1] if beat else np.nan
        usual = _usual_interval(intervals, beat)
        if shape == 0:
            in_run = beat > 0 and kinds[-1] is BeatKind.PREMATURE_NARROW
            limit = SUDDEN_AT_THE_START * usual if np.isnan(last) else SUDDEN * last
            premature = regular and before < EARLY * usual and (in_run or before < limit)
            premature &= _pause(intervals[beat : beat + LONGEST_RUN], EARLY * usual) > PAUSE * before
            kinds.append(BeatKind.PREMATURE_NARROW if premature else BeatKind.DOMINANT)
        else:
            wide = width > (WIDER * usual_width if usual_width < WIDE_MS else WIDE_MS)
            premature = wide and before < EARLY_OF_OTHER_SHAPE * usual
            kinds.append(BeatKind.PREMATURE_WIDE if premature else BeatKind.OTHER)
    return kinds


def _pause(following: list[float], short: float) -> float:
    """Return the first interval that is not short; NaN where none is."""
    return next((rr for rr in following if not rr < short), np.nan)


def _usual_interval(intervals: list[float], beat: int) -> float:
    """Return what three fifths of the intervals around don't exceed (in bigeminy the long ones); NaN with too few."""
    start = max(beat - 1 - INTERVALS_AROUND, 0)
    around = sorted(rr for rr in intervals[start : beat + INTERVALS_AROUND] if rr == rr)  # noqa: PLR0124 - no NaN
    if len(around) < FEWEST_INTERVALS:
        return np.nan
    return max(around[3 * len(around) // 5], sum(around) / len(around))


def is_regular(rr_ms: NDArray[np.float64]) -> bool:
    """Return whether most intervals are like the one before, or the one before that, as in bigeminy.

    Parameters
    ----------
    rr_ms : float64 (interval,)
        NaN across a gap.
    """
    known = rr_ms[~np.isnan(rr_ms)]
    if known.size < FEWEST_INTERVALS:
        return False
    usual: float = median(known.tolist())
    changes: list[float] = [median(np.abs(known[step:] - known[:-step]).tolist()) for step in (1, 2)]
    return min(changes) <= IRREGULAR * usual


def _paced(templates: BeatTemplates, spikes: NDArray[np.float64]) -> list[bool]:
    """Return whether a pacemaker made each beat: by a spike at the usual distance, or as most of its template."""
    if spikes.size == 0 or templates.sample.size == 0:
        return [False] * templates.sample.size
    last = np.searchsorted(spikes, templates.sample) - 1
    delay = (templates.sample - spikes[np.maximum(last, 0)]) / RATE_HZ
    behind = (last >= 0) & (delay >= PACED_S[0]) & (delay <= PACED_S[1])
    delays = np.sort(delay[behind])
    alike = np.searchsorted(delays, delay + SAME_DELAY_S) - np.searchsorted(delays, delay - SAME_DELAY_S)
    paced = behind & (alike >= FEWEST_PACED)
    for shape in range(int(templates.shape.max()) + 1):
        members = templates.shape == shape
        if paced[members].mean() >= 0.5:
            paced |= members
    answer: list[bool] = paced.tolist()
    return answer
