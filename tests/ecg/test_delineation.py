"""P, QRS and T of ECGs whose every border is known, and what becomes of those that have no beats, leads or P waves."""

from __future__ import annotations

import dataclasses
import tracemalloc
from itertools import pairwise

import numpy as np
import pytest

from einthoven.ecg.analysis_signal import analysis_signal
from einthoven.ecg.beats import BeatKind, find_beats
from einthoven.ecg.delineation import Delineation, Mark, delineate
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.record import Record
from fakes.synthetic_ecg import DOWER, SPIKE_VECTOR, SyntheticEcg, synthetic_ecg

P, QRS, T = slice(0, 3), slice(3, 6), slice(6, 9)
BORDERS = [Mark.P_ON, Mark.P_OFF, Mark.QRS_ON, Mark.QRS_OFF, Mark.T_ON, Mark.T_OFF]
EDGE_S = 0.6  # so near to the ends of a record its beats are cut off
WITHIN_MS = {  # largest error of a border in any lead: P, QRS and T, each on and off; wide waves begin and end slowly
    "normal": (26, 18, 26, 30, 40, 26),
    "rbbb": (26, 18, 26, 30, 40, 28),
    "lbbb": (28, 18, 32, 40, 40, 30),
    "paced": (0, 0, 40, 46, 40, 46),
}
MEDIAN_WITHIN_MS = {  # the same of the median error over leads and beats
    "normal": (14, 12, 18, 20, 16, 14),
    "rbbb": (14, 12, 18, 20, 16, 14),
    "lbbb": (14, 12, 28, 32, 18, 26),
    "paced": (0, 0, 38, 30, 18, 42),
}


def waves_of(record: Record) -> Delineation:
    analysis = analysis_signal(record)
    return delineate(analysis, find_beats(analysis))


def with_signal(ecg: SyntheticEcg, signal) -> Record:
    return dataclasses.replace(ecg.record, signal=np.asarray(signal, dtype=np.float32))


def errors_ms(ecg: SyntheticEcg, found: Delineation, *, rows=slice(None)):
    """Float64 (beat, lead, mark) of the beats away from the ends; NaN where a wave is absent or was not found."""
    inside = (ecg.beat_s > EDGE_S) & (ecg.beat_s < ecg.record.duration_s - EDGE_S)
    true = ecg.marks_s[inside][:, rows]
    nearest = [nearest_beat(found, at) for at in ecg.beat_s[inside]]
    return 1000 * (found.beat_marks[nearest][:, rows] - true), true


def nearest_beat(found: Delineation, at_s):
    beat = int(np.abs(found.beats.sample / 500 - at_s).argmin())
    assert abs(found.beats.sample[beat] / 500 - at_s) < 0.1
    return beat


def has_p(found: Delineation, at_s):
    return bool(np.isfinite(found.beat_marks[nearest_beat(found, at_s), :, P]).any())


def same(one: Delineation, other: Delineation):
    names = ("lead_marks", "marks", "confidence", "beat_marks", "free_p")
    return all(np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True) for name in names)


@pytest.mark.parametrize(("rr_ms", "noise_mv"), [(600, 0.01), (800, 0.003), (800, 0.01), (1150, 0.005)])
@pytest.mark.parametrize("shape", WITHIN_MS)
def test_every_border_of_every_beat_lies_near_the_truth(shape, rr_ms, noise_mv):
    ecg = synthetic_ecg(shape=shape, rr_ms=rr_ms, noise_mv=noise_mv, seed=rr_ms)
    error, true = errors_ms(ecg, waves_of(ecg.record))
    assert np.isfinite(error[np.isfinite(true)]).all()
    there = BORDERS if shape != "paced" else BORDERS[2:]
    worst = np.nanmax(np.abs(error[:, :, there]), axis=(0, 1))
    usual = np.abs(np.nanmedian(error[:, :, there], axis=(0, 1)))
    assert (worst <= WITHIN_MS[shape][-len(there) :]).all()
    assert (usual <= MEDIAN_WITHIN_MS[shape][-len(there) :]).all()


@pytest.mark.parametrize("shape", ["normal", "rbbb"])
def test_waves_peak_where_the_truth_has_its_peak(shape):
    ecg = synthetic_ecg(shape=shape, noise_mv=0.005)
    error, _ = errors_ms(ecg, waves_of(ecg.record))
    assert np.nanmax(np.abs(error[:, 1]), axis=0)[[Mark.P_PEAK, Mark.QRS_PEAK, Mark.T_PEAK]] == pytest.approx(0, abs=8)
    assert np.nanmedian(np.abs(error[:, :, [Mark.P_PEAK, Mark.T_PEAK]])) <= 5


