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
    highest = [("high_hz", spec.high_hz)] if spec.kind == "butterworth" else []
    if spec.notch_hz is not None:
        highest.append(("notch_hz", spec.notch_hz))
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
        factor *= _butterworth(frequency, spec.low_hz / rate_hz, spec.high_hz / rate_hz, order=spec.order)
    if spec.notch_hz is not None:
        factor *= _notch(frequency, spec.notch_hz / rate_hz)
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


def _notch(frequency: NDArray[np.float64], centre: float) -> NDArray[np.float64]:
    """Return the squared magnitude of a second-order notch (as ``scipy.signal.iirnotch``)."""
    away = np.cos(2 * np.pi * frequency) - math.cos(2 * math.pi * centre)
    width = math.tan(math.pi * centre / NOTCH_QUALITY)
    passed: NDArray[np.float64] = away**2 / (away**2 + (width * np.sin(2 * np.pi * frequency)) ** 2)
    return passed
