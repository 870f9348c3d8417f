"""Which beats are delineated together, and what surrounds them."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.analysis_signal import RATE_HZ, analysis_signal
from einthoven.ecg.beat_groups import beat_timing, behind_spikes, group_beats, group_waves
from einthoven.ecg.beats import BeatKind, Beats
from einthoven.ecg.marks import Mark
from einthoven.ecg.representative_beat import AFTER, BEFORE, RepresentativeBeat, representative_beats
from fakes.synthetic_ecg import synthetic_ecg

LEADS = ("I", "II", "V1")


def beats_at(samples, templates, kinds=None):
    kinds = kinds or [BeatKind.DOMINANT] * len(samples)
    samples = np.array(samples, dtype=np.float64)
    return Beats(samples, np.array(templates, dtype=np.int64), tuple(kinds), np.diff(samples) * 2, np.empty(0))


def representative(members):
    signal = np.zeros((3, BEFORE + AFTER + 1), dtype=np.float32)
    return RepresentativeBeat(signal, BEFORE, np.array(members), np.ones(3, dtype=np.float32))


def groups_of(beats):
    return group_beats(
        np.zeros((2, 5000), dtype=np.float32),
        beats,
        (representative(np.flatnonzero(beats.template == 0)),),
        np.array([0, 2]),
    )


def test_a_beat_of_another_kind_that_is_alone_is_a_group_of_its_own():
    beats = beats_at(
        [600, 1100, 1500, 2100], [0, 0, -1, 0], [*[BeatKind.DOMINANT] * 2, BeatKind.OTHER, BeatKind.DOMINANT]
    )
    groups = groups_of(beats)
    assert groups.of_beat.tolist() == [0, 0, 1, 0]
    assert groups.beats[1].beats.tolist() == [2]
    assert groups.beats[0].signal.shape[0] == 2


def test_a_dominant_beat_that_the_record_cuts_off_belongs_to_the_dominant_ones():
    assert groups_of(beats_at([40, 600, 1100], [-1, 0, 0])).of_beat.tolist() == [0, 0, 0]


def test_another_beat_at_the_very_end_belongs_to_none():
    kinds = [BeatKind.DOMINANT, BeatKind.DOMINANT, BeatKind.OTHER]
    assert groups_of(beats_at([600, 1100, 4990], [0, 0, -1], kinds)).of_beat.tolist() == [0, 0, -1]


def test_intervals_around_a_template_are_medians_of_its_own_beats():
    beats = beats_at([500, 1000, 1300, 2100, 2600], [0, 0, 1, 0, 0])
    timing = beat_timing(beats, representative([2]))
    assert (timing.before, timing.after) == (300, 800)
    assert beat_timing(beats, representative([0, 1, 3, 4])).after == 500


def test_one_beat_is_taken_to_have_a_second_around_it():
    timing = beat_timing(beats_at([500], [0]), representative([0]))
    assert (timing.before, timing.after) == (RATE_HZ, RATE_HZ)


def test_waves_are_behind_spikes_when_most_of_them_are():
    first, last = np.array([100.0, 600, 1100]), np.array([150.0, 650, 1150])
    assert behind_spikes(np.array([90.0, 590]), first, last)
    assert not behind_spikes(np.array([90.0]), first, last)
    assert not behind_spikes(np.empty(0), first, last)
    assert not behind_spikes(np.array([90.0]), np.empty(0), np.empty(0))


@pytest.mark.parametrize(("atrial", "has_p"), [("sinus", True), ("none", False)])
def test_groups_have_p_where_the_atria_beat_before_qrs(atrial, has_p):
    ecg = synthetic_ecg(atrial=atrial, noise_mv=0.01, leads=LEADS)
    analysis = analysis_signal(ecg.record)
    samples = ecg.beat_s[1:-1] * RATE_HZ
    beats = beats_at(samples, [0] * samples.size)
    groups = group_beats(analysis.signal, beats, representative_beats(analysis, beats), np.arange(3))
    found = group_waves(analysis.signal, LEADS, beats, groups)
    assert np.isfinite(found.lead_marks[0, :, Mark.P_ON]).all() == has_p
    assert (found.pattern is not None) == has_p
    assert np.isfinite(found.lead_marks[0, :, Mark.QRS_ON : Mark.T_OFF + 1]).all()
