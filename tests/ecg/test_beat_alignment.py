from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.analysis_signal import analysis_signal
from einthoven.ecg.beat_alignment import BeatAligner, evenly
from einthoven.ecg.qrs_activity import qrs_activity
from fakes.synthetic_ecg import synthetic_ecg


def _aligner(ecg):
    analysis = analysis_signal(ecg.record)
    return BeatAligner(analysis.signal, qrs_activity(analysis.signal, analysis.lost))


def test_beats_found_some_ms_beside_land_on_each_other():
    ecg = synthetic_ecg(rr_ms=803.7, noise_mv=0.01)
    truth = 500 * ecg.beat_s[1:-1]
    rough = truth + np.random.default_rng(0).uniform(-4, 4, truth.size)
    distance = _aligner(ecg).together(rough).sample - truth
    assert np.ptp(distance) < 0.25  # half a millisecond


def test_the_fiducial_lies_in_the_middle_of_qrs():
    ecg = synthetic_ecg()
    truth = 500 * ecg.beat_s[1:-1]
    assert np.abs(_aligner(ecg).together(truth).sample - truth).max() < 10  # 20 ms of 90


def test_a_beat_alone_gets_the_fiducial_that_it_has_among_others():
    ecg = synthetic_ecg()
    aligner = _aligner(ecg)
    truth = 500 * ecg.beat_s[2:4]
    assert aligner.alone(truth).sample == pytest.approx(aligner.together(truth).sample, abs=0.25)


def test_a_wide_qrs_is_measured_wider():
    width = {
        shape: float(_aligner(ecg).together(500 * ecg.beat_s[1:-1]).width_ms[0])
        for shape in ("normal", "lbbb")
        for ecg in [synthetic_ecg(shape=shape)]
    }
    assert 20 < width["normal"] < 70
    assert width["lbbb"] > 1.5 * width["normal"]


@pytest.mark.parametrize("rate_hz", [250.0, 1000.0])
def test_the_fiducial_is_the_same_at_every_sampling_rate(rate_hz):
    at = 500 * synthetic_ecg().beat_s[1:-1]
    ours, theirs = (_aligner(synthetic_ecg(rate_hz=rate)).together(at).sample for rate in (500.0, rate_hz))
    assert theirs == pytest.approx(ours, abs=0.25)


def test_a_beat_at_the_very_end_has_a_fiducial_within_the_record():
    ecg = synthetic_ecg()
    sample = _aligner(ecg).alone(np.array([0.0, 4999.0])).sample
    assert np.all((sample >= 0) & (sample < 5000))


def test_more_beats_than_are_averaged_are_all_aligned():
    ecg = synthetic_ecg(duration_s=80.0)
    truth = 500 * ecg.beat_s[1:-1]
    distance = _aligner(ecg).together(truth + np.tile([-3.0, 3.0], truth.size)[: truth.size]).sample - truth
    assert truth.size > 64
    assert np.ptp(distance) < 0.25


def test_indices_are_spread_over_the_whole():
    assert evenly(3, 5).tolist() == [0, 1, 2]
    assert evenly(101, 5).tolist() == [0, 25, 50, 75, 100]
