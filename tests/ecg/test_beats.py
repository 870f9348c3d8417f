from __future__ import annotations

import dataclasses
from collections import Counter

import numpy as np
import pytest

from einthoven.ecg.analysis_signal import RATE_HZ, analysis_signal
from einthoven.ecg.beats import BeatKind, find_beats
from einthoven.ecg.formats import locate, read
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.record import Record
from fakes.synthetic_ecg import synthetic_ecg


def _beats(record):
    return find_beats(analysis_signal(record))


def _kinds_at(ecg, beats, shape):
    """Return the kinds found at the beats of a shape that lie well within the record."""
    at = [t for t, name in zip(ecg.beat_s, ecg.shapes, strict=True) if name == shape and 0.3 < t < 9.5]
    return {beats.kind[int(np.abs(beats.sample / 500 - t).argmin())] for t in at}


def test_sinus_rhythm_has_dominant_beats_at_the_intervals_that_were_made():
    ecg = synthetic_ecg(rr_ms=[800, 830, 790, 815], noise_mv=0.01)
    beats = _beats(ecg.record)
    assert set(beats.kind) == {BeatKind.DOMINANT}
    assert beats.rr_ms == pytest.approx(np.diff(1000 * ecg.beat_s)[: beats.rr_ms.size], abs=1)


def test_early_wide_and_early_narrow_beats_are_told_apart():
    ecg = synthetic_ecg(premature={3: "pvc", 7: "pac"}, noise_mv=0.02)
    beats = _beats(ecg.record)
    assert _kinds_at(ecg, beats, "pvc") == {BeatKind.PREMATURE_WIDE}
    assert _kinds_at(ecg, beats, "pac") == {BeatKind.PREMATURE_NARROW}
    assert _kinds_at(ecg, beats, "normal") == {BeatKind.DOMINANT}


def test_extrasystoles_in_bundle_branch_block_are_told_by_their_shape():
    ecg = synthetic_ecg(shape="lbbb", premature={3: "pvc"}, noise_mv=0.02)
    assert _kinds_at(ecg, _beats(ecg.record), "pvc") == {BeatKind.PREMATURE_WIDE}


@pytest.mark.parametrize(("shape", "kind"), [("pvc", BeatKind.PREMATURE_WIDE), ("pac", BeatKind.PREMATURE_NARROW)])
def test_every_second_beat_may_be_premature(shape, kind):
    ecg = synthetic_ecg(premature=dict.fromkeys(range(1, 20, 2), shape), noise_mv=0.02)
    beats = _beats(ecg.record)
    assert _kinds_at(ecg, beats, shape) == {kind}
    assert _kinds_at(ecg, beats, "normal") == {BeatKind.DOMINANT}


def test_in_atrial_fibrillation_no_narrow_beat_is_premature_but_a_wide_one_is():
    ecg = synthetic_ecg(atrial="fibrillation", premature={5: "pvc"}, noise_mv=0.02, seed=2)
    count = Counter(_beats(ecg.record).kind)
    assert count[BeatKind.PREMATURE_NARROW] == 0
    assert count[BeatKind.PREMATURE_WIDE] == 1


def test_a_rate_that_rises_suddenly_is_no_extrasystole():
    ecg = synthetic_ecg(rr_ms=[1000] * 5 + [700] * 20, noise_mv=0.01)
    assert set(_beats(ecg.record).kind) == {BeatKind.DOMINANT}


def test_paced_beats_are_told_by_the_spike_before_them():
    ecg = synthetic_ecg(shape="paced", atrial="none", noise_mv=0.01)
    beats = _beats(ecg.record)
    assert _kinds_at(ecg, beats, "paced") == {BeatKind.PACED}
    assert beats.spikes.size >= 12


def test_a_spike_whose_qrs_lies_beyond_the_end_is_no_beat():
    ecg = synthetic_ecg(shape="paced", atrial="none", first_s=0.45, noise_mv=0.01)  # the last spike stands at 9.974 s
    assert _beats(ecg.record).sample[-1] < 4750