@pytest.mark.parametrize("rate_hz", [100.0, 250.0, 257.0, 1000.0])
def test_the_rate_of_the_recorder_moves_no_border_by_more_than_its_samples_allow(rate_hz):
    slow, usual = (
        waves_of(synthetic_ecg(rate_hz=rate, noise_mv=0.005, noise_hz=35).record).marks[0] for rate in (rate_hz, 500.0)
    )
    assert slow == pytest.approx(usual, abs=8 if rate_hz <= 125 else 4)


@pytest.mark.parametrize("duration_s", [5.0, 60.0])
def test_a_record_of_5_to_60_s_has_the_same_waves(duration_s):
    ecg = synthetic_ecg(duration_s=duration_s, noise_mv=0.005, noise_hz=35)
    found = waves_of(ecg.record)
    error, true = errors_ms(ecg, found)
    assert np.isfinite(error[np.isfinite(true)]).all()
    assert (np.nanmax(np.abs(error), axis=(0, 1))[BORDERS] <= WITHIN_MS["normal"]).all()
    assert found.marks[0] == pytest.approx(waves_of(synthetic_ecg(noise_mv=0.005, seed=1).record).marks[0], abs=12)


@pytest.mark.parametrize("pr_shift_ms", [-120, -60, 0, 20])
def test_p_is_found_at_short_and_long_pr(pr_shift_ms):
    ecg = synthetic_ecg(pr_shift_ms=pr_shift_ms, rr_ms=950, noise_mv=0.005)
    error, true = errors_ms(ecg, waves_of(ecg.record))
    assert np.isfinite(error[np.isfinite(true)]).all()
    assert np.nanmax(np.abs(error[:, :, P])) < 30


@pytest.mark.parametrize("seed", range(4))
def test_in_atrial_fibrillation_there_is_no_p(seed):
    found = waves_of(synthetic_ecg(atrial="fibrillation", noise_mv=0.01, seed=seed).record)
    assert found.confidence[0, 0] < 0.5
    assert np.isnan(found.beat_marks[:, :, P]).all()
    assert np.isnan(found.marks[:, P]).all()
    assert np.isfinite(found.marks[0, 3:]).all()
    assert found.free_p.shape == (0, 12, 3)


@pytest.mark.parametrize("shape", ["normal", "rbbb", "lbbb", "paced"])
@pytest.mark.parametrize("rr_ms", [600, 700, 1000])
def test_a_regular_rhythm_without_p_has_none_and_the_end_of_t_is_not_taken_for_it(shape, rr_ms):
    found = waves_of(synthetic_ecg(atrial="none", shape=shape, rr_ms=rr_ms, noise_mv=0.005).record)
    assert np.isnan(found.beat_marks[:, :, P]).all()
    assert np.isfinite(found.marks[0, 3:]).all()


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("rr_ms", [700, 800, 1000])
def test_a_ventricular_extrasystole_has_no_p_and_the_beats_around_have(rr_ms, count):
    premature = dict.fromkeys((4, 8)[:count], "pvc")
    ecg = synthetic_ecg(premature=premature, rr_ms=rr_ms, noise_mv=0.005, duration_s=12.0)
    found = waves_of(ecg.record)
    early = [has_p(found, ecg.beat_s[k]) for k in premature]
    around = [has_p(found, ecg.beat_s[k + step]) for k in premature for step in (-1, 1)]
    assert all(around)
    assert not any(early)


def test_an_atrial_extrasystole_has_a_p_of_its_own():
    ecg = synthetic_ecg(premature={5: "pac"}, rr_ms=900, noise_mv=0.005)
    found = waves_of(ecg.record)
    beat = nearest_beat(found, ecg.beat_s[5])
    assert found.beat_marks[beat, 1, P] == pytest.approx(ecg.marks_s[5, 1, P], abs=0.02)


