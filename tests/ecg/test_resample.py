"""Filtering and resampling in one FFT equals SciPy, stays aligned in time and works at any rate and length."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal as scipy_signal

from einthoven.ecg.filters import squared_magnitude
from einthoven.ecg.formats import read
from einthoven.ecg.input_spec import FilterSpec, IngestSpec
from einthoven.ecg.resample import filter_and_resample, resampled_length

UNFILTERED = FilterSpec(kind="none")
PAIRS = [(500, 250), (1000, 250), (250, 250), (125, 250), (100, 250), (360, 250), (400, 250), (257, 250), (999.5, 500)]


def reference(signal, rate_hz, *, down):
    """``sosfiltfilt`` and ``resample_poly`` with an odd extension of 5 s, in float64."""
    sections = scipy_signal.butter(3, [0.67, 40.0], "bandpass", output="sos", fs=rate_hz)
    pad = min(round(5 * rate_hz), signal.shape[1] - 1)
    filtered = scipy_signal.sosfiltfilt(sections, signal.astype(np.float64), axis=1, padtype="odd", padlen=pad)
    return scipy_signal.resample_poly(filtered, 1, down, axis=1), filtered[:, ::down]


def relative_rms(got, wanted, *, inward):
    inside = slice(inward, -inward)
    return np.sqrt(((got[:, inside] - wanted[:, inside]) ** 2).sum() / (wanted[:, inside] ** 2).sum())


@pytest.mark.real_data
@pytest.mark.parametrize("step", [pytest.param(20, id="every 20th"), pytest.param(1, id="all", marks=pytest.mark.slow)])
def test_ptb_xl_equals_scipy_from_half_a_second_inward(real_data, step):
    """Below 1e-3 of the RMS against SciPy's chain, whose FIR filter is what differs: below 1e-4 without it."""
    headers = sorted((real_data / "ptb_xl" / "records500").glob("*/*.hea"))
    assert len(headers) == 500
    for header in headers[::step]:
        record = read(header, with_sha256=False)
        got = filter_and_resample(record.signal, 500.0, IngestSpec())
        with_fir, decimated = reference(record.signal, 500.0, down=2)
        assert relative_rms(got, with_fir, inward=125) < 1e-3, header.stem
        assert relative_rms(got, decimated, inward=125) < 1e-4, header.stem


@pytest.mark.parametrize("seconds", [2.0, 7.002, 10.0, 60.0])
def test_noise_of_any_length_equals_scipy(seconds):
    signal = np.random.default_rng(0).normal(size=(2, round(seconds * 500))).astype(np.float32)
    got = filter_and_resample(signal, 500.0, IngestSpec())
    _, decimated = reference(signal, 500.0, down=2)
    assert got.shape == decimated.shape
    assert relative_rms(got, decimated, inward=125) < 5e-3  # white noise is cut at 125 Hz by us, folded by decimation


