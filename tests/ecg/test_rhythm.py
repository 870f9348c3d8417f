from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.analysis_signal import analysis_signal
from einthoven.ecg.beats import find_beats
from einthoven.ecg.delineation import delineate
from einthoven.ecg.formats import read
from einthoven.ecg.record import Record
from einthoven.ecg.rhythm import assess_rhythm
from fakes.synthetic_ecg import synthetic_ecg


def _rhythm(record):
    analysis = analysis_signal(record)
    beats = find_beats(analysis)
    return assess_rhythm(beats, delineate(analysis, beats))


def test_the_numbers_of_steady_sinus_rhythm():
    rhythm = _rhythm(synthetic_ecg(rr_ms=750, noise_mv=0.01).record)
    assert rhythm.heart_rate_bpm == pytest.approx(80, abs=0.1)
    assert rhythm.rr_mean_ms == pytest.approx(750, abs=1)
    assert rhythm.rr_sd_ms < 1
    assert rhythm.rmssd_ms < 2
    assert rhythm.regularity == 1
    assert rhythm.af_score < 0.1
    assert not rhythm.atrial_fibrillation


def test_the_spread_of_intervals_is_that_which_was_made():
    intervals = [800, 860, 900, 850, 780, 760]
    ecg = synthetic_ecg(rr_ms=intervals, noise_mv=0.01, duration_s=30)
    rhythm = _rhythm(ecg.record)
    made = np.diff(1000 * ecg.beat_s)[: rhythm.n_beats - 1]
    assert rhythm.rr_sd_ms == pytest.approx(made.std(ddof=1), abs=1)
    assert rhythm.rmssd_ms == pytest.approx(np.sqrt(np.mean(np.diff(made) ** 2)), abs=1)
    assert (rhythm.rr_min_ms, rhythm.rr_max_ms) == pytest.approx((760, 900), abs=1)


def test_an_extrasystole_changes_the_spread_but_not_the_variability_of_normal_beats():
    rhythm = _rhythm(synthetic_ecg(premature={5: "pvc"}, noise_mv=0.01).record)
    assert rhythm.n_premature_wide == 1
    assert rhythm.rr_sd_ms > 100
    assert rhythm.rmssd_ms < 3
    assert not rhythm.atrial_fibrillation


@pytest.mark.parametrize("seed", [0, 1, 2, 3])
def test_irregular_intervals_without_p_waves_are_atrial_fibrillation(seed):
    rhythm = _rhythm(synthetic_ecg(atrial="fibrillation", rr_ms=700, noise_mv=0.01, seed=seed).record)
    assert rhythm.atrial_fibrillation
    assert rhythm.af_score > 0.7
    assert rhythm.regularity < 0.7


def test_sinus_arrhythmia_is_no_atrial_fibrillation():
    assert not _rhythm(synthetic_ecg(rr_ms=900, rr_sd_ms=120, noise_mv=0.01).record).atrial_fibrillation


def test_atria_and_ventricles_have_a_rate_each_in_complete_block():
    rhythm = _rhythm(synthetic_ecg(atrial="dissociated", rr_ms=1700, p_rr_ms=730, noise_mv=0.005).record)
    assert rhythm.heart_rate_bpm == pytest.approx(60 / 1.7, abs=0.5)


def test_a_record_without_beats_has_no_rhythm():
    rhythm = _rhythm(Record(np.zeros((2, 5000), np.float32), ("I", "II"), 500.0, "flat"))
    assert rhythm.n_beats == 0
    assert rhythm.heart_rate_bpm is rhythm.rr_sd_ms is rhythm.rmssd_ms is rhythm.regularity is rhythm.af_score is None
    assert not rhythm.atrial_fibrillation


def test_a_single_beat_has_no_rate():
    assert _rhythm(synthetic_ecg(duration_s=1.0).record).heart_rate_bpm is None


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("path", "fibrillates"),
    [
        ("multi_source/CPSC_CPSC-Extra/A0002.hea", None),
        ("ludb/data/38.hea", True),
        ("ludb/data/1.hea", False),
        ("ptb_xl/records500/00000/00001_hr.hea", False),
    ],
)
def test_atrial_fibrillation_is_where_the_readers_saw_it(real_data, path, fibrillates):
    if not (real_data / path).is_file():
        pytest.skip(f"no {real_data / path}")
    rhythm = _rhythm(read(real_data / path, with_sha256=False))
    assert rhythm.heart_rate_bpm is not None
    if fibrillates is not None:
        assert rhythm.atrial_fibrillation is fibrillates
