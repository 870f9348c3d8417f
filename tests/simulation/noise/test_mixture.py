"""All noise together, in the leads."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from einthoven.simulation.noise.levels import NoiseLevels, draw_noise_levels
from einthoven.simulation.noise.mixture import noise_in_leads
from einthoven.simulation.rhythm.breathing import Breathing

NAMES = ("drift_uv", "respiration_uv", "skin_uv", "mains_uv", "muscle_uv")
SILENT = NoiseLevels(**{name: np.zeros(9, dtype=np.float32) for name in NAMES})


def _noise(levels: NoiseLevels, *, floor_uv: float = 0.0, seed: int = 0) -> np.ndarray:
    return noise_in_leads(
        levels,
        floor_uv=floor_uv,
        mains_hz=50.0,
        breathing=Breathing(0.25, 0.0),
        n_samples=5000,
        rate_hz=500.0,
        random=np.random.default_rng(seed),
    )


def test_silence_is_silent():
    assert np.abs(_noise(SILENT)).max() == 0


def test_the_floor_is_the_same_in_each_lead_and_independent():
    noise = 1000 * _noise(SILENT, floor_uv=2.0)
    np.testing.assert_allclose(noise.std(axis=1), 2, rtol=0.05)
    assert np.abs(np.corrcoef(noise) - np.eye(8)).max() < 0.06


def test_a_moving_arm_is_seen_in_every_lead_and_a_third_of_it_in_the_chest_leads():
    noise = _noise(replace(SILENT, moving="LA", n_motions=2))
    np.testing.assert_allclose(noise[2:], np.tile(-noise[0] / 3, (6, 1)), atol=1e-6)
    assert np.abs(noise[1]).max() == 0


def test_noise_of_the_limbs_stays_out_of_the_chest_leads_and_far_chest_leads_have_none_in_common():
    equal = np.full(9, 10, dtype=np.float32)
    correlations = [
        np.corrcoef(_noise(replace(SILENT, skin_uv=equal, muscle_uv=equal), seed=seed)) for seed in range(20)
    ]
    usual = np.median(correlations, axis=0)
    assert np.abs(usual[:2, 2:]).max() < 0.15
    assert abs(usual[2, 7]) < 0.15
    assert usual[5, 6] > 0.2
    assert 0.35 < usual[0, 1] < 0.65


def test_a_clean_record_has_noise_of_some_microvolts_above_the_beats_own_frequencies():
    sizes = []
    for seed in range(30):
        levels = draw_noise_levels(mains_factor=1.0, duration_s=10, random=np.random.default_rng(seed))
        if not levels.remarks:
            noise = 1000 * _noise(levels, floor_uv=1.2, seed=seed)
            spectrum = np.fft.rfft(noise, axis=1)
            spectrum[:, :400] = 0  # below 40 Hz
            sizes.append(np.median(np.fft.irfft(spectrum, axis=1).std(axis=1)))
    assert 2 < np.median(sizes) < 10
