"""The median beat equals NumPy's median, and what is said of its noise is true."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from einthoven.ecg.analysis_signal import AnalysisSignal
from einthoven.ecg.beats import BeatKind, Beats
from einthoven.ecg.representative_beat import (
    AFTER,
    BEFORE,
    representative_beat,
    representative_beats,
    stacked_beats,
)

WIDTH = BEFORE + AFTER + 1


def beats_at(samples, *, template=None, spikes=()) -> Beats:
    sample = np.array(samples, dtype=np.float64)
    template = np.zeros(sample.size, dtype=np.int64) if template is None else np.array(template, dtype=np.int64)
    kinds = (BeatKind.DOMINANT,) * sample.size
    return Beats(sample, template, kinds, 2 * np.diff(sample), np.array(spikes, dtype=np.float64))


def noise(n_leads, n_samples, *, seed=0, sd=1.0):
    return np.random.default_rng(seed).normal(0, sd, (n_leads, n_samples)).astype(np.float32)


def beat_of(signal, fiducial):
    """From a signal with NaN around it; a sample needs one before and two behind, between which a cubic is laid."""
    around = np.full((len(signal), signal.shape[1] + 2 * WIDTH), np.nan)
    around[:, WIDTH + 1 : WIDTH + signal.shape[1] - 2] = signal[:, 1:-2]
    return around[:, WIDTH + fiducial - BEFORE : WIDTH + fiducial + AFTER + 1]


def numpy_median(signal, fiducials):
    """Beat by beat and sample by sample; the nearest sample where there is none."""
    stack = np.stack([beat_of(signal, at) for at in fiducials])
    there = np.flatnonzero(np.isfinite(stack[:, 0]).any(axis=0))
    return np.nanmedian(stack[:, :, there], axis=0)[:, np.clip(np.arange(WIDTH) - there[0], 0, there.size - 1)]


def median_of(signal, fiducials):
    return representative_beat(signal, beats_at(fiducials), np.arange(len(fiducials)))


@settings(deadline=None, max_examples=40)
@given(fiducials=st.lists(st.integers(0, 1999), min_size=1, max_size=12, unique=True), seed=st.integers(0, 9))
def test_the_median_is_that_of_numpy_also_of_beats_that_the_record_cuts_off(fiducials, seed):
    signal = noise(2, 2000, seed=seed)
    beat = median_of(signal, sorted(fiducials))
    assert beat.signal.dtype == np.float32
    assert beat.fiducial == BEFORE
    assert np.allclose(beat.signal, numpy_median(signal, sorted(fiducials)), atol=1e-6)


@pytest.mark.parametrize("n_beats", [1, 2, 3, 31, 32, 33, 64])
@pytest.mark.parametrize("first", [100, 1000])
def test_few_and_many_beats_have_the_same_median(n_beats, first):
    fiducials = first + 90 * np.arange(n_beats)
    signal = noise(3, 8000)
    assert np.allclose(median_of(signal, fiducials).signal, numpy_median(signal, fiducials), atol=1e-6)


def test_beats_are_cut_where_the_record_ends():
    signal = noise(2, 1000)
    stack = stacked_beats(signal, np.array([10.0, 400.0, 990.0]))
    assert np.array_equal(stack, [beat_of(signal, at) for at in (10, 400, 990)], equal_nan=True)
    assert np.isfinite(stack[0]).sum() < np.isfinite(stack[1]).sum()


@pytest.mark.parametrize("part", [0.0, 0.25, 0.5, 0.9])
def test_a_fiducial_between_samples_moves_the_beat_by_that_much(part):
    """Of 30 Hz, the fastest that QRS has much of, 2 thousandths are lost."""
    time = np.arange(2000.0)
    slow, fast = (np.sin(2 * np.pi * hz * time / 500).astype(np.float32) for hz in (5, 30))
    (beat,) = stacked_beats(np.stack([slow, fast]), np.array([1000 + part]))
    at = 1000 + part - BEFORE + np.arange(WIDTH)
    assert beat[0] == pytest.approx(np.sin(2 * np.pi * 5 * at / 500), abs=1e-4)
    assert beat[1] == pytest.approx(np.sin(2 * np.pi * 30 * at / 500), abs=2e-3)


def test_a_record_shorter_than_a_beat_gives_one_all_the_same():
    signal = noise(2, 200)
    beat = median_of(signal, [100])
    assert np.array_equal(beat.signal[:, BEFORE - 99 : BEFORE + 98], signal[:, 1:-2])
    assert (beat.signal[:, : BEFORE - 99] == signal[:, 1:2]).all()
    assert (beat.signal[:, BEFORE + 98 :] == signal[:, -3:-2]).all()


def test_a_long_record_gives_64_beats_spread_over_the_whole():
    fiducials = 300 + 100 * np.arange(1000)
    beat = median_of(noise(1, 101_000), fiducials)
    assert beat.beats.size == 64
    assert (beat.beats[0], beat.beats[-1]) == (0, 999)
    assert np.ptp(np.diff(beat.beats)) <= 1
    assert np.allclose(beat.signal, numpy_median(noise(1, 101_000), fiducials[beat.beats]), atol=1e-6)


@pytest.mark.parametrize(
    ("n_beats", "within"), [(2, 0.5), (3, 0.5), (4, 0.3), (9, 0.2), (16, 0.2), (25, 0.2), (49, 0.2)]
)
def test_noise_is_how_far_the_median_lies_from_the_truth(n_beats, within):
    """The truth is zero; few beats say little."""
    sd = np.repeat(np.float32([0.01, 0.02, 0.3]), 20)
    signal = noise(60, 700 * (n_beats + 2)) * sd[:, None]
    beat = median_of(signal, 700 * (1 + np.arange(n_beats)))
    error = np.sqrt((beat.signal.astype(np.float64) ** 2).mean(axis=1))
    told = beat.noise.reshape(3, 20).mean(axis=1)
    assert told == pytest.approx(error.reshape(3, 20).mean(axis=1), rel=within)
    assert told[2] / told[0] == pytest.approx(30, rel=0.1)


def test_four_times_the_beats_halve_the_noise():
    signal = noise(2, 62_000)
    few, many = (median_of(signal, 1000 * (1 + np.arange(n))).noise for n in (15, 60))
    assert few / many == pytest.approx([2, 2], rel=0.15)


def test_what_the_beats_have_in_common_is_no_noise():
    shape = 5 * np.sin(np.arange(1000) / 20)
    signal = (np.tile(shape, 12) + noise(1, 12_000, sd=0.1)).astype(np.float32)
    beat = median_of(signal, 1000 * np.arange(1, 11))
    assert beat.noise == pytest.approx([0.1 * 1.2533 / np.sqrt(10)], rel=0.25)
    assert np.corrcoef(beat.signal[0], np.roll(np.tile(shape, 3), BEFORE)[:WIDTH])[0, 1] > 0.99


def test_a_single_beat_has_no_known_noise():
    assert np.isnan(median_of(noise(2, 2000), [1000]).noise).all()


def test_noise_is_told_also_where_all_beats_are_cut_off():
    beat = median_of(noise(2, 900), [150, 500])
    assert np.isfinite(beat.noise).all()


def test_there_is_one_beat_per_template_and_none_of_those_that_match_none():
    signal = noise(2, 6000)
    beats = beats_at([500, 1300, 2100, 3000, 3900, 5000], template=[0, 1, 0, -1, 0, 1])
    analysis = AnalysisSignal(signal, ("I", "II"), np.zeros(signal.shape, bool), np.ones(2, bool), "mV")
    first, second = representative_beats(analysis, beats)
    assert first.beats.tolist() == [0, 2, 4]
    assert second.beats.tolist() == [1, 5]
    assert np.allclose(first.signal, numpy_median(signal, [500, 2100, 3900]), atol=1e-6)
    assert representative_beats(analysis, beats_at([3000], template=[-1])) == ()
    assert representative_beats(analysis, beats_at([])) == ()


def test_spikes_are_gone_from_the_median_beat():
    signal = np.zeros((1, 6000), dtype=np.float32)
    fiducials = np.array([1000, 2000, 3000, 4000])
    signal[0, fiducials - 60] = 3.0
    analysis = AnalysisSignal(signal, ("I",), np.zeros(signal.shape, bool), np.ones(1, bool), "mV")
    (kept,) = representative_beats(analysis, beats_at(fiducials))
    (bridged,) = representative_beats(analysis, beats_at(fiducials, spikes=fiducials - 60.0))
    assert kept.signal.max() == 3
    assert not bridged.signal.any()