def test_p_waves_that_are_not_conducted_are_free():
    """Two to one block: every other P stands 0.18 s before a QRS, the others alone behind T."""
    ecg = synthetic_ecg(
        atrial="dissociated", p_rr_ms=800, rr_ms=1600, first_s=1.08, noise_mv=0.01, duration_s=12.0, seed=2
    )
    found = waves_of(ecg.record)
    conducted, free = found.beat_marks[:, 1, Mark.P_PEAK], found.free_p[:, 1]
    assert conducted == pytest.approx(found.beats.sample / 500 - 0.18, abs=0.03)
    assert free[:, 1] == pytest.approx(conducted[:-1] + 0.8, abs=0.02)
    assert free == pytest.approx(ecg.free_p_s[2::2][: len(free)], abs=0.03)


def test_p_waves_that_march_through_are_bound_to_no_beat():
    found = waves_of(synthetic_ecg(atrial="dissociated", rr_ms=1600, noise_mv=0.01, duration_s=20.0).record)
    assert np.isnan(found.beat_marks[:, :, P]).all()
    assert np.isfinite(found.marks[0, 3:]).all()


def test_what_an_atrial_spike_leaves_behind_is_no_p():
    ecg = synthetic_ecg(noise_mv=0.005)
    time_s, spike = np.arange(5000) / 500, np.zeros(5000)
    for at in ecg.beat_s:
        spike += np.exp(-0.5 * ((time_s - (at - 0.215)) / 0.0015) ** 2)
    vector = DOWER @ np.outer(SPIKE_VECTOR, spike)
    limb = np.array([[1, 0], [0, 1], [-1, 1], [-0.5, -0.5], [1, -0.5], [-0.5, 1]]) @ vector[:2]
    found = waves_of(with_signal(ecg, ecg.record.signal + 2 * np.concatenate([limb, vector[2:]])))
    assert found.beats.spikes.size >= 10
    assert found.confidence[0, 0] == 0
    assert np.isnan(found.beat_marks[:, :, P]).all()


@pytest.mark.parametrize("lead", ["II", "V4", "V6"])
def test_one_lead_alone_is_enough(lead):
    ecg = synthetic_ecg(leads=(lead,), noise_mv=0.005)
    error, true = errors_ms(ecg, waves_of(ecg.record))
    assert np.isfinite(error[np.isfinite(true)]).all()
    assert (np.nanmax(np.abs(error), axis=(0, 1))[BORDERS] <= WITHIN_MS["normal"]).all()


@pytest.mark.parametrize("level", [np.nan, 0.0, 1.3])
def test_leads_that_are_not_usable_have_no_marks_and_the_others_keep_theirs(level):
    ecg = synthetic_ecg(noise_mv=0.005)
    signal = ecg.record.signal.copy()
    signal[[2, 7]] = level
    found = waves_of(with_signal(ecg, signal))
    assert np.isnan(found.lead_marks[:, [2, 7]]).all()
    assert np.isnan(found.beat_marks[:, [2, 7]]).all()
    others = np.delete(np.arange(12), [2, 7])
    error, true = errors_ms(ecg, found, rows=others)
    assert np.isfinite(error[np.isfinite(true)]).all()
    assert (np.nanmax(np.abs(error), axis=(0, 1))[BORDERS] <= WITHIN_MS["normal"]).all()


INVARIANCE = (
    {"noise_mv": 0.02},
    {"noise_mv": 0.02, "premature": {4: "pvc"}},
    {"noise_mv": 0.01, "shape": "paced"},
    {"noise_mv": 0.02, "atrial": "fibrillation"},
)


@pytest.mark.parametrize("made", INVARIANCE, ids=["sinus", "pvc", "paced", "af"])
def test_gain_unit_and_order_of_leads_change_nothing_at_all(made):
    ecg = synthetic_ecg(**made)
    plain = waves_of(ecg.record)
    for gain in (0.5, 2, 1024):
        assert same(plain, waves_of(with_signal(ecg, ecg.record.signal * gain)))
    assert same(plain, waves_of(dataclasses.replace(ecg.record, unit="arbitrary")))
    turned = np.random.default_rng(1).permutation(12)
    leads = tuple(STANDARD_LEADS[row] for row in turned)
    assert same(plain, waves_of(dataclasses.replace(ecg.record, signal=ecg.record.signal[turned], leads=leads)))


def test_no_border_moves_by_a_hundredth_of_a_millisecond_with_any_other_gain_or_offset():
    ecg = synthetic_ecg(noise_mv=0.02, premature={4: "pvc"})
    plain = waves_of(ecg.record).beat_marks
    for changed in (1.7 * ecg.record.signal, ecg.record.signal + 1, -3.3 * ecg.record.signal):
        moved = waves_of(with_signal(ecg, changed)).beat_marks
        assert 1000 * moved[:, :, BORDERS] == pytest.approx(1000 * plain[:, :, BORDERS], abs=0.01, nan_ok=True)


