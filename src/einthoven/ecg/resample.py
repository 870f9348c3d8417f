"""Filter a record and bring it to another rate in one real FFT; sample k of the result lies at k / rate from the start.

A spectrum is cut (downwards) or filled with zeros (upwards), so any rational ratio of rates is exact: 500 -> 250 and
360 -> 250 Hz are the same code. Both ends are continued by odd extension before, as zero-phase filters need seconds of
run-up at 0.67 Hz. Most of that run-up is not filtered but computed in closed form (``boundary_modes``), which halves
the FFT. ``polyphase`` and ``linear`` filter in the same way, at the record's rate or at the target's, and leave the
rate to SciPy's FIR filter or to straight lines between the samples.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft as scipy_fft

from einthoven.ecg.boundary_modes import BoundaryModes, Extension, boundary_modes, pole_modes
from einthoven.ecg.filters import squared_magnitude
from einthoven.ecg.input_spec import FilterSpec, IngestSpec

__all__ = ["filter_and_resample", "resampled_length"]

LARGEST_TERM = 2000
"""Of the ratio of rates: 1 / 2000 of a sample in 10 s at worst, so 999.5 Hz is exact and 499.8712 Hz near enough."""

NEGLIGIBLE = 1e-6
"""Of the filter's response, where the poles of its upper corner count as dead."""

WELL_APART = 8
"""Upper over lower corner from which on slow and fast poles are different things."""

LARGEST_CUT = 1e-3
"""Of the filter's factor where the spectrum is cut: a higher step rings beyond the short extension."""

WORTHWHILE = 0.8
"""Short over long period; the modes cost what a fifth of the FFT costs."""


def filter_and_resample(signal: NDArray[np.float32], rate_hz: float, ingest: IngestSpec) -> NDArray[np.float32]:
    """Return the signal filtered and at the rate that ``ingest`` asks for.

    Parameters
    ----------
    signal : float32 (lead, sample)
        Any unit. A lead with a NaN or infinite sample comes out with some, if not with nothing else.
    rate_hz : float
        High enough for the filter (``filters.check_rate``).
    ingest : IngestSpec
        Its filter, ``filter_at``, ``rate_hz``, ``pad_s`` and ``resampler`` are used.

    Returns
    -------
    filtered : float32 (lead, ``resampled_length(sample, rate_hz, ingest.rate_hz)``)
    """
    ratio = _ratio(rate_hz, ingest.rate_hz)
    design_hz = rate_hz if ingest.filter_at == "recorded" else ingest.rate_hz
    if ingest.resampler == "fft" or ratio == 1:
        return _filtered(signal, rate_hz, ingest, ratio=ratio, design_hz=design_hz)
    if ingest.filter_at == "stored":
        return _filtered(_resampled(signal, ratio, ingest), ingest.rate_hz, ingest)
    return _resampled(_filtered(signal, rate_hz, ingest), ratio, ingest)


def resampled_length(n_samples: int, rate_hz: float, target_rate_hz: float) -> int:
    """Return how many samples at the target rate lie within the record: ``ceil(n_samples * target / rate)``.

    Examples
    --------
    >>> resampled_length(5000, 500, 250), resampled_length(5001, 500, 250), resampled_length(650, 360, 250)
    (2500, 2501, 452)
    """
    return math.ceil(n_samples * _ratio(rate_hz, target_rate_hz))


def _filtered(
    signal: NDArray[np.float32],
    rate_hz: float,
    ingest: IngestSpec,
    *,
    ratio: Fraction = Fraction(1),
    design_hz: float | None = None,
) -> NDArray[np.float32]:
    """Return the signal through the filter designed for ``design_hz``, and at ``ratio`` times its rate."""
    if ratio == 1 and not ingest.filter.linear:
        return signal
    plan = _plan(ingest.filter, rate_hz, signal.shape[1], ingest.pad_s, ratio, design_hz=design_hz or rate_hz)
    return _through_fft(signal, plan)


def _resampled(signal: NDArray[np.float32], ratio: Fraction, ingest: IngestSpec) -> NDArray[np.float32]:
    if ingest.resampler == "linear":
        return _interpolated(signal, ratio)
    from scipy import signal as scipy_signal  # costs a second that the default path need not pay

    resampled: NDArray[np.float32] = scipy_signal.resample_poly(
        signal, ratio.numerator, ratio.denominator, axis=1, padtype="line"
    )
    return resampled


def _interpolated(signal: NDArray[np.float32], ratio: Fraction) -> NDArray[np.float32]:
    """Return straight lines between the samples, read every ``1 / ratio`` of a sample; the last sample is held."""
    n_samples = signal.shape[1]
    place = np.arange(math.ceil(n_samples * ratio)) * ratio.denominator
    before = place // ratio.numerator
    share = (place % ratio.numerator / ratio.numerator).astype(np.float32)
    left, right = signal[:, before], signal[:, np.minimum(before + 1, n_samples - 1)]
    return left + (right - left) * share


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    """Lengths and factors that all records of one length, rate and spec share."""

    pad: int
    n_fft: int
    n_fft_out: int
    n_out: int
    keeps_offset: bool
    factor: NDArray[np.float32]  # (2 * bins,): each bin's factor twice, for its real and its imaginary part
    modes: BoundaryModes | None  # what is left to add where the period is shorter than ``pad_s`` asks for