@pytest.mark.parametrize("low_hz", [0.05, 0.67])
@pytest.mark.parametrize(("n_samples", "pad"), [(1000, 850), (2500, 2350), (5000, 2500), (30000, 3000)])
def test_the_whole_extension_counts_from_the_first_sample_on(n_samples, pad, low_hz):
    """Equal to one long FFT in float64 over the record and its odd extension, offset and drift included."""
    noise = np.random.default_rng(6).normal(size=(3, n_samples)).cumsum(axis=1) / 10
    signal = (noise + np.linspace(0, 5, n_samples) + 40).astype(np.float32)
    spec = IngestSpec(filter=FilterSpec(low_hz=low_hz), pad_s=pad / 500)
    period = np.pad(signal.astype(np.float64), ((0, 0), (pad, pad)), mode="reflect", reflect_type="odd")
    spectrum = np.fft.rfft(period, axis=1) * squared_magnitude(spec.filter, 500.0, period.shape[1])
    spectrum = spectrum[:, : period.shape[1] // 4 + 1]
    wanted = np.fft.irfft(spectrum, axis=1)[:, pad // 2 :][:, : n_samples // 2] / 2
    got = filter_and_resample(signal, 500.0, spec)
    assert np.abs(got - wanted).max() < 2e-5 * np.abs(wanted).max()


@pytest.mark.parametrize(("rate_hz", "target_hz"), PAIRS)
@pytest.mark.parametrize("resampler", ["fft", "polyphase"])
def test_sample_k_lies_at_k_over_the_rate(rate_hz, target_hz, resampler):
    """A sine of 5 Hz keeps phase and amplitude at every pair of rates."""
    time = np.arange(round(10 * rate_hz)) / rate_hz
    sine = np.sin(2 * np.pi * 5 * time + 0.3).astype(np.float32)[np.newaxis]
    spec = IngestSpec(rate_hz=target_hz, filter=UNFILTERED, resampler=resampler)
    got = filter_and_resample(sine, rate_hz, spec)[0]
    wanted = np.sin(2 * np.pi * 5 * np.arange(got.size) / target_hz + 0.3)
    inside = slice(target_hz, -target_hz)
    assert got.dtype == np.float32
    assert got.size == resampled_length(time.size, rate_hz, target_hz)
    assert np.abs(got - wanted)[inside].max() < 2e-3


@pytest.mark.parametrize(("rate_hz", "target_hz"), PAIRS)
def test_a_filtered_sine_stays_aligned(rate_hz, target_hz):
    """Judged 8 s from the ends, where what the odd extension bends has died away."""
    time = np.arange(round(20 * rate_hz)) / rate_hz
    sine = np.sin(2 * np.pi * 5 * time).astype(np.float32)[np.newaxis]
    got = filter_and_resample(sine, rate_hz, IngestSpec(rate_hz=target_hz))[0]
    wanted = np.sin(2 * np.pi * 5 * np.arange(got.size) / target_hz)
    assert np.abs(got - wanted)[8 * target_hz : -8 * target_hz].max() < 1e-4


@pytest.mark.parametrize("n_samples", [1000, 1001, 4999, 5000, 5003])
def test_going_up_and_down_again_gives_the_signal_back(n_samples):
    """Also with the odd lengths that end in half a sample."""
    smooth = scipy_signal.lfilter([1], [1, -0.95], np.random.default_rng(1).normal(size=(3, n_samples + 99)), axis=1)
    kernel = scipy_signal.windows.hann(100)
    smooth = scipy_signal.fftconvolve(smooth, (kernel / kernel.sum())[np.newaxis], mode="valid", axes=1)
    signal = smooth.astype(np.float32)
    up = filter_and_resample(signal, 250.0, IngestSpec(rate_hz=500.0, filter=UNFILTERED))
    down = filter_and_resample(up, 500.0, IngestSpec(rate_hz=250.0, filter=UNFILTERED))
    assert down.shape == signal.shape
    assert np.abs(down - signal).max() < 1e-3 * np.abs(signal).max()


def test_an_offset_of_volts_is_removed_without_losing_microvolts():
    signal = np.random.default_rng(2).normal(scale=0.1, size=(1, 5000)).astype(np.float32)
    offset = np.float32(256.0)
    shifted = filter_and_resample(np.round(signal * 1024) / 1024 + offset, 500.0, IngestSpec())
    plain = filter_and_resample(np.round(signal * 1024) / 1024, 500.0, IngestSpec())
    assert np.abs(shifted - plain).max() < 1e-5


def test_without_filter_an_offset_stays():
    signal = np.full((1, 2000), 3.0, dtype=np.float32)
    got = filter_and_resample(signal, 500.0, IngestSpec(filter=UNFILTERED))
    assert got == pytest.approx(np.full((1, 1000), 3.0), abs=1e-5)


def test_without_filter_at_the_same_rate_nothing_changes():
    signal = np.random.default_rng(3).normal(size=(2, 100)).astype(np.float32)
    got = filter_and_resample(signal, 250.0, IngestSpec(filter=UNFILTERED))
    assert np.array_equal(got, signal)


def test_the_signal_that_came_is_not_written_to():
    signal = np.random.default_rng(4).normal(size=(2, 5000)).astype(np.float32)
    signal.setflags(write=False)
    filter_and_resample(signal, 500.0, IngestSpec())


def test_a_lead_does_not_depend_on_its_neighbours():
    signal = np.random.default_rng(5).normal(size=(12, 5000)).astype(np.float32)
    alone = filter_and_resample(signal[3:4], 500.0, IngestSpec())
    together = filter_and_resample(signal, 500.0, IngestSpec())[3:4]
    assert np.abs(alone - together).max() < 1e-6


def wander(n_leads=3, n_samples=5000):
    """Noise on a wandering baseline with an offset."""
    rng = np.random.default_rng(11)
    return (rng.normal(size=(n_leads, n_samples)) + rng.normal(size=(n_leads, n_samples)).cumsum(axis=1) / 20).astype(
        np.float32
    )


def test_a_pair_of_filters_equals_sosfiltfilt_with_each_away_from_the_ends():
    """Order 5 at 0.67 Hz settles in some seconds, so with 10 s beyond each end nothing of them is left inside."""
    spec = IngestSpec(rate_hz=500.0, filter=FilterSpec("butterworth_pair", order=5), pad_s=10.0)
    signal = wander(n_samples=15000)
    wanted = signal.astype(np.float64)
    for corner, kind in ((0.67, "highpass"), (40.0, "lowpass")):
        sections = scipy_signal.butter(5, corner, kind, output="sos", fs=500.0)
        wanted = scipy_signal.sosfiltfilt(sections, wanted, axis=1, padtype="odd", padlen=5000)
    got = filter_and_resample(signal, 500.0, spec)
    assert relative_rms(got, wanted, inward=1500) < 1e-4


def test_a_fir_filter_equals_filtfilt_from_end_to_end():
    """Its extension need only be as long as the filter, so both continue the record alike."""
    spec = IngestSpec(rate_hz=500.0, filter=FilterSpec("fir", 0.05, 47.0, length_s=0.3))
    signal = wander()
    weights = scipy_signal.firwin(151, [0.05, 47.0], window="hamming", pass_zero=False, fs=500.0)
    wanted = scipy_signal.filtfilt(weights, 1.0, signal.astype(np.float64), axis=1)
    assert np.abs(filter_and_resample(signal, 500.0, spec) - wanted).max() < 1e-5 * np.abs(wanted).max()


@pytest.mark.parametrize(("rate_hz", "target_hz"), PAIRS)
@pytest.mark.parametrize("n_samples", [2, 3, 1001])
def test_straight_lines_are_those_of_numpy(rate_hz, target_hz, n_samples):
    """Sample k lies at k / rate; behind the last sample of the record its value is held."""
    signal = wander(2, n_samples)
    spec = IngestSpec(rate_hz=target_hz, filter=UNFILTERED, resampler="linear")
    got = filter_and_resample(signal, rate_hz, spec)
    time_s = np.arange(resampled_length(n_samples, rate_hz, target_hz)) / target_hz
    wanted = [np.interp(time_s, np.arange(n_samples) / rate_hz, lead.astype(np.float64)) for lead in signal]
    assert got == pytest.approx(np.array(wanted), abs=1e-4)
    assert got.dtype == np.float32


def test_the_last_sample_is_held_where_straight_lines_end():
    spec = IngestSpec(rate_hz=500.0, filter=UNFILTERED, resampler="linear")
    got = filter_and_resample(np.array([[0.0, 1.0, 3.0]], dtype=np.float32), 250.0, spec)
    assert got.tolist() == [[0.0, 0.5, 1.0, 2.0, 3.0, 3.0]]


@pytest.mark.parametrize("resampler", ["fft", "polyphase", "linear"])
@pytest.mark.parametrize("filter_at", ["recorded", "stored"])
def test_no_filter_at_the_same_rate_leaves_every_bit(resampler, filter_at):
    spec = IngestSpec(rate_hz=500.0, filter=UNFILTERED, resampler=resampler, filter_at=filter_at)
    signal = wander()
    assert np.array_equal(filter_and_resample(signal, 500.0, spec), signal)


@pytest.mark.parametrize("resampler", ["fft", "polyphase", "linear"])
@pytest.mark.parametrize("rate_hz", [500.0, 200.0])
def test_a_filter_at_the_stored_rate_comes_after_resampling(resampler, rate_hz):
    """The digital filter is then the one designed for 250 Hz, whose slopes are steeper than at 500 Hz."""
    band = FilterSpec("butterworth_pair", 1.0, 40.0, order=5)
    stored, recorded, plain = (
        IngestSpec(filter=one, resampler=resampler, filter_at=at)
        for one, at in ((band, "stored"), (band, "recorded"), (UNFILTERED, "recorded"))
    )
    signal = wander(n_samples=round(30 * rate_hz))
    got = filter_and_resample(signal, rate_hz, stored)
    wanted = filter_and_resample(filter_and_resample(signal, rate_hz, plain), 250.0, stored)
    assert relative_rms(got, wanted, inward=2500) < 2e-4  # the ends of white noise ring on
    assert relative_rms(got, filter_and_resample(signal, rate_hz, recorded), inward=2500) > 5e-3


def test_at_the_same_rate_it_makes_no_difference_where_the_filter_is_designed():
    signal = wander()
    at_stored, at_recorded = (IngestSpec(rate_hz=500.0, filter_at=at) for at in ("stored", "recorded"))
    assert np.array_equal(
        filter_and_resample(signal, 500.0, at_stored), filter_and_resample(signal, 500.0, at_recorded)
    )
