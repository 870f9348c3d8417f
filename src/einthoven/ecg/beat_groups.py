"""Beats that are delineated together: those of one template, or one that is alone; and their waves."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.analysis_signal import RATE_HZ
from einthoven.ecg.atrial_flutter import flutter_cycle_ms
from einthoven.ecg.beat_marks import PPattern
from einthoven.ecg.beats import Beats
from einthoven.ecg.leads import LIMB_LEADS
from einthoven.ecg.marks import Mark
from einthoven.ecg.representative_beat import RepresentativeBeat, representative_beat
from einthoven.ecg.small_arrays import middle, quantile
from einthoven.ecg.wave_borders import BeatTiming, lead_borders
from einthoven.ecg.wave_likeness import weighted_by_noise
from einthoven.ecg.wave_presence import is_visible, wave_confidence

__all__ = ["BeatGroups", "GroupWaves", "beat_timing", "behind_spikes", "group_beats", "group_waves"]

PRESENT = (0.6, 0.0, 0.6)
"""Confidence from which P, QRS and T count as there. P in LUDB 1 to 80: 0.80 and more, without P 0.53 and less, but for
one record in atrial flutter; in PTB-XL 1 to 500 2 % of sinus rhythms have less, all of the fibrillations."""

SPIKE_BEFORE_P_S = 0.05
"""An atrial spike is followed by P within."""

LONE_BEAT_ROOM_S = 0.2
"""A beat that is alone is delineated when so much of the record lies around it."""


@dataclass(frozen=True, slots=True, eq=False)
class BeatGroups:
    """Beats that are delineated together: the templates, then beats that are alone. Usable leads only.

    ``beats`` are their representatives, ``of_beat`` int64 (beat,) says to which group each beat belongs, -1 to none.
    """

    beats: tuple[RepresentativeBeat, ...]
    of_beat: NDArray[np.int64]


def group_beats(
    signal: NDArray[np.float32],
    beats: Beats,
    representatives: tuple[RepresentativeBeat, ...],
    usable: NDArray[np.int64],
) -> BeatGroups:
    """Return the groups of a record: its templates, then each beat of its own that has room around it.

    A beat that was cut off, but is one of the dominant ones, belongs to them.

    Parameters
    ----------
    signal : float32 (lead, sample)
        Usable leads, without spikes.
    beats : Beats
    representatives : tuple of RepresentativeBeat
        By template, all leads.
    usable : int64 (lead,)
        Rows of the usable leads.
    """
    groups = [replace(beat, signal=beat.signal[usable], noise=beat.noise[usable]) for beat in representatives]
    of_beat = beats.template.copy()
    room = LONE_BEAT_ROOM_S * RATE_HZ
    for lone in np.flatnonzero(of_beat < 0).tolist():
        if beats.kind[lone] is beats.kind[int(representatives[0].beats[0])]:
            of_beat[lone] = 0
        elif room <= beats.sample[lone] <= signal.shape[1] - 1 - room:
            of_beat[lone] = len(groups)
            groups.append(representative_beat(signal, beats, np.array([lone])))
    return BeatGroups(tuple(groups), of_beat)


@dataclass(frozen=True, slots=True, eq=False)
class GroupWaves:
    """The waves of each group.

    Attributes
    ----------
    lead_marks : float64 (group, lead, 9), samples from the fiducial
        NaN where the wave is absent.
    confidence : float64 (group, 3) in [0, 1]
    weights : float32 (lead,)
        Of the leads by their noise in the dominant beats.
    pattern : PPattern, optional
        P of the dominant beats, and where the record is like it.
    flutter_cycle_ms : float, optional
    """

    lead_marks: NDArray[np.float64]
    confidence: NDArray[np.float64]
    weights: NDArray[np.float32]
    pattern: PPattern | None
    flutter_cycle_ms: float | None


def group_waves(signal: NDArray[np.float32], leads: tuple[str, ...], beats: Beats, groups: BeatGroups) -> GroupWaves:
    """Return the waves of each group; parameters as in ``group_beats``, and the names of the usable leads."""
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
        if flutter is not None or not _is_p(beat, marks, beats.spikes, fiducials):
            confidence[k, 0] = 0
        marks[:, np.repeat(confidence[k] < PRESENT, 3)] = np.nan
        lead_marks[k] = marks - beat.fiducial
        if k == 0 and np.isfinite(marks[0, Mark.T_OFF]):
            t_end = float(middle(lead_marks[0, :, Mark.T_OFF]))
    pattern, dominant = None, groups.beats[0]
    weights = weighted_by_noise(dominant.noise)
    if np.isfinite(lead_marks[0, 0, Mark.P_ON]):
        limb = sum(lead in LIMB_LEADS for lead in leads)
        pattern = PPattern.of(
            signal,
            dominant.signal,
            fiducial=dominant.fiducial,
            marks=lead_marks[0, :, :3],
            weights=weights,
            n_independent=min(limb, 2) + len(leads) - limb,
        )
    return GroupWaves(lead_marks, confidence, weights, pattern, flutter)


def _flutter(beat: RepresentativeBeat, marks: NDArray[np.float64], timing: BeatTiming) -> float | None:
    qrs = quantile(marks[:, Mark.QRS_ON], 0.1), quantile(marks[:, Mark.QRS_OFF], 0.9)
    return flutter_cycle_ms(beat.signal, qrs=qrs, interval=timing.after)


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


def _is_p(
    beat: RepresentativeBeat,
    marks: NDArray[np.float64],
    spikes: NDArray[np.float64],
    fiducials: NDArray[np.float64],
) -> bool:
    """Return whether what was found before QRS can be a P wave: of visible height, and not behind atrial spikes."""
    if not np.isfinite(marks[0, Mark.P_ON]) or not is_visible(beat.signal, marks[:, :3], marks[:, 3:6]):
        return False
    first, last = _windows(marks)[0]
    starts = fiducials - beat.fiducial
    return not behind_spikes(spikes, starts + first, starts + last)


def _windows(marks: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return float64 (3, 2): from early onset to late end of P, QRS and T; quartiles, as leads go astray."""
    ascending = np.sort(marks, axis=0)
    quarter = (len(marks) - 1) // 4
    return np.stack([ascending[quarter, [0, 3, 6]], ascending[len(marks) - 1 - quarter, [2, 5, 8]]], axis=1)


def behind_spikes(spikes: NDArray[np.float64], first: NDArray[np.float64], last: NDArray[np.float64]) -> bool:
    """Return whether most of some waves are at atrial spikes: what those leave behind can't be told from P."""
    if first.size == 0:
        return False
    behind = np.searchsorted(spikes, last) > np.searchsorted(spikes, first - SPIKE_BEFORE_P_S * RATE_HZ)
    return bool(behind.mean() > 0.5)