@lru_cache(maxsize=64)
def _plan(
    spec: FilterSpec, rate_hz: float, n_samples: int, pad_s: float, ratio: Fraction, *, design_hz: float
) -> _Plan:
    pad = min(round(pad_s * rate_hz), n_samples - 1)
    long = _extension(n_samples, pad, ratio)
    short = _short_extension(spec, rate_hz, long, ratio) if design_hz == rate_hz else long
    n_out = math.ceil(n_samples * ratio)
    modes = None
    if short != long:
        modes = boundary_modes(spec, rate_hz, long=long, short=short, step=float(1 / ratio), n_out=n_out)
    n_fft, n_fft_out = short.period, int(short.period * ratio)
    bins = min(n_fft, n_fft_out) // 2 + 1
    n_design = n_fft if design_hz == rate_hz else n_fft_out  # of which a bin is the same frequency at that rate
    factor = squared_magnitude(spec, design_hz, n_design)[:bins] * (n_fft_out / n_fft)
    if n_fft != n_fft_out and min(n_fft, n_fft_out) % 2 == 0:
        # the last bin stands for one frequency here and for two of opposite sign there (as in scipy.signal.resample)
        factor[-1] *= 2.0 if n_fft_out < n_fft else 0.5
    doubled = np.repeat(factor, 2).astype(np.float32)
    doubled.setflags(write=False)
    return _Plan(short.pad, n_fft, n_fft_out, n_out, bool(factor[0] > 0), doubled, modes)


def _extension(n_samples: int, pad: int, ratio: Fraction) -> Extension:
    blocks = scipy_fft.next_fast_len(math.ceil((n_samples + 2 * pad) / ratio.denominator), real=True)
    return Extension(n_samples, pad, blocks * ratio.denominator)


def _short_extension(spec: FilterSpec, rate_hz: float, long: Extension, ratio: Fraction) -> Extension:
    """Return the shortest extension that boundary modes can complete; the long one where there is none, or no gain."""
    if spec.kind != "butterworth" or spec.notches or spec.band[1] < WELL_APART * spec.band[0]:
        return long
    reach = math.ceil(math.log(NEGLIGIBLE) / np.log(np.abs(pole_modes(spec, rate_hz).fast)).max())
    short = _extension(long.n_samples, reach, ratio)
    short = short._replace(pad=(short.period - long.n_samples) // 2)
    if short.pad > long.pad or short.period > WORTHWHILE * long.period:
        return long
    last_bin = min(short.period, int(short.period * ratio)) // 2
    return short if squared_magnitude(spec, rate_hz, short.period)[last_bin] < LARGEST_CUT else long


def _through_fft(signal: NDArray[np.float32], plan: _Plan) -> NDArray[np.float32]:
    period = _extended(signal, plan)
    spectrum = scipy_fft.rfft(period, axis=1)
    bins = plan.factor.size // 2
    parts = spectrum.view(np.float32)[:, : 2 * bins]
    np.multiply(parts, plan.factor, out=parts)
    whole = scipy_fft.irfft(spectrum[:, :bins], plan.n_fft_out, axis=1)
    filtered: NDArray[np.float32] = np.ascontiguousarray(whole[:, : plan.n_out])  # what follows is faster by the copy
    if plan.modes is not None:
        filtered += (period[:, : signal.shape[1]] @ plan.modes.read) @ plan.modes.write
    return filtered


def _extended(signal: NDArray[np.float32], plan: _Plan) -> NDArray[np.float32]:
    """Return one period (lead, n_fft): the record first, so that the start needs no shift, then both odd extensions."""
    n_samples, pad = signal.shape[1], plan.pad
    right, left = n_samples + pad, plan.n_fft - pad  # where the right extension ends and the left one begins
    first, last = signal[:, :1], signal[:, -1:]
    # a large offset would cost float32 its small digits
    level = (first + last) / 2 * np.float32(not plan.keeps_offset)
    period = np.empty((signal.shape[0], plan.n_fft), dtype=np.float32)
    np.subtract(signal, level, out=period[:, :n_samples])
    np.subtract(2 * last - level, signal[:, ::-1][:, 1 : pad + 1], out=period[:, n_samples:right])
    np.subtract(2 * first - level, signal[:, pad:0:-1], out=period[:, left:])
    if left > right:
        ramp = np.linspace(0, 1, left - right + 2, dtype=np.float32)[1:-1]
        end, start = period[:, right - 1 : right], period[:, left % plan.n_fft : left % plan.n_fft + 1]
        np.add(end, (start - end) * ramp, out=period[:, right:left])
    return period


@lru_cache(maxsize=64)
def _ratio(rate_hz: float, target_rate_hz: float) -> Fraction:
    exact = Fraction(target_rate_hz).limit_denominator(10**6) / Fraction(rate_hz).limit_denominator(10**6)
    return exact if exact.denominator <= LARGEST_TERM else exact.limit_denominator(LARGEST_TERM)
