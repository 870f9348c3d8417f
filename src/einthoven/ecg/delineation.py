"""Where P, QRS and T begin, peak and end: in the representative beats, over all leads, and beat by beat."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.analysis_signal import RATE_HZ, AnalysisSignal
from einthoven.ecg.atrial_flutter import flutter_cycle_ms
from einthoven.ecg.beat_marks import PPattern, carried_marks, free_p_waves
from einthoven.ecg.beats import Beats
from einthoven.ecg.border_features import middle, quantile
from einthoven.ecg.representative_beat import (
    RepresentativeBeat,
    representative_beat,
    representative_beats,
    without_spikes,
)
from einthoven.ecg.t_alignment import t_shifts
from einthoven.ecg.wave_borders import BeatTiming, lead_borders
from einthoven.ecg.wave_likeness import weighted_by_noise
from einthoven.ecg.wave_presence import wave_confidence

__all__ = ["Delineation", "Mark", "beat_timing", "delineate"]

PRESENT = (0.6, 0.0, 0.6)
"""Confidence from which P, QRS and T count as there. P in LUDB 1 to 80: 0.80 and more, without P 0.53 and less, but for
one record in atrial flutter; in PTB-XL 1 to 500 2 % of sinus rhythms have less, all of the fibrillations."""

MS = 1000 / RATE_HZ
"""Milliseconds in a sample."""

GLOBAL_QUANTILES = (0.1, 0.5, 0.9, 0.1, 0.5, 0.9, 0.1, 0.5, 0.9)
"""Over the leads, of onset, peak and end: the earliest of twelve onsets would be the most mistaken one. QRS comes out
about 10 ms longer than in files of eight recorders, 22 ms shorter than between the extreme marks of LUDB's readers."""

SPIKE_BEFORE_P_S = 0.05
"""An atrial spike is followed by P within."""

LONE_BEAT_ROOM_S = 0.12
"""A beat that is alone is delineated when so much of the record lies around it."""

LEVEL_MS = (10.0, 2.0)
"""Before the onset of QRS: the stretch whose mean is zero."""


class Mark(IntEnum):
    """Index of a mark in the last axis of arrays of marks; ``QRS_OFF`` is the J point."""

    P_ON = 0
    P_PEAK = 1
    P_OFF = 2
    QRS_ON = 3
    QRS_PEAK = 4
    QRS_OFF = 5
    T_ON = 6
    T_PEAK = 7
    T_OFF = 8


@dataclass(frozen=True, slots=True, eq=False)
class Delineation:
    """The waves of one record.

    Attributes
    ----------
    leads : tuple of str
    beats : Beats
    representatives : tuple of RepresentativeBeat
        One per template.
    lead_marks : float64 (template, lead, mark), ms from the fiducial
        NaN where the wave is absent, or the lead not usable.
    marks : float64 (template, mark), ms from the fiducial
        Over all leads: onsets that a tenth of the leads precede, ends that a tenth exceed, median peaks.
    confidence : float64 (template, 3) in [0, 1]
        That P, QRS and T are there.
    beat_marks : float64 (beat, lead, mark), s from the start of the record
    free_p : float64 (wave, lead, 3), s from the start of the record
        P waves that no QRS follows (AV block): onset, peak, end.
    flutter_cycle_ms : float, optional
        From one wave of atrial flutter to the next, where one of them would pass for P in every beat; P is absent then.
    """

    leads: tuple[str, ...]
    beats: Beats
    representatives: tuple[RepresentativeBeat, ...]
    lead_marks: NDArray[np.float64]
    marks: NDArray[np.float64]
    confidence: NDArray[np.float64]
    beat_marks: NDArray[np.float64]
    free_p: NDArray[np.float64]
    flutter_cycle_ms: float | None = None


