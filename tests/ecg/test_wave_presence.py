"""A wave that comes back in every beat is there; noise and what comes once are not."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.representative_beat import BEFORE
from einthoven.ecg.wave_presence import wave_confidence

FIDUCIALS = 500.0 + 400 * np.arange(8)
WINDOWS = np.array(
    [[BEFORE - 100, BEFORE - 50], [BEFORE - 20, BEFORE + 25], [BEFORE + 100, BEFORE + 200]], dtype=np.float64
)
QUIET = np.full(3, 0.01, dtype=np.float32)


def record(*, at=(-75, 0, 150), noise=0.01, seed=0, fiducials=FIDUCIALS):
    """Bumps at so many samples from each fiducial, in noise."""
    samples = np.arange(4000)
    centres = (np.asarray(fiducials)[:, None] + np.array(at)).ravel()
    bumps = np.exp(-0.5 * ((samples - centres[:, None]) / 10) ** 2).sum(axis=0)
    signal = np.outer([1, 0.5, -0.8], bumps) + np.random.default_rng(seed).normal(0, noise, (3, 4000))
    return signal.astype(np.float32)


def confidence(signal, fiducials=FIDUCIALS, windows=WINDOWS, noise=QUIET):
    return wave_confidence(signal, fiducials, windows, noise=noise)


def test_waves_of_every_beat_are_there():
    assert confidence(record()).min() > 0.95


@pytest.mark.parametrize("absent", [0, 1, 2])
def test_a_wave_that_is_absent_is_not(absent):
    at = np.delete([-75, 0, 150], absent)
    found = confidence(record(at=at))
    assert found[absent] < 0.3
    assert np.delete(found, absent).min() > 0.95


def test_waves_that_keep_no_distance_from_qrs_are_not_there():
    wandering = FIDUCIALS + np.random.default_rng(1).uniform(-200, 200, 8)
    signal = record(at=(0, 150)) + record(at=(-75,), fiducials=wandering, seed=1)
    assert confidence(signal)[0] < 0.3


def test_in_more_noise_confidence_is_less():
    found = [confidence(record(noise=noise))[0] for noise in (0.02, 0.3, 1.0)]
    assert found[0] > found[1] > found[2]


def test_a_noisy_lead_counts_little():
    signal = record()
    signal[1] += np.random.default_rng(2).normal(0, 2, 4000).astype(np.float32)
    assert confidence(signal).min() < 0.7
    assert confidence(signal, noise=np.float32([0.01, 1.0, 0.01])).min() > 0.95


def test_a_window_that_is_nan_or_too_short_is_no_wave():
    windows = WINDOWS.copy()
    windows[0] = np.nan
    windows[2, 1] = windows[2, 0] + 22
    found = confidence(record(), windows=windows)
    assert found[0] == found[2] == 0
    assert found[1] > 0.95


def test_a_single_beat_is_believed():
    assert confidence(record(), fiducials=FIDUCIALS[:1]).tolist() == [1, 1, 1]


def test_beats_that_the_record_cuts_off_are_left_out():
    cut = np.concatenate([[60.0], FIDUCIALS, [3950.0]])
    assert confidence(record(), fiducials=cut)[[0, 2]] == pytest.approx(confidence(record())[[0, 2]], abs=1e-3)


@pytest.mark.parametrize("gain", [0.5, 2.0, 1024.0])
def test_a_gain_changes_nothing(gain):
    signal, noise = record(), np.float32([0.02, 0.01, 0.03])
    louder = confidence(signal * np.float32(gain), noise=noise * np.float32(gain))
    assert np.array_equal(louder, confidence(signal, noise=noise))
