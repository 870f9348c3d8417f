"""The response is that of the filter run forwards and backwards."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal as scipy_signal

from einthoven.ecg.filters import check_rate, squared_magnitude
from einthoven.ecg.input_spec import FilterSpec
from einthoven.errors import SignalError


def test_a_sine_keeps_the_share_that_sosfiltfilt_leaves():
    """Measured on sines of one minute, in the middle, where no edge reaches."""
    spec, rate = FilterSpec(), 500.0
    sections = scipy_signal.butter(3, [0.67, 40.0], "bandpass", output="sos", fs=rate)
    time = np.arange(60 * 500) / rate
    middle = slice(20 * 500, 40 * 500)
    for frequency in (0.5, 0.67, 1.0, 10.0, 40.0, 60.0):
        sine = np.sin(2 * np.pi * frequency * time)
        left = scipy_signal.sosfiltfilt(sections, sine, padtype="odd", padlen=2500)
        share = np.sqrt((left[middle] ** 2).mean() / (sine[middle] ** 2).mean())
        factor = squared_magnitude(spec, rate, 50_000)[round(frequency * 100)]
        assert factor == pytest.approx(share, abs=2e-4)


@pytest.mark.parametrize("rate", [100.0, 360.0, 500.0])
@pytest.mark.parametrize(("low", "high"), [(0.05, 47.0), (0.5, None), (None, 40.0)])
def test_a_fir_filter_is_that_of_firwin_run_forwards_and_backwards(rate, low, high):
    """Of ``int(0.3 * rate)`` taps, made odd, with a Hamming window and a factor of one in its band."""
    taps = {100.0: 31, 360.0: 109, 500.0: 151}[rate]
    corners = [corner for corner in (low, high) if corner is not None]
    passes = "bandpass" if len(corners) == 2 else "lowpass" if low is None else "highpass"
    weights = scipy_signal.firwin(taps, corners, window="hamming", pass_zero=passes, fs=rate)
    _, response = scipy_signal.freqz(weights, worN=2 * np.pi * np.arange(1001) / 2000)
    factor = squared_magnitude(FilterSpec("fir", low, high, length_s=0.3), rate, 2000)
    assert factor == pytest.approx(np.abs(response) ** 2, abs=1e-12)


@pytest.mark.parametrize("lowpass_order", [None, 2])
@pytest.mark.parametrize(("low", "high"), [(0.67, 40.0), (0.5, None), (None, 40.0), (20.0, 25.0)])
def test_a_pair_is_a_high_pass_times_a_low_pass(low, high, lowpass_order):
    expected = np.ones(1001)
    for corner, kind, order in ((low, "highpass", 5), (high, "lowpass", lowpass_order or 5)):
        if corner is not None:
            sections = scipy_signal.butter(order, corner, kind, output="sos", fs=250.0)
            expected *= np.abs(scipy_signal.sosfreqz(sections, worN=2 * np.pi * np.arange(1001) / 2000)[1]) ** 2
    spec = FilterSpec("butterworth_pair", low, high, order=5, lowpass_order=lowpass_order)
    assert squared_magnitude(spec, 250.0, 2000) == pytest.approx(expected, abs=1e-9)


def test_several_notches_are_one_after_the_other():
    both, one, other = (
        squared_magnitude(FilterSpec(kind="none", notch_hz=notch), 500.0, 5000)
        for notch in ((50.0, 100.0), 50.0, (100.0,))
    )
    assert both == pytest.approx(one * other, abs=1e-15)
    assert both[[500, 1000]] == pytest.approx([0, 0], abs=1e-12)


def test_both_corners_lie_at_half_the_amplitude():
    factor = squared_magnitude(FilterSpec(low_hz=0.5, high_hz=40.0), 500.0, 10_000)
    assert factor[[10, 800]] == pytest.approx([0.5, 0.5], abs=1e-9)


def test_a_notch_removes_mains_and_little_else():
    factor = squared_magnitude(FilterSpec(kind="none", notch_hz=50.0), 500.0, 5000)
    assert factor[500] == pytest.approx(0, abs=1e-12)
    assert factor[[0, 450, 550]] == pytest.approx([1, 1, 1], abs=0.04)


def test_no_filter_is_a_factor_of_one():
    assert (squared_magnitude(FilterSpec(kind="none"), 500.0, 100) == 1).all()


def test_a_cached_response_can_not_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        squared_magnitude(FilterSpec(), 500.0, 100)[0] = 1


@pytest.mark.parametrize(
    ("spec", "rate_hz", "key"),
    [
        (FilterSpec(), 80.0, "high_hz"),
        (FilterSpec(kind="none", notch_hz=60.0), 100.0, "notch_hz"),
        (FilterSpec(kind="none", notch_hz=(40.0, 60.0)), 100.0, "notch_hz = 60"),
        (FilterSpec("butterworth_pair", 60.0, None), 100.0, "low_hz"),
        (FilterSpec("fir", None, 47.0, length_s=0.3), 90.0, "high_hz"),
    ],
)
def test_a_rate_too_slow_for_the_filter_is_refused_by_record_and_key(spec, rate_hz, key):
    with pytest.raises(SignalError, match=rf"record r7 .*filter\.{key}"):
        check_rate(spec, rate_hz, record_id="r7")


def test_a_rate_just_fast_enough_passes():
    check_rate(FilterSpec(), 81.0, record_id="r7")
