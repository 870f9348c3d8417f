from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.analysis_signal import analysis_signal
from einthoven.ecg.formats import read
from einthoven.ecg.pacing_spikes import pacing_spikes, without_spikes
from einthoven.ecg.qrs_activity import qrs_activity
from einthoven.ecg.qrs_detection import detect_qrs
from einthoven.ecg.record import Record
from fakes.synthetic_ecg import synthetic_ecg

WITHIN_S = 0.06


def _found_s(record):
    analysis = analysis_signal(record)
    activity = qrs_activity(analysis.signal, analysis.lost)
    return detect_qrs(activity) / 500


def _assert_all_found(ecg, record=None, *, of=None):
    record = record or ecg.record
    truth = ecg.beat_s if of is None else of
    inside = truth[(truth > 0.08) & (truth < record.duration_s - 0.08)]
    found = _found_s(record)
    assert np.abs(found[:, None] - inside).min(axis=0).max() < WITHIN_S, "a beat is missed"
    assert np.abs(found[:, None] - truth).min(axis=1).max() < WITHIN_S, "something else is taken for a beat"


@pytest.mark.parametrize("shape", ["normal", "lbbb", "rbbb"])
@pytest.mark.parametrize("rate_bpm", [20, 30, 60, 120, 180, 250])
def test_each_beat_is_found_once_from_20_to_250_a_minute(rate_bpm, shape):
    atrial = "sinus" if rate_bpm < 180 else "none"
    _assert_all_found(synthetic_ecg(rr_ms=60_000 / rate_bpm, shape=shape, atrial=atrial, noise_mv=0.01))


@pytest.mark.parametrize("rate_hz", [100.0, 128.0, 250.0, 360.0, 1000.0])
def test_the_sampling_rate_does_not_matter(rate_hz):
    _assert_all_found(synthetic_ecg(rate_hz=rate_hz, noise_mv=0.01, premature={3: "pvc"}))


@pytest.mark.parametrize("seconds", [1.0, 2.0, 5.0, 60.0])
def test_any_length_will_do(seconds):
    _assert_all_found(synthetic_ecg(duration_s=seconds, noise_mv=0.01))


@pytest.mark.parametrize("first_s", [0.0, 0.02, 0.04, 0.06])
def test_a_qrs_that_the_start_cuts_through_spoils_no_other(first_s):
    found = _found_s(synthetic_ecg(first_s=first_s, noise_mv=0.01).record)
    later = first_s + 0.8 * np.arange(1, 12)
    assert np.abs(found[:, None] - later).min(axis=0).max() < WITHIN_S


@pytest.mark.parametrize("lead", ["I", "II", "V1", "V3", "V6"])
def test_one_lead_is_enough(lead):
    _assert_all_found(synthetic_ecg(leads=(lead,), noise_mv=0.01, premature={4: "pac"}))


def test_extrasystoles_of_any_shape_are_beats():
    _assert_all_found(synthetic_ecg(premature={2: "pvc", 5: "pac", 8: "pvc", 9: "pvc"}, noise_mv=0.02))


def test_every_beat_of_bigeminy_is_found():
    _assert_all_found(synthetic_ecg(premature=dict.fromkeys(range(1, 20, 2), "pvc"), noise_mv=0.02))


def test_t_waves_three_times_as_tall_are_no_beats():
    ecg = synthetic_ecg(noise_mv=0.01)
    taller = synthetic_ecg(noise_mv=0.01, atrial="none")
    qrs = np.zeros(5000, dtype=np.bool_)
    for at in taller.beat_s:
        qrs[max(0, round((at - 0.1) * 500)) : round((at + 0.12) * 500)] = True
    signal = np.where(qrs, taller.record.signal, 3 * taller.record.signal).astype(np.float32)
    _assert_all_found(ecg, Record(signal, ecg.record.leads, 500.0, "tall"))


def test_p_waves_of_a_blocked_atrium_are_no_beats():
    _assert_all_found(synthetic_ecg(atrial="dissociated", rr_ms=1700, noise_mv=0.01))


def test_fibrillation_waves_are_no_beats():
    _assert_all_found(synthetic_ecg(atrial="fibrillation", rr_ms=700, fibrillation_mv=0.15, noise_mv=0.01, seed=3))


def test_noise_as_high_as_a_p_wave_hides_no_beat():
    _assert_all_found(synthetic_ecg(noise_mv=0.1))


def test_a_wandering_baseline_hides_no_beat():
    _assert_all_found(synthetic_ecg(wander_mv=2.0, noise_mv=0.02))


def test_a_noisy_second_of_all_leads_adds_no_beats():
    ecg = synthetic_ecg(noise_mv=0.01)
    signal = ecg.record.signal.copy()
    signal[:, 2000:2500] += np.random.default_rng(0).normal(0, 0.15, (12, 500)).astype(np.float32)
    _assert_all_found(ecg, Record(signal, ecg.record.leads, 500.0, "burst"))


def test_half_of_the_leads_may_be_off():
    ecg = synthetic_ecg(noise_mv=0.01)
    signal = ecg.record.signal.copy()
    signal[2:8] = 0
    _assert_all_found(ecg, Record(signal, ecg.record.leads, 500.0, "off"))


def test_where_all_leads_are_off_nothing_is_found():
    ecg = synthetic_ecg(noise_mv=0.01)
    signal = ecg.record.signal.copy()
    signal[:, 2000:3100] = np.nan
    recorded = ecg.beat_s[(ecg.beat_s < 3.9) | (ecg.beat_s > 6.3)]
    _assert_all_found(ecg, Record(signal, ecg.record.leads, 500.0, "gap"), of=recorded)


def test_a_flat_record_has_no_beats():
    assert _found_s(Record(np.zeros((2, 5000), np.float32), ("I", "II"), 500.0, "flat")).size == 0


def test_pure_noise_is_survived():
    noise = np.random.default_rng(0).normal(0, 1, (3, 5000)).astype(np.float32)
    found = _found_s(Record(noise, ("I", "II", "V1"), 500.0, "noise"))
    assert np.all(np.diff(found) >= 0.19)


@pytest.mark.real_data
def test_ludb_has_every_qrs_found_and_nothing_else(real_data):
    folder = real_data / "ludb" / "data"
    if not folder.is_dir():
        pytest.skip(f"no LUDB at {folder}")
    wfdb = pytest.importorskip("wfdb")
    missed = wrong = beats = 0
    for number in range(1, 81):
        analysis = analysis_signal(read(folder / f"{number}.hea", with_sha256=False))
        activity = qrs_activity(analysis.signal, analysis.lost)
        spikes = pacing_spikes(analysis.signal, activity.weight * activity.scale)
        found = detect_qrs(qrs_activity(without_spikes(analysis.signal, spikes), analysis.lost))
        marks = wfdb.rdann(str(folder / str(number)), "ii")
        truth = marks.sample[np.array(marks.symbol) == "N"]
        found = found[(found > truth[0] - 75) & (found < truth[-1] + 75)]
        distance = np.abs(found[:, None] - truth)
        missed += int((distance.min(axis=0) > 75).sum())
        wrong += int((distance.min(axis=1) > 75).sum())
        beats += truth.size
    assert beats > 600
    assert (missed, wrong) == (0, 0)