def delineate(analysis: AnalysisSignal, beats: Beats) -> Delineation:
    """Return the waves of a record: borders of its representative beats, carried to each beat.

    A beat that belongs to no template is delineated by itself, or like the dominant ones when it is one of them.

    Parameters
    ----------
    analysis : AnalysisSignal
    beats : Beats
        Of the same signal.
    """
    representatives = representative_beats(analysis, beats)
    usable = np.flatnonzero(analysis.usable)
    if not representatives or not usable.size:
        return _nothing(analysis.leads, beats, representatives)
    signal = without_spikes(analysis.signal, beats.spikes)[usable]
    groups = _groups(signal, beats, representatives, usable)
    found = _delineated(signal, tuple(analysis.leads[row] for row in usable), beats, groups)
    carried = carried_marks(beats.sample, groups.of_beat, found.lead_marks, found.pattern)
    _align_t(carried, signal, beats, groups, found.lead_marks)
    carried[(carried < 0) | (carried > signal.shape[1] - 1)] = np.nan
    free = np.empty((0, usable.size, 3)) if found.pattern is None else free_p_waves(carried, found.pattern)
    n_templates = len(representatives)
    lead_marks = _with_p_of_most(found.lead_marks[:n_templates], carried, beats.template) * MS
    marks_of_all = _in_rows(lead_marks, usable, n_leads=len(analysis.leads))
    return Delineation(
        analysis.leads,
        beats,
        tuple(map(_levelled, representatives, marks_of_all)),
        marks_of_all,
        _over_leads(lead_marks),
        found.confidence[:n_templates],
        _in_rows(carried / RATE_HZ, usable, n_leads=len(analysis.leads)),
        _in_rows(free / RATE_HZ, usable, n_leads=len(analysis.leads)),
        found.flutter_cycle_ms,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Groups:
    """Beats that are delineated together: the templates, then beats that are alone. Usable leads only.

    ``beats`` are their representatives, ``of_beat`` int64 (beat,) says to which group each beat belongs, -1 to none.
    """

    beats: tuple[RepresentativeBeat, ...]
    of_beat: NDArray[np.int64]


def _groups(
    signal: NDArray[np.float32],
    beats: Beats,
    representatives: tuple[RepresentativeBeat, ...],
    usable: NDArray[np.int64],
) -> _Groups:
    groups = [replace(beat, signal=beat.signal[usable], noise=beat.noise[usable]) for beat in representatives]
    of_beat = beats.template.copy()
    room = LONE_BEAT_ROOM_S * RATE_HZ
    for lone in np.flatnonzero(of_beat < 0).tolist():
        if beats.kind[lone] is beats.kind[int(representatives[0].beats[0])]:
            of_beat[lone] = 0
        elif room <= beats.sample[lone] <= signal.shape[1] - 1 - room:
            of_beat[lone] = len(groups)
            groups.append(representative_beat(signal, beats, np.array([lone])))
    return _Groups(tuple(groups), of_beat)


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """Of each group: ``lead_marks`` (group, lead, 9) in samples from the fiducial, NaN where absent."""

    lead_marks: NDArray[np.float64]
    confidence: NDArray[np.float64]
    pattern: PPattern | None
    flutter_cycle_ms: float | None


def _delineated(signal: NDArray[np.float32], leads: tuple[str, ...], beats: Beats, groups: _Groups) -> _Found:
    lead_marks = np.full((len(groups.beats), len(signal), 9), np.nan)
    confidence = np.zeros((len(groups.beats), 3))
    t_end = flutter = None
    for k, beat in enumerate(groups.beats):
        timing = beat_timing(beats, beat, t_end)
        weights = weighted_by_noise(beat.noise)
        marks = lead_borders(beat.signal.astype(np.float64), leads, timing, weights=weights)
        fiducials = beats.sample[beat.beats]
        confidence[k] = wave_confidence(signal, fiducials, _windows(marks), noise=beat.noise)
        if k == 0:
            flutter = _flutter(beat, marks, timing)
        if flutter is not None or _atrially_paced(beats.spikes, fiducials - beat.fiducial, _windows(marks)[0]):
            confidence[k, 0] = 0
        marks[:, np.repeat(confidence[k] < PRESENT, 3)] = np.nan
        lead_marks[k] = marks - beat.fiducial
        if k == 0 and np.isfinite(marks[0, Mark.T_OFF]):
            t_end = float(middle(lead_marks[0, :, Mark.T_OFF]))
    pattern = None
    if np.isfinite(lead_marks[0, 0, Mark.P_ON]):
        dominant = groups.beats[0]
        weights = weighted_by_noise(dominant.noise)
        pattern = PPattern.of(
            signal, dominant.signal, fiducial=dominant.fiducial, marks=lead_marks[0, :, :3], weights=weights
        )
    return _Found(lead_marks, confidence, pattern, flutter)


def _flutter(beat: RepresentativeBeat, marks: NDArray[np.float64], timing: BeatTiming) -> float | None:
    qrs = quantile(marks[:, Mark.QRS_ON], 0.1), quantile(marks[:, Mark.QRS_OFF], 0.9)
    return flutter_cycle_ms(beat.signal, qrs=qrs, interval=timing.after)


def _align_t(
    carried: NDArray[np.float64],
    signal: NDArray[np.float32],
    beats: Beats,
    groups: _Groups,
    lead_marks: NDArray[np.float64],
) -> None:
    """Move the T waves of beats that have a representative beat of several to where they are."""
    for k, beat in enumerate(groups.beats):
        if beat.beats.size > 1 and np.isfinite(lead_marks[k, 0, Mark.T_ON]):
            members = np.flatnonzero(groups.of_beat == k)
            carried[members, :, 6:] += t_shifts(
                signal,
                beats.sample[members],
                beat.signal,
                fiducial=beat.fiducial,
                marks=lead_marks[k, :, 6:],
                weights=weighted_by_noise(beat.noise),
            )[:, None, None]


def _in_rows(marks: NDArray[np.float64], rows: NDArray[np.int64], *, n_leads: int) -> NDArray[np.float64]:
    """Return marks (item, lead, mark) of some leads among NaN for the others."""
    among = np.full((len(marks), n_leads, marks.shape[2]), np.nan)
    among[:, rows] = marks
    return among


def beat_timing(beats: Beats, beat: RepresentativeBeat, previous_t_end: float | None = None) -> BeatTiming:
    """Return the median intervals before and after the beats that a representative beat was made of."""
    steps = np.diff(beats.sample)
    anyway = quantile(steps, 0.5) if steps.size else float(RATE_HZ)
    before, after = steps[beat.beats[beat.beats > 0] - 1], steps[beat.beats[beat.beats < steps.size]]
    return BeatTiming(
        beat.fiducial,
        before=quantile(before, 0.5) if before.size else anyway,
        after=quantile(after, 0.5) if after.size else anyway,
        previous_t_end=previous_t_end,
    )


def _atrially_paced(spikes: NDArray[np.float64], starts: NDArray[np.float64], p: NDArray[np.float64]) -> bool:
    """Return whether most beats have a spike in their P wave: what it leaves behind can't be told from P."""
    low, high = starts + p[0] - SPIKE_BEFORE_P_S * RATE_HZ, starts + p[1]
    return bool(np.mean(np.searchsorted(spikes, high) > np.searchsorted(spikes, low)) > 0.5)


def _windows(marks: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return float64 (3, 2): from early onset to late end of P, QRS and T; quartiles, as leads go astray."""
    ascending = np.sort(marks, axis=0)
    quarter = (len(marks) - 1) // 4
    return np.stack([ascending[quarter, [0, 3, 6]], ascending[len(marks) - 1 - quarter, [2, 5, 8]]], axis=1)


def _with_p_of_most(
    lead_marks: NDArray[np.float64], carried: NDArray[np.float64], templates: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the marks without P in templates most of whose beats have none."""
    kept = lead_marks.copy()
    for k in range(len(kept)):
        has_p = np.isfinite(carried[templates == k, 0, Mark.P_ON])
        if has_p.mean() < 0.5:
            kept[k, :, :3] = np.nan
    return kept


def _levelled(beat: RepresentativeBeat, lead_marks: NDArray[np.float64]) -> RepresentativeBeat:
    """Return the beat with the level before QRS at zero."""
    onset = np.nanmin(lead_marks[:, Mark.QRS_ON]) / MS + beat.fiducial
    low, high = (max(0, round(onset - before / MS)) for before in LEVEL_MS)
    level = beat.signal[:, low : max(high, low + 1)].mean(axis=1, keepdims=True)
    return replace(beat, signal=beat.signal - level)


def _over_leads(lead_marks: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return float64 (template, 9): early onsets, late ends and median peaks."""
    ascending = np.sort(lead_marks, axis=1)
    place = np.array(GLOBAL_QUANTILES) * (lead_marks.shape[1] - 1)
    low = place.astype(np.int64)
    high = np.minimum(low + 1, lead_marks.shape[1] - 1)
    first, second = ascending[:, low, range(9)], ascending[:, high, range(9)]
    marks: NDArray[np.float64] = first + (place - low) * (second - first)
    return marks


def _nothing(leads: tuple[str, ...], beats: Beats, representatives: tuple[RepresentativeBeat, ...]) -> Delineation:
    n_templates, n_leads = len(representatives), len(leads)
    return Delineation(
        leads,
        beats,
        representatives,
        np.full((n_templates, n_leads, 9), np.nan),
        np.full((n_templates, 9), np.nan),
        np.zeros((n_templates, 3)),
        np.full((beats.sample.size, n_leads, 9), np.nan),
        np.empty((0, n_leads, 3)),
    )
