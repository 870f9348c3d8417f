"""Each number per lead against a signal for which it is known."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.quality_features import LeadFeatures, measure_leads
from fakes.ecg_records import fake_signal

RATE = 500.0
TIME = np.arange(5000) / RATE
KEEPS_SHAPE = ("nan_share", "flat_share", "clipped_share", "unusable_share", "height", "wander", "noise", "agreement")


def measure(*leads, rate_hz=RATE, in_mv=True) -> LeadFeatures:
    return measure_leads(np.array(leads, dtype=np.float32), rate_hz, in_mv=in_mv)


@pytest.mark.parametrize("n_leads", [1, 2, 3, 12])
@pytest.mark.parametrize("rate_hz", [100.0, 257.0, 500.0, 1000.0])
def test_every_lead_gets_one_number(n_leads, rate_hz):
    features = measure(*fake_signal(rate_hz=rate_hz)[:n_leads], rate_hz=rate_hz)
    assert all(getattr(features, name).shape == (n_leads,) for name in KEEPS_SHAPE)
    assert all(np.isfinite(getattr(features, name)).all() for name in KEEPS_SHAPE)


def test_height_is_what_a_second_spans():
    features = measure(0.4 * np.sin(2 * np.pi * 2 * TIME))
    assert features.height == pytest.approx([0.8], rel=0.01)


def test_flat_seconds_are_counted():
    features = measure(np.where(TIME < 3, 0.7, np.sin(2 * np.pi * 5 * TIME)))
    assert features.flat_share == pytest.approx([0.3])
    assert features.unusable_share == pytest.approx([0.3])


def test_seconds_beyond_seven_millivolts_are_unusable_and_not_flat():
    features = measure(np.where(TIME < 2, 5.0, 0.5) * np.sin(2 * np.pi * 5 * TIME))
    assert features.flat_share == pytest.approx([0])
    assert features.unusable_share == pytest.approx([0.2])


@pytest.mark.parametrize("rate_hz", [125.0, 500.0, 1000.0])
def test_the_level_of_white_noise_is_measured_after_the_coarse_mean(rate_hz):
    """The mean over a group of n samples leaves 1 / sqrt(n) of it."""
    rng = np.random.default_rng(0)
    features = measure(rng.normal(0, 0.1, round(60 * rate_hz)), rate_hz=rate_hz)
    assert features.noise == pytest.approx([0.1 / np.sqrt(rate_hz / 125)], rel=0.05)


def test_a_lead_buried_in_noise_is_unusable():
    noise = np.random.default_rng(0).normal(0, 0.3, (3, 5000))
    assert (measure(*noise).unusable_share == 1).all()


def test_wander_is_the_span_of_the_means_of_seconds():
    assert measure(np.repeat([0.0, 0.5], 2500)).wander == pytest.approx([0.5])


def test_clipping_is_a_plateau_not_a_single_peak():
    sine = np.sin(2 * np.pi * 1 * TIME)
    assert measure(sine).clipped_share[0] < 0.01
    assert measure(np.minimum(sine, 0.5)).clipped_share == pytest.approx([1 / 3], abs=0.02)


def test_leads_of_one_heart_agree_and_a_stranger_does_not():
    signal = fake_signal(rate_hz=RATE)
    signal[7] = np.random.default_rng(1).normal(0, 0.1, 5000)
    agreement = measure(*signal).agreement
    assert agreement[7] < 0.2
    assert np.delete(agreement, [7])[:4].min() > 0.5


def test_a_lead_alone_is_compared_with_its_own_next_beat():
    rng = np.random.default_rng(2)
    assert measure(fake_signal(rate_hz=RATE)[1]).agreement[0] > 0.8
    assert measure(rng.normal(0, 0.1, 5000)).agreement[0] < 0.4


@pytest.mark.parametrize("factor", [0.01, 40.0])
def test_without_unit_heights_are_in_heart_beats(factor):
    signal = fake_signal(rate_hz=RATE)
    plain, scaled = measure(*signal, in_mv=False), measure(*(signal * factor), in_mv=False)
    assert np.median(plain.height) == pytest.approx(1, rel=0.2)
    assert scaled.height == pytest.approx(plain.height, rel=1e-3)


def test_nan_is_counted_and_leaves_the_other_leads_alone():
    signal = fake_signal(rate_hz=RATE)[:3]
    damaged = signal.copy()
    damaged[1, 100:600] = np.nan
    features = measure(*damaged)
    assert features.nan_share == pytest.approx([0, 0.1, 0])
    assert features.height[[0, 2]] == pytest.approx(measure(*signal).height[[0, 2]])
