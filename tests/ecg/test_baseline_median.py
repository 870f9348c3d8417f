"""The running median is that of SciPy, with zeros beyond the ends."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal as scipy_signal

from einthoven.ecg.baseline_median import median_baseline, window_samples


def noise(n_leads=2, n_samples=1000):
    return np.random.default_rng(5).normal(size=(n_leads, n_samples)).cumsum(axis=1).astype(np.float32)


def medfilt(signal, kernel):
    padded = np.pad(signal, ((0, 0), (kernel, kernel)))  # SciPy refuses a kernel longer than the record
    return np.stack([scipy_signal.medfilt(lead, kernel) for lead in padded])[:, kernel:-kernel]


@pytest.mark.parametrize(
    ("width_s", "rate_hz"), [(0.4, 500.0), (0.2, 250.0), (0.6, 250.0), (0.2, 257.0), (0.001, 100.0)]
)
def test_the_window_is_an_odd_number_of_samples(width_s, rate_hz):
    """As ECGFounder's authors count them: 201 of 0.4 s at 500 Hz."""
    kernel = int(width_s * rate_hz) + 1
    assert window_samples(width_s, rate_hz) == (kernel if kernel % 2 else kernel + 1)


@pytest.mark.parametrize("n_samples", [1, 2, 60, 1000])
@pytest.mark.parametrize("width_s", [0.001, 0.1, 0.4])
def test_a_median_is_that_of_medfilt_up_to_the_ends(n_samples, width_s):
    """Records shorter than the window, too."""
    signal = noise(n_samples=n_samples)
    got = median_baseline(signal, 500.0, (width_s,))
    assert np.array_equal(got, medfilt(signal, window_samples(width_s, 500.0)))
    assert got.dtype == np.float32


def test_the_second_median_runs_on_what_the_first_one_left():
    signal = noise()
    assert np.array_equal(median_baseline(signal, 250.0, (0.2, 0.6)), medfilt(medfilt(signal, 51), 151))


def test_no_width_gives_the_signal_itself():
    assert np.array_equal(median_baseline(noise(), 250.0, ()), noise())


def test_a_constant_lead_is_its_own_baseline_but_for_the_ends():
    """There zeros prevail, once they fill half of the window."""
    baseline = median_baseline(np.full((1, 1000), 3.0, np.float32), 500.0, (0.4,))
    assert (baseline == 3.0).all()
    short = median_baseline(np.full((1, 80), 3.0, np.float32), 500.0, (0.4,))
    assert (short == 0.0).all()