def test_one_click_is_neither_a_beat_nor_a_pacemaker():
    ecg = synthetic_ecg(noise_mv=0.01)
    signal = ecg.record.signal.copy()
    signal[:, 2450] += 5
    beats = _beats(Record(signal, ecg.record.leads, 500.0, "click"))
    assert beats.spikes.size == 0
    assert set(beats.kind) == {BeatKind.DOMINANT}


def test_the_interval_across_a_gap_is_unknown():
    ecg = synthetic_ecg(noise_mv=0.01)
    signal = ecg.record.signal.copy()
    signal[:, 2350:3100] = np.nan
    beats = _beats(Record(signal, ecg.record.leads, 500.0, "gap"))
    across = int(np.searchsorted(beats.sample, 2350)) - 1
    assert np.isnan(beats.rr_ms[across])
    assert np.delete(beats.rr_ms, across) == pytest.approx(800, abs=1)


@pytest.mark.parametrize("gain", [0.5, 2.0, 0.001])
def test_gain_changes_nothing(gain):
    ecg = synthetic_ecg(premature={3: "pvc", 7: "pac"}, noise_mv=0.02)
    ours = _beats(ecg.record)
    scaled = _beats(Record(ecg.record.signal * np.float32(gain), ecg.record.leads, 500.0, "gain", unit="arbitrary"))
    assert scaled.sample == pytest.approx(ours.sample, abs=0.05)
    assert scaled.kind == ours.kind
    assert scaled.template.tolist() == ours.template.tolist()


def test_the_order_of_leads_changes_nothing():
    ecg = synthetic_ecg(premature={3: "pvc"}, noise_mv=0.02)
    order = np.random.default_rng(0).permutation(12)
    ours = _beats(ecg.record)
    other = _beats(Record(ecg.record.signal[order], tuple(STANDARD_LEADS[k] for k in order), 500.0, "order"))
    assert np.array_equal(other.sample, ours.sample)
    assert other.kind == ours.kind


@pytest.mark.parametrize("rate_hz", [250.0, 1000.0])
def test_the_sampling_rate_moves_no_beat_by_a_millisecond(rate_hz):
    made = {"premature": {3: "pvc", 7: "pac"}, "noise_mv": 0.02}
    ours, theirs = (_beats(synthetic_ecg(rate_hz=rate, **made).record) for rate in (500.0, rate_hz))
    assert theirs.sample == pytest.approx(ours.sample, abs=0.5)
    assert theirs.kind == ours.kind


def test_a_shift_in_time_shifts_the_beats():
    ecg = synthetic_ecg(premature={5: "pvc"}, noise_mv=0.02)
    ours = _beats(ecg.record).sample[2:-1]
    later = _beats(Record(ecg.record.signal[:, 333:], ecg.record.leads, 500.0, "later")).sample + 333
    assert np.abs(later[:, None] - ours).min(axis=0).max() < 0.5


@pytest.mark.parametrize("n_samples", [1, 4, 100, 240, 260, 600])
def test_records_too_short_for_beats_are_survived(n_samples):
    signal = synthetic_ecg().record.signal[:, :n_samples]
    beats = _beats(Record(signal, STANDARD_LEADS, 500.0, "short"))
    assert len(beats.kind) == beats.sample.size == beats.template.size
    assert beats.rr_ms.size == max(beats.sample.size - 1, 0)


def test_flat_missing_and_infinite_leads_are_survived():
    signal = synthetic_ecg(noise_mv=0.01).record.signal.copy()
    signal[0], signal[4], signal[7, 100:900] = 0, np.nan, np.inf
    assert len(_beats(Record(signal, STANDARD_LEADS, 500.0, "faulty")).kind) == 12


@pytest.mark.real_data
def test_every_record_of_cinc2011_has_beats_in_order(real_data):
    folder = real_data / "cinc2011"
    if not folder.is_dir():
        pytest.skip(f"no CinC 2011 at {folder}")
    for location in locate(folder)[::5]:
        beats = _beats(read(location, with_sha256=False))
        assert len(beats.kind) == beats.sample.size == beats.template.size == beats.rr_ms.size + (beats.sample.size > 0)
        assert np.all(np.diff(beats.sample) > 50)  # 100 ms
        assert np.all((beats.sample >= 0) & (beats.sample < 5000))
        assert np.all(np.isfinite(beats.sample))