@pytest.mark.parametrize("level", [np.nan, 0.0, 0.4])
@pytest.mark.parametrize("rows", [[3], list(range(12))], ids=["one lead", "all leads"])
def test_a_stretch_without_signal_costs_the_beats_within_and_no_others(level, rows):
    ecg = synthetic_ecg(noise_mv=0.005, duration_s=14.0)
    signal = ecg.record.signal.copy()
    signal[rows, 2900:4000] = level
    found = waves_of(with_signal(ecg, signal))
    away = (ecg.beat_s > EDGE_S) & (ecg.beat_s < 14 - EDGE_S) & ((ecg.beat_s < 5.2) | (ecg.beat_s > 8.5))
    nearest = [nearest_beat(found, at) for at in ecg.beat_s[away]]
    error = 1000 * (found.beat_marks[nearest] - ecg.marks_s[away])
    assert np.isfinite(error[np.isfinite(ecg.marks_s[away])]).all()
    assert (np.nanmax(np.abs(error), axis=(0, 1))[BORDERS] <= np.add(WITHIN_MS["normal"], 6)).all()
    if len(rows) == 12:
        beats_s = found.beats.sample / 500
        assert not ((beats_s > 5.9) & (beats_s < 7.9)).any()


@pytest.mark.parametrize(("duration_s", "first_s", "rr_ms"), [(2.0, 0.5, 1000), (3.0, 0.7, 1500), (2.2, 0.6, 850)])
def test_a_record_of_two_beats_has_waves(duration_s, first_s, rr_ms):
    ecg = synthetic_ecg(duration_s=duration_s, first_s=first_s, rr_ms=rr_ms, noise_mv=0.005)
    found = waves_of(ecg.record)
    assert found.beats.sample.size == 2
    assert np.isfinite(found.marks[0]).all()


@pytest.mark.parametrize(("duration_s", "first_s"), [(1.0, 0.5), (1.3, 0.6), (3.0, 1.0)])
def test_a_record_of_one_beat_has_waves(duration_s, first_s):
    ecg = synthetic_ecg(duration_s=duration_s, first_s=first_s, rr_ms=5000, noise_mv=0.005)
    found = waves_of(ecg.record)
    assert found.beats.sample.size == 1
    error = 1000 * (found.beat_marks[0, 1, BORDERS] - ecg.marks_s[0, 1, BORDERS])
    assert np.abs(error).max() < 45


@pytest.mark.parametrize("n_samples", [1, 20, 249])
def test_a_record_without_beats_has_no_waves(n_samples):
    ecg = synthetic_ecg(noise_mv=0.005)
    assert_nothing(waves_of(with_signal(ecg, ecg.record.signal[:, :n_samples])))


@pytest.mark.parametrize("level", [np.nan, 0.0])
def test_a_record_without_signal_has_no_waves(level):
    found = waves_of(Record(np.full((12, 5000), level, dtype=np.float32), STANDARD_LEADS, 500.0, "r1"))
    assert_nothing(found)
    assert found.leads == STANDARD_LEADS


def assert_nothing(found: Delineation):
    n_beats, n_leads = found.beats.sample.size, len(found.leads)
    assert found.beat_marks.shape == (n_beats, n_leads, 9)
    assert np.isnan(found.beat_marks).all()
    assert found.lead_marks.shape[1:] == (n_leads, 9)
    assert np.isnan(found.lead_marks).all()
    assert found.free_p.shape == (0, n_leads, 3)


