"""Likeness equals NumPy's correlation of detrended stretches, one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import detrend

from einthoven.ecg import wave_likeness
from einthoven.ecg.wave_likeness import STEP, consistency, likeness, thinned, weighted_by_noise


def noise(*shape, seed=0):
    return np.random.default_rng(seed).normal(0, 1, shape).astype(np.float32)


def walked(signal, wave):
    """Correlation, and regression of the stretch on the wave, from all leads put behind each other."""
    pattern = detrend(wave.astype(np.float64), axis=1).ravel()
    length = wave.shape[1]
    starts = range(signal.shape[1] - length + 1)
    stretches = [detrend(signal[:, k : k + length].astype(np.float64), axis=1).ravel() for k in starts]
    return (
        np.array([np.corrcoef(stretch, pattern)[0, 1] for stretch in stretches]),
        np.array([np.polyfit(pattern, stretch, 1)[0] for stretch in stretches]),
    )


@settings(deadline=None, max_examples=30)
@given(n_leads=st.integers(1, 4), length=st.integers(5, 12), more=st.integers(0, 30), seed=st.integers(0, 99))
def test_likeness_is_the_correlation_of_detrended_stretches(n_leads, length, more, seed):
    signal, wave = noise(n_leads, length + more, seed=seed), noise(n_leads, length, seed=seed + 1)
    found = likeness(signal, wave)
    correlation, size = walked(signal, wave)
    assert found.correlation == pytest.approx(correlation, abs=1e-3)
    assert found.size == pytest.approx(size, abs=1e-3)


def test_nothing_changes_where_one_block_ends_and_the_next_begins(monkeypatch):
    signal, wave = noise(2, 300), noise(2, 9, seed=1)
    whole = likeness(signal, wave)
    for block in (1, 50, 100, 291, 292, 293):
        monkeypatch.setattr(wave_likeness, "BLOCK", block)
        parts = likeness(signal, wave)
        assert parts.correlation == pytest.approx(whole.correlation, abs=1e-5)
        assert parts.size == pytest.approx(whole.size, abs=1e-5)


def test_a_long_record_is_like_its_parts():
    signal, wave = noise(1, wave_likeness.BLOCK + 200), noise(1, 12, seed=1)
    found = likeness(signal, wave)
    around = slice(wave_likeness.BLOCK - 40, wave_likeness.BLOCK + 60)
    correlation, size = walked(signal[:, around], wave)
    assert found.correlation.size == signal.shape[1] - 11
    assert found.correlation[around][: correlation.size] == pytest.approx(correlation, abs=1e-4)
    assert found.size[around][: size.size] == pytest.approx(size, abs=1e-4)


@pytest.mark.parametrize("gain", [0.3, -2.0])
def test_the_wave_itself_is_found_with_its_size_on_any_slope(gain):
    wave = noise(3, 15)
    lines = np.array([[7], [0], [-3]]) + np.outer([4, -1, 0], np.linspace(0, 1, 100))
    signal = lines.astype(np.float32) + 0.01 * noise(3, 100, seed=2)
    signal[:, 40:55] += np.float32(gain) * wave
    found = likeness(signal, wave)
    assert np.abs(found.correlation).argmax() == 40
    assert found.correlation[40] == pytest.approx(np.sign(gain), abs=5e-3)
    assert found.size[40] == pytest.approx(gain, rel=0.02)


def test_a_straight_line_is_like_nothing():
    line, wave = np.outer([1, 2], np.arange(30)).astype(np.float32), noise(2, 10)
    assert not np.round(likeness(line, wave).size, 3).any()
    assert not likeness(np.zeros((2, 30), dtype=np.float32), wave).correlation.any()


def test_correlation_stays_within_one_beside_large_steps():
    signal = 1e-3 * noise(2, 400)
    signal[:, 200:] += 50
    found = likeness(signal, noise(2, 12, seed=3))
    assert np.abs(found.correlation).max() <= 1 + 1e-3


def test_a_record_shorter_than_the_wave_is_like_it_nowhere():
    found = likeness(noise(2, 5), noise(2, 8))
    assert found.correlation.size == found.size.size == 0


@pytest.mark.parametrize("shape", [(8,), (3, 21), (2, 3, 10), (2, 3)])
def test_thinning_takes_means_of_four_and_drops_the_rest(shape):
    signal = noise(*shape)
    n_steps = shape[-1] // STEP
    expected = signal[..., : n_steps * STEP].reshape(*shape[:-1], n_steps, STEP).mean(axis=-1)
    assert thinned(signal).dtype == np.float32
    assert thinned(signal) == pytest.approx(expected, abs=1e-6)


def test_noisy_leads_weigh_less_and_none_more_than_five_times_the_usual():
    weights = weighted_by_noise(np.float32([0.1, 0.2, 0.4, 0.001, 0.2]))
    assert weights * np.float32(0.2) == pytest.approx([2, 1, 0.5, 5, 1])


@pytest.mark.parametrize("noise_of_leads", [[0.1, np.nan], [0.0, 0.0], [np.inf, 1.0]])
def test_leads_whose_noise_is_not_known_weigh_the_same(noise_of_leads):
    assert weighted_by_noise(np.float32(noise_of_leads)).tolist() == [1, 1]


def test_consistency_is_the_correlation_with_the_mean_of_the_others():
    stack = noise(5, 3, 14)
    bare = detrend(stack.astype(np.float64), axis=2).reshape(5, -1)
    expected = [np.corrcoef(bare[k], np.delete(bare, k, axis=0).mean(axis=0))[0, 1] for k in range(5)]
    assert consistency(stack) == pytest.approx(expected, abs=1e-5)


def test_noise_is_consistent_with_nothing_and_a_wave_with_itself():
    wave = noise(12, 20, seed=1)
    assert np.abs(consistency(noise(200, 12, 20)).mean()) < 0.01
    assert consistency(wave + 0.05 * noise(10, 12, 20)).min() > 0.99
    assert consistency(np.stack([wave, 3 * wave])) == pytest.approx([1, 1])


def test_slopes_and_offsets_are_no_likeness():
    drift = np.arange(20) * noise(8, 3, 1) + noise(8, 3, 1, seed=1)
    slanted = noise(8, 3, 20) + np.float32(100) * drift
    assert consistency(slanted) == pytest.approx(consistency(noise(8, 3, 20)), abs=1e-3)


def test_beats_without_signal_are_consistent_with_nothing():
    assert not consistency(np.zeros((4, 2, 10), dtype=np.float32)).any()
