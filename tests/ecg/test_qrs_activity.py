from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.analysis_signal import analysis_signal
from einthoven.ecg.qrs_activity import COARSE_RATE_HZ, qrs_activity
from fakes.synthetic_ecg import synthetic_ecg


def _activity(ecg, *, signal=None, lost=None):
    analysis = analysis_signal(ecg.record)
    return qrs_activity(
        analysis.signal if signal is None else signal(analysis.signal), analysis.lost if lost is None else lost
    )


def test_the_curve_peaks_in_each_qrs_and_lies_low_between():
    ecg = synthetic_ecg(noise_mv=0.01)
    height = _activity(ecg).height
    beats = np.rint(ecg.beat_s[:-1] * COARSE_RATE_HZ).astype(int)
    assert height[beats].min() > 5 * np.median(height)


def test_the_scale_of_a_lead_does_not_matter():
    ecg = synthetic_ecg(noise_mv=0.01)
    gains = np.linspace(0.1, 5, 12, dtype=np.float32)[:, None]
    ours, scaled = _activity(ecg), _activity(ecg, signal=lambda signal: signal * gains)
    assert scaled.height == pytest.approx(ours.height, rel=1e-4)
    assert scaled.weight == pytest.approx(ours.weight, rel=1e-4)


def test_a_lead_of_noise_counts_a_fraction_of_the_others():
    rng = np.random.default_rng(0)

    def with_noise(signal):
        noisy = signal.copy()
        noisy[3] = rng.normal(0, 1, signal.shape[1])
        return noisy

    weight = _activity(synthetic_ecg(noise_mv=0.01), signal=with_noise).weight
    assert weight[3] < 0.3 * np.median(weight)


def test_a_burst_in_one_lead_counts_no_more_than_a_beat_in_it():
    ecg = synthetic_ecg(noise_mv=0.01)

    def with_burst(signal):
        burst = signal.copy()
        burst[0, 3150:3200] += 100 * np.random.default_rng(0).normal(0, 1, 50)
        return burst

    height = _activity(ecg, signal=with_burst).height
    beat = height[np.rint(ecg.beat_s[:-1] * COARSE_RATE_HZ).astype(int)].min()
    assert height[3150 // 4 : 3200 // 4].max() < 0.5 * beat


def test_what_all_leads_lost_is_not_seen():
    ecg = synthetic_ecg()
    lost = np.zeros((12, 5000), dtype=np.bool_)
    lost[:, 2000:3000] = True
    activity = _activity(ecg, lost=lost)
    assert not activity.seen[500:750].any()
    assert activity.seen[:499].all()
    assert np.all(activity.height[510:740] == 0)


def test_a_flat_record_has_no_activity():
    activity = qrs_activity(np.zeros((2, 1000), np.float32), np.ones((2, 1000), np.bool_))
    assert np.all(activity.height == 0)
    assert np.all(activity.weight == 0)