def anything(seed):
    """Return a record of any rhythm and quality, some with lost stretches."""
    rng = np.random.default_rng(seed)
    ecg = synthetic_ecg(
        rate_hz=float(rng.choice([100, 250, 360, 500, 1000])),
        duration_s=float(rng.choice([5, 10, 14])),
        rr_ms=float(rng.uniform(400, 1400)),
        shape=str(rng.choice(["normal", "lbbb", "rbbb", "paced"])),
        atrial=str(rng.choice(["sinus", "fibrillation", "dissociated", "none"])),
        premature={int(rng.integers(2, 6)): str(rng.choice(["pvc", "pac"]))} if rng.random() < 0.5 else None,
        noise_mv=float(rng.choice([0.005, 0.02, 0.05])),
        wander_mv=float(rng.choice([0, 0.3])),
        pr_shift_ms=float(rng.uniform(-120, 20)),
        seed=seed,
    )
    signal = ecg.record.signal.copy()
    for _ in range(int(rng.integers(0, 4))):
        start, length = rng.integers(signal.shape[1]), rng.integers(signal.shape[1] // 3)
        rows = rng.integers(12) if rng.random() < 0.7 else slice(None)
        signal[rows, start : start + length] = rng.choice([np.nan, 0.0, 0.7])
    return with_signal(ecg, signal)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("seed", range(1, 16))
def test_marks_of_a_beat_are_in_order_whatever_is_recorded(seed):
    record = anything(seed)
    found = waves_of(record)
    marks = found.beat_marks
    for wave in (P, QRS, T):
        for first, second in pairwise(range(wave.start, wave.stop)):
            assert not (marks[:, :, first] > marks[:, :, second]).any()
    assert not (marks[:, :, Mark.P_OFF] > marks[:, :, Mark.QRS_ON]).any()
    assert not (marks[:, :, Mark.QRS_PEAK] > marks[:, :, Mark.T_PEAK]).any()
    inside = marks[np.isfinite(marks)]
    assert ((inside >= 0) & (inside <= record.duration_s)).all()
    assert ((found.confidence >= 0) & (found.confidence <= 1)).all()


@pytest.mark.parametrize("seed", range(0, 40, 8))
def test_marks_over_all_leads_lie_among_those_of_the_leads(seed):
    found = waves_of(anything(seed))
    for lead_marks, marks in zip(found.lead_marks, found.marks, strict=True):
        there = np.isfinite(marks)
        by_lead = lead_marks[np.isfinite(lead_marks).any(axis=1)][:, there]
        assert (marks[there] >= by_lead.min(axis=0) - 1e-9).all()
        assert (marks[there] <= by_lead.max(axis=0) + 1e-9).all()


def test_qrs_of_a_beat_is_that_of_its_template_where_the_beat_is_and_t_near():
    found = waves_of(synthetic_ecg(noise_mv=0.01, premature={4: "pvc", 8: "pvc"}, duration_s=12.0).record)
    assert found.lead_marks.shape == (2, 12, 9)
    for beat in range(1, found.beats.sample.size - 1):
        expected = found.beats.sample[beat] / 500 + found.lead_marks[found.beats.template[beat]] / 1000
        assert found.beat_marks[beat, :, QRS] == pytest.approx(expected[:, QRS])
        assert found.beat_marks[beat, :, T] == pytest.approx(expected[:, T], abs=0.01)


def test_an_extrasystole_that_is_alone_has_qrs_and_t_of_its_own():
    ecg = synthetic_ecg(noise_mv=0.005, premature={5: "pvc"}, rr_ms=1000)
    found = waves_of(ecg.record)
    beat = nearest_beat(found, ecg.beat_s[5])
    assert found.beats.kind[beat] is BeatKind.PREMATURE_WIDE
    error = 1000 * (found.beat_marks[beat] - ecg.marks_s[5])
    assert np.nanmedian(np.abs(error[:, [Mark.QRS_ON, Mark.QRS_OFF, Mark.T_OFF]]), axis=0) == pytest.approx(0, abs=30)


def test_representative_beats_are_level_before_qrs():
    found = waves_of(synthetic_ecg(noise_mv=0.005, wander_mv=0.2).record)
    beat = found.representatives[0]
    onset = beat.fiducial + round(np.nanmin(found.lead_marks[0, :, Mark.QRS_ON]) / 2)
    assert beat.signal[:, onset - 5 : onset - 1].mean(axis=1) == pytest.approx(0, abs=0.01)


def test_memory_grows_no_faster_than_the_record():
    ecg = synthetic_ecg(duration_s=40.0, rr_ms=800, first_s=0.4, noise_mv=0.005, noise_hz=20).record
    peak = {}
    for times in (1, 15):
        record = dataclasses.replace(ecg, signal=np.tile(ecg.signal, (1, times)))
        analysis = analysis_signal(record)
        beats = find_beats(analysis)
        assert beats.sample.size == pytest.approx(50 * times, abs=1)
        tracemalloc.start()
        found = delineate(analysis, beats)
        peak[times] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert np.isfinite(found.beat_marks[1:-1]).all()
    assert peak[15] < 15 * peak[1]
