"""Zero-phase band-pass and notch as one real factor per Fourier bin.

The factor is the squared magnitude of the *digital* filter (Butterworth 1930; bilinear transform), which is what
running it forwards and backwards does to a signal. The corners therefore lie at -6 dB, not at -3 dB.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.input_spec import FilterSpec
from einthoven.errors import SignalError

__all__ = ["check_rate", "squared_magnitude"]

NOTCH_QUALITY = 30.0
"""Centre frequency over -3 dB width (before squaring): 1.7 Hz wide at 50 Hz; the value of SciPy's documentation."""


def check_rate(spec: FilterSpec, rate_hz: float, *, record_id: str) -> None:
    """Refuse a record that was sampled too slowly for the filter.

    Raises
    ------
    SignalError
        When a corner or the notch lies at or above half of the sampling rate.
    """
    highest = [*spec.corners, *(("notch_hz", notch) for notch in spec.notches)]
    for name, frequency in highest:
        if frequency >= rate_hz / 2:
            raise SignalError(
                f"record {record_id} is sampled at {rate_hz:g} Hz, but filter.{name} = {frequency:g} Hz needs more "
                f"than {2 * frequency:g} Hz; lower filter.{name}, or leave the record out"
            )


@lru_cache(maxsize=64)
def squared_magnitude(spec: FilterSpec, rate_hz: float, n_fft: int) -> NDArray[np.float64]:
    """Return the factor of each bin of a real FFT of ``n_fft`` samples at ``rate_hz``; read-only, cached.

    Parameters
    ----------
    spec : FilterSpec
        Every frequency below half of ``rate_hz`` (see ``check_rate``).
    rate_hz : float
    n_fft : int

    Returns
    -------
    factor : float64 (n_fft // 2 + 1,), in [0, 1]

    Examples
    --------
    >>> factor = squared_magnitude(FilterSpec(low_hz=0.5, high_hz=40.0), 500.0, 1000)
    >>> [round(float(factor[bin_]), 4) for bin_ in (0, 1, 10, 80)]
    [0.0, 0.5, 1.0, 0.5]
    """
    frequency = np.fft.rfftfreq(n_fft).astype(np.float64)
    factor = np.ones(frequency.size)
    if spec.kind == "butterworth":
        low_hz, high_hz = spec.band
        factor *= _butterworth(frequency, low_hz / rate_hz, high_hz / rate_hz, order=spec.order)
    elif spec.kind == "butterworth_pair":
        factor *= _butterworth_pair(frequency, spec, rate_hz)
    elif spec.kind == "fir":
        factor *= _windowed_fir(n_fft, spec, rate_hz) ** 2
    for notch in spec.notches:
        factor *= _notch(frequency, notch / rate_hz)
    factor.setflags(write=False)
    return factor


# in closed form, so that ingest and its workers need not load scipy.signal; frequencies in cycles per sample
def _butterworth(frequency: NDArray[np.float64], low: float, high: float, *, order: int) -> NDArray[np.float64]:
    """Return ``1 / (1 + W^(2 order))``, with W the frequency in the low-pass prototype (as ``scipy.signal.butter``)."""
    warped = np.tan(np.pi * np.maximum(frequency, 1e-12))
    warped_low, warped_high = math.tan(math.pi * low), math.tan(math.pi * high)
    prototype = (warped**2 - warped_low * warped_high) / (warped * (warped_high - warped_low))
    gain: NDArray[np.float64] = 1 / (1 + prototype ** (2 * order))
    return np.where(frequency > 0, gain, 0.0)


def _butterworth_pair(frequency: NDArray[np.float64], spec: FilterSpec, rate_hz: float) -> NDArray[np.float64]:
    """Return the squared magnitude of a high-pass times that of a low-pass (as two of ``scipy.signal.butter``)."""
    warped = np.tan(np.pi * np.clip(frequency, 1e-12, 0.5 - 1e-12))
    gain = np.ones(frequency.size)
    if spec.low_hz is not None:
        gain /= 1 + (math.tan(math.pi * spec.low_hz / rate_hz) / warped) ** (2 * spec.order)
    if spec.high_hz is not None:
        order = spec.lowpass_order or spec.order
        gain /= 1 + (warped / math.tan(math.pi * spec.high_hz / rate_hz)) ** (2 * order)
    return gain


def _windowed_fir(n_fft: int, spec: FilterSpec, rate_hz: float) -> NDArray[np.float64]:
    """Return the amplitude response, bin by bin, of a linear-phase filter (as ``scipy.signal.firwin``, Hamming).

    The ideal band's impulse response, cut to the filter's length, under the window, scaled to 1 in the middle of the
    band, or at 0 or half of the sampling rate where the band reaches so far.
    """
    half = int((spec.length_s or 0.0) * rate_hz) // 2  # taps on either side of the middle one
    low, high = (spec.low_hz or 0.0) / rate_hz, (spec.high_hz or rate_hz / 2) / rate_hz
    tap = np.arange(-half, half + 1)
    ideal = 2 * high * np.sinc(2 * high * tap) - 2 * low * np.sinc(2 * low * tap)
    weight = (0.54 + 0.46 * np.cos(np.pi * tap / max(half, 1))) * ideal
    middle = 0.0 if spec.low_hz is None else 0.5 if spec.high_hz is None else (low + high) / 2
    weight /= (weight * np.cos(2 * np.pi * middle * tap)).sum()
    period = np.zeros(n_fft)
    np.add.at(period, tap % n_fft, weight)
    return np.fft.rfft(period).real.astype(np.float64)


def _notch(frequency: NDArray[np.float64], centre: float) -> NDArray[np.float64]:
    """Return the squared magnitude of a second-order notch (as ``scipy.signal.iirnotch``)."""
    away = np.cos(2 * np.pi * frequency) - math.cos(2 * math.pi * centre)
    width = math.tan(math.pi * centre / NOTCH_QUALITY)
    passed: NDArray[np.float64] = away**2 / (away**2 + (width * np.sin(2 * np.pi * frequency)) ** 2)
    return passed
