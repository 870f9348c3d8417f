"""Simulated ECGs as a whole: records, their truth, and what einthoven's own detectors make of them."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.measurements import measured_waves
from einthoven.ecg.quality import quality
from einthoven.simulation.clinical_state import ClinicalState
from einthoven.simulation.devices import DEVICES
from einthoven.simulation.ecg import Identity, SimulatedEcg, beats_of, ecg_of, simulate_ecg
from einthoven.simulation.heart.traits import draw_traits
from einthoven.simulation.noise.levels import NoiseLevels
from fakes.simulated_heart import BumpHeart

LEAD = {lead: row for row, lead in enumerate(STANDARD_LEADS)}


def _ecg(seed: int = 0, *, device: str = "schiller", heart: BumpHeart | None = None, noise=None, noisy=True, **state):
    known = ClinicalState(**{"age_years": 60.0, "sex": "F", **state})
    random = np.random.default_rng(seed)
    return ecg_of(
        heart or BumpHeart(), known, DEVICES[device], random=random, identity=Identity("r1"), noise=noise, noisy=noisy
    )


def _levels(**change) -> NoiseLevels:
    names = ("drift_uv", "respiration_uv", "skin_uv", "mains_uv", "muscle_uv")
    quiet = {name: np.full(9, 2, dtype=np.float32) for name in names}
    return NoiseLevels(**quiet | change)


def _lead(made: SimulatedEcg, lead: str) -> np.ndarray:
    return made.record.signal[LEAD[lead]].astype(np.float64)


@pytest.mark.parametrize("name", DEVICES)
def test_a_record_has_twelve_leads_at_the_rate_and_in_the_steps_of_its_device(name):
    record = _ecg(device=name).record
    device = DEVICES[name]
    assert record.leads == STANDARD_LEADS
    assert record.signal.shape == (12, 10 * device.rate_hz)
    assert record.signal.dtype == np.float32
    stored = [LEAD[lead] for lead in record.provenance.leads_stored]
    steps = record.signal[stored] / (device.microvolts_per_step / 1000)
    assert np.abs(steps - np.rint(steps)).max() < 2e-3
    assert len(record.provenance.original_step_mv) == device.leads_stored


def test_einthoven_s_law_holds_to_a_step_after_and_to_float_precision_before_quantisation():
    made = _ecg(seed=3)
    assert np.abs(_lead(made, "I") + _lead(made, "III") - _lead(made, "II")).max() < 0.0016
    made = _ecg(seed=3, noisy=False)
    assert np.abs(_lead(made, "I") + _lead(made, "III") - _lead(made, "II")).max() < 1e-6
    assert np.abs(_lead(made, "aVR") + _lead(made, "aVL") + _lead(made, "aVF")).max() < 1e-6
    made = _ecg(seed=3, device="ge")  # derives what it doesn't store
    assert np.abs(_lead(made, "I") + _lead(made, "III") - _lead(made, "II")).max() < 1e-6


def test_exchanged_arms_turn_lead_i_over():
    right = _ecg(seed=2, noise=_levels())
    wrong = _ecg(seed=2, noise=_levels(exchanged=("RA", "LA")))
    assert np.corrcoef(_lead(right, "I"), _lead(wrong, "I"))[0, 1] < -0.95
    assert np.corrcoef(_lead(right, "II"), _lead(wrong, "III"))[0, 1] > 0.95
    assert quality(wrong.record).arms_reversed
    assert not quality(right.record).arms_reversed
    assert wrong.truth.noise.exchanged == ("RA", "LA")


def test_an_electrode_that_is_off_leaves_its_lead_without_a_heart():
    made = _ecg(seed=2, noise=_levels(missing="C3"))
    assert np.ptp(_lead(made, "V3")) < 0.1
    assert np.ptp(_lead(made, "V4")) > 0.5


@pytest.mark.parametrize(("device", "mains_hz"), [("schiller", 50.0), ("ge", 60.0)])
def test_hum_peaks_at_the_mains_unless_the_device_takes_it(device, mains_hz):
    made = _ecg(seed=1, device=device, noise=_levels(mains_uv=np.linspace(5, 40, 9, dtype=np.float32)))
    spectrum = np.abs(np.fft.rfft(_lead(made, "V6") * np.hanning(5000)))
    frequency = np.fft.rfftfreq(5000, 1 / 500)
    at = spectrum[np.abs(frequency - mains_hz) < 0.2].max()
    beside = np.median(spectrum[(np.abs(frequency - mains_hz) > 2) & (np.abs(frequency - mains_hz) < 8)])
    assert (at > 20 * beside) == (DEVICES[device].notch_hz == 0)


def test_the_same_generator_gives_the_same_bytes():
    state = {"rhythm": "fibrillation", "ventricular_ectopy": 0.1}
    assert _ecg(7, **state).record.signal.tobytes() == _ecg(7, **state).record.signal.tobytes()
    assert _ecg(7, **state).record.signal.tobytes() != _ecg(8, **state).record.signal.tobytes()


def test_the_truth_names_every_beat_within_the_record_and_none_beyond():
    made = _ecg(4, ventricular_ectopy=0.2, atrial_ectopy=0.1)
    truth = made.truth
    assert (truth.qrs_onset_s >= 0).all()
    assert (truth.qrs_onset_s < 10).all()
    assert len(truth.qrs_kinds) == len(truth.qrs_onset_s) == len(truth.rr_s) == len(truth.t_end_s)
    assert len(truth.p_kinds) == len(truth.p_onset_s) == len(truth.p_end_s)
    assert (truth.qrs_end_s > truth.qrs_onset_s).all()
    assert (truth.t_end_s > truth.qrs_end_s).all()
    assert np.isnan(truth.atrial_rate_bpm)
    assert 240 <= _ecg(4, rhythm="flutter", heart_rate_bpm=75.0).truth.atrial_rate_bpm <= 340


def test_beats_alone_are_those_of_the_whole_ecg():
    state = ClinicalState(age_years=60, sex="F", rhythm="fibrillation", ventricular_ectopy=0.1)
    alone = beats_of(BumpHeart(), state, random=np.random.default_rng(3))
    whole = ecg_of(BumpHeart(), state, DEVICES["ge"], random=np.random.default_rng(3), identity=Identity("r1")).truth
    np.testing.assert_array_equal(alone.qrs_onset_s, whole.qrs_onset_s)
    np.testing.assert_array_equal(alone.t_end_s, whole.t_end_s)
    assert alone.qrs_kinds == whole.qrs_kinds


def test_qrs_stand_where_the_truth_says():
    made = _ecg(5, noise=_levels())
    slope = np.abs(np.diff(made.record.signal, axis=1)).sum(axis=0)
    for onset_s in made.truth.qrs_onset_s[:-1]:
        start = round(500 * onset_s)
        assert slope[start : start + 45].max() > 3 * slope[max(start - 30, 0) : start].max()


def test_age_sex_time_and_device_are_in_the_record():
    random = np.random.default_rng(0)
    time = datetime.fromisoformat("2020-03-01T08:30")
    identity = Identity("r9", "p3", time)
    state = ClinicalState(age_years=71.5, sex="M")
    record = ecg_of(BumpHeart(), state, DEVICES["ge"], random=random, identity=identity).record
    assert (record.record_id, record.patient_id, record.age_years, record.sex) == ("r9", "p3", 71.5, "M")
    assert record.time == time
    assert record.time_kind == "naive"
    assert record.device == "GE Healthcare MAC 5500"


def test_fibrillation_is_found_and_sinus_rhythm_is_not_taken_for_it():
    rates = np.random.default_rng(1).uniform(60, 130, 12)
    fibrillation = [_ecg(seed, rhythm="fibrillation", heart_rate_bpm=rate) for seed, rate in enumerate(rates)]
    sinus = [_ecg(seed, heart_rate_bpm=rate) for seed, rate in enumerate(rates)]
    assert sum(measured_waves(made.record).rhythm.atrial_fibrillation for made in fibrillation) >= 10
    assert sum(measured_waves(made.record).rhythm.atrial_fibrillation for made in sinus) <= 1


def test_heart_rate_and_acceptability_are_measured_as_they_are():
    for seed, rate in enumerate((50.0, 75.0, 110.0)):
        made = _ecg(seed, heart_rate_bpm=rate)
        measured = measured_waves(made.record).rhythm.heart_rate_bpm
        assert measured == pytest.approx(60 / np.diff(made.truth.qrs_onset_s).mean(), rel=0.02)
        assert quality(made.record).acceptable


def test_spikes_of_a_pacemaker_are_found():
    found = 0
    for seed in range(6):
        made = _ecg(seed, heart=BumpHeart(spike_mv=0.1), conduction="paced")
        assert set(made.truth.qrs_onset_s) <= set(made.truth.spikes_s)
        found += measured_waves(made.record).rhythm.n_paced > 5
    assert found >= 2


def test_a_heart_with_personal_traits_gives_an_ecg_that_can_be_read():
    random = np.random.default_rng(11)
    traits = draw_traits(random, sex="F", age_years=60, height_cm=165, weight_kg=70)
    state = ClinicalState(age_years=60, sex="F", heart_rate_bpm=66)
    made = simulate_ecg(state, traits, DEVICES["philips"], random=random, identity=Identity("r1"))
    assert made.record.signal.shape == (12, 5000)
    assert quality(made.record).acceptable
    assert measured_waves(made.record).rhythm.heart_rate_bpm == pytest.approx(66, rel=0.1)


def test_the_true_qrs_and_qt_last_as_long_as_they_are_measured():
    missed = []
    for seed in range(24):
        random = np.random.default_rng(seed)
        state = ClinicalState(age_years=60, sex="FM"[seed % 2], heart_rate_bpm=70.0)
        traits = draw_traits(random, sex=state.sex, age_years=60, height_cm=170, weight_kg=75)
        made = simulate_ecg(state, traits, DEVICES["ge"], random=random, identity=Identity("x"))
        measured, truth = measured_waves(made.record).measurements.to_row(), made.truth
        qrs_ms, qt_ms = (1000 * np.median(end - truth.qrs_onset_s) for end in (truth.qrs_end_s, truth.t_end_s))
        missed.append((measured["qrs_ms"] - qrs_ms, measured["qt_ms"] - qt_ms))
    qrs_error_ms, qt_error_ms = np.median(missed, axis=0)
    assert abs(qrs_error_ms) < 4
    assert abs(qt_error_ms) < 10