@pytest.mark.real_data
def test_extrasystoles_and_pacing_of_ludb_are_those_of_its_readers(real_data):
    folder = real_data / "ludb" / "data"
    if not folder.is_dir():
        pytest.skip(f"no LUDB at {folder}")
    count = {
        number: Counter(_beats(read(folder / f"{number}.hea", with_sha256=False)).kind) for number in (7, 34, 38, 60, 1)
    }
    assert count[7][BeatKind.PREMATURE_NARROW] == 1  # single PAC
    assert count[60][BeatKind.PREMATURE_NARROW] == 1
    assert count[38][BeatKind.PREMATURE_WIDE] == 1  # single PVC, in atrial fibrillation
    assert set(count[34]) == {BeatKind.PACED}  # third-degree AV block, ventricular pacing
    assert count[1][BeatKind.DOMINANT] >= 7


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("path", "n_beats", "paced"),
    [
        ("ptb_xl/records500/00000/00343_hr.hea", 12, 0),  # a normal ECG whose R waves are as narrow as spikes
        ("ptb_xl/records500/00000/00385_hr.hea", 12, 12),
        ("cinc2011/set-a/2462572.hea", 12, 12),  # QRS so wide that its middle lies 160 ms behind the spike
        ("cinc2011/set-a/1531776.hea", 10, 0),  # atrial spikes before narrow QRS
    ],
)
def test_a_pacemaker_of_the_ventricles_is_where_there_is_one(real_data, path, n_beats, paced):
    if not (real_data / path).is_file():
        pytest.skip(f"no {real_data / path}")
    kinds = _beats(read(real_data / path, with_sha256=False)).kind
    assert len(kinds) == n_beats
    assert kinds.count(BeatKind.PACED) == paced


@pytest.mark.real_data
def test_extrasystoles_of_ptb_xl_are_found_without_false_ones(real_data):
    records = real_data / "ptb_xl" / "records500" / "00000"
    if not (records / "00485_hr.hea").is_file():
        pytest.skip(f"no {records}")
    count = {n: Counter(_beats(read(records / f"00{n}_hr.hea", with_sha256=False)).kind) for n in (222, 223, 485)}
    assert count[485][BeatKind.PREMATURE_WIDE] == 1
    assert count[223][BeatKind.PREMATURE_NARROW] == 2
    assert set(count[222]) == {BeatKind.DOMINANT}


def test_both_beats_of_a_supraventricular_couplet_are_premature():
    ecg = synthetic_ecg(
        rr_ms=[700, 700, 700, 700, 500, 510, 780, 700, 700, 700, 700, 700, 700, 700, 700], noise_mv=0.01
    )
    kinds = _beats(ecg.record).kind
    assert [k for k, kind in enumerate(kinds) if kind is BeatKind.PREMATURE_NARROW] == [5, 6]


@pytest.mark.parametrize(("duration_s", "from_s", "to_s"), [(20.0, 5.0, 16.0), (60.0, 5.0, 40.0)])
def test_p_waves_of_a_ventricular_standstill_are_no_beats(duration_s, from_s, to_s):
    whole = synthetic_ecg(duration_s=duration_s, noise_mv=0.01)
    without_p = synthetic_ecg(duration_s=duration_s, atrial="none", noise_mv=0.01)
    time_s = np.arange(whole.record.signal.shape[1]) / 500
    ventricles = np.where((time_s > from_s) & (time_s < to_s), 0, without_p.record.signal)
    atria = whole.record.signal - without_p.record.signal
    noise = np.random.default_rng(2).normal(0, 0.01, ventricles.shape)
    record = dataclasses.replace(whole.record, signal=(ventricles + atria + noise).astype(np.float32))
    beat_s = find_beats(analysis_signal(record)).sample / RATE_HZ
    kept = whole.beat_s[(whole.beat_s < from_s - 0.1) | (whole.beat_s > to_s + 0.1)]
    assert not ((beat_s > from_s + 0.1) & (beat_s < to_s - 0.1)).any()
    assert beat_s.size >= kept.size - 2
