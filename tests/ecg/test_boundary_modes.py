"""A record filtered in a short period plus its boundary modes equals the record filtered in a long one."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.boundary_modes import Extension, boundary_modes, pole_modes
from einthoven.ecg.filters import squared_magnitude
from einthoven.ecg.input_spec import FilterSpec


def periodic(signal, extension):
    """Odd extension by NumPy, then a straight line to where the period begins again."""
    n_samples, pad, period = extension
    extended = np.pad(signal, ((0, 0), (pad, pad)), mode="reflect", reflect_type="odd")
    share = np.linspace(0, 1, period - n_samples - 2 * pad + 2)[1:-1]
    return np.hstack([extended, extended[:, -1:] * (1 - share) + extended[:, :1] * share])


def filtered(signal, extension, spec, rate_hz):
    """Float64 FFT over the whole period, cut to the record."""
    factor = squared_magnitude(spec, rate_hz, extension.period)
    through = np.fft.irfft(np.fft.rfft(periodic(signal, extension), axis=1) * factor, extension.period, axis=1)
    return through[:, extension.pad : extension.pad + extension.n_samples]


@pytest.mark.parametrize(
    ("rate_hz", "low_hz", "order"), [(500, 0.67, 3), (1000, 0.05, 3), (100, 1.0, 2), (250, 0.5, 4)]
)
def test_the_poles_give_the_impulse_response(rate_hz, low_hz, order):
    spec = FilterSpec(low_hz=low_hz, order=order)
    response = np.fft.irfft(squared_magnitude(spec, rate_hz, 1 << 20))
    lags = np.arange(1, 2000)
    modes = pole_modes(spec, rate_hz)
    poles, weights = np.concatenate([modes.slow, modes.fast]), np.concatenate([modes.slow_weight, modes.fast_weight])
    assert np.allclose((weights @ poles[:, np.newaxis] ** lags).real, response[lags], atol=1e-12)
    assert np.abs(modes.fast).max() < np.abs(modes.slow).min() < 1


@pytest.mark.parametrize("order", [2, 3, 4])
@pytest.mark.parametrize("low_hz", [0.05, 0.67])
@pytest.mark.parametrize(("n_samples", "pad", "gap"), [(1000, 999, 2), (5000, 2500, 0), (2600, 2500, 41)])
def test_short_period_and_modes_equal_the_long_period(order, low_hz, n_samples, pad, gap):
    """To single precision, from the first sample to the last, also where the record drifts."""
    spec, rate_hz = FilterSpec(low_hz=low_hz, order=order), 500.0
    noise = np.random.default_rng(0).normal(size=(3, n_samples)).cumsum(axis=1)
    signal = noise / noise.std() + np.linspace(0, 3, n_samples)
    long = Extension(n_samples, pad, n_samples + 2 * pad + gap)
    short = Extension(n_samples, 110, n_samples + 221)
    modes = boundary_modes(spec, rate_hz, long=long, short=short, step=1.0, n_out=n_samples)
    level = signal[:, :1]  # the modes read a constant as zero, single precision doesn't quite
    wanted = filtered(signal, long, spec, rate_hz) - filtered(signal, short, spec, rate_hz)
    got = (signal - level) @ modes.read @ modes.write
    assert np.abs(wanted).max() > 1e-2
    assert np.abs(got - wanted).max() < 2e-6


def test_a_constant_has_no_modes():
    long, short = Extension(5000, 2500, 10000), Extension(5000, 60, 5120)
    modes = boundary_modes(FilterSpec(), 500.0, long=long, short=short, step=2.0, n_out=2500)
    assert modes.read.shape == (5000, 6)
    assert modes.write.shape == (6, 2500)
    assert np.abs(modes.read.sum(axis=0, dtype=np.float64)).max() < 1e-5
