"""Where P, QRS and T begin, peak and end: in the representative beats, over all leads, and beat by beat."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.analysis_signal import RATE_HZ, SAMPLE_MS, AnalysisSignal
from einthoven.ecg.beat_groups import BeatGroups, GroupWaves, behind_spikes, group_beats, group_waves
from einthoven.ecg.beat_marks import carried_marks, cut_at_next_beat, free_p_waves, quiet_pauses
from einthoven.ecg.beats import Beats, is_regular
from einthoven.ecg.dissociated_p import dissociated_p_waves
from einthoven.ecg.marks import Mark, put_in_order
from einthoven.ecg.pacing_spikes import without_spikes
from einthoven.ecg.representative_beat import RepresentativeBeat, representative_beats
from einthoven.ecg.small_arrays import quantile
from einthoven.ecg.t_alignment import t_shifts
from einthoven.ecg.wave_likeness import weighted_by_noise

__all__ = ["Delineation", "Mark", "delineate"]

GLOBAL_QUANTILES = (0.1, 0.5, 0.9, 0.1, 0.5, 0.9, 0.1, 0.5, 0.9)
"""Over the leads, of onset, peak and end: the earliest of twelve onsets would be the most mistaken one. QRS comes out
about 10 ms longer than in files of eight recorders, 22 ms shorter than between the extreme marks of LUDB's readers."""

STEADY = 0.05
"""Span of the intervals as a share, below which QT stays as it is."""

LEVEL_MS = (10.0, 2.0)
"""Before the onset of QRS: the stretch whose mean is zero."""


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
    groups = group_beats(signal, beats, representatives, usable)
    leads = tuple(analysis.leads[row] for row in usable)
    found = group_waves(signal, leads, beats, groups)
    carried = carried_marks(beats.sample, groups.of_beat, found.lead_marks, found.pattern)
    _align_t(carried, signal, beats, groups, found.lead_marks)
    carried[(carried < 0) | (carried > signal.shape[1] - 1)] = np.nan
    put_in_order(carried)
    cut_at_next_beat(carried)
    free = _free_p(carried, signal, leads, beats, found)
    n_templates = len(representatives)
    lead_marks = _with_p_of_most(found.lead_marks[:n_templates], carried, beats.template) * SAMPLE_MS
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


def _free_p(
    carried: NDArray[np.float64], signal: NDArray[np.float32], leads: tuple[str, ...], beats: Beats, found: GroupWaves
) -> NDArray[np.float64]:
    """Return float64 (wave, lead, 3), samples: P waves like those before QRS or, where there are none, that march."""
    if found.pattern is not None:
        return free_p_waves(carried, found.pattern)
    nothing = np.empty((0, len(leads), 3))
    if found.flutter_cycle_ms is not None or not is_regular(beats.rr_ms):
        return nothing
    marching = dissociated_p_waves(signal, leads, quiet_pauses(carried), weights=found.weights)
    return nothing if behind_spikes(beats.spikes, marching.min(axis=(1, 2)), marching.max(axis=(1, 2))) else marching


def _align_t(
    carried: NDArray[np.float64],
    signal: NDArray[np.float32],
    beats: Beats,
    groups: BeatGroups,
    lead_marks: NDArray[np.float64],
) -> None:
    """Move the T waves of beats that have a representative beat of several to where they are, if the rate changes."""
    steps = np.diff(beats.sample)
    if steps.size < 2 or np.ptp(steps) < STEADY * quantile(steps, 0.5):
        return
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
    onset = np.nanmin(lead_marks[:, Mark.QRS_ON]) / SAMPLE_MS + beat.fiducial
    low, high = (max(0, round(onset - before / SAMPLE_MS)) for before in LEVEL_MS)
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
