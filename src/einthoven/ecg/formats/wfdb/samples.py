"""Samples of WFDB signal files in formats 16, 24, 32, 61, 80, 160 and 212 (https://physionet.org/physiotools/wag/signal-5.htm).

These hold nearly all ECG archives; each is decoded whole, by NumPy. The MAT files (version 4) of the PhysioNet
challenges are format 16 behind 24 bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["CODINGS", "Coding", "Digital", "checksums", "to_millivolts"]

Digital = NDArray[np.int16] | NDArray[np.int32]


class Coding(NamedTuple):
    """How one format stores samples.

    ``decode(data, n_leads, n_samples)`` takes exactly the bytes of the signal and returns a C-contiguous (lead, sample)
    array; ``invalid`` is the value of a sample that was not recorded.
    """

    bits: int
    invalid: int
    decode: Callable[[memoryview, int, int], Digital]

    def n_bytes(self, n_values: int) -> int:
        """Return the bytes that ``n_values`` samples take."""
        return (n_values * self.bits + 7) // 8


def checksums(digital: Digital) -> list[int]:
    """Return the 16-bit sum of each lead, 0 to 65535."""
    if digital.dtype == np.int16:
        return [total & 0xFFFF for total in np.add.reduce(digital, axis=1, dtype=np.int16).tolist()]
    return [total & 0xFFFF for total in np.add.reduce(digital, axis=1, dtype=np.int64).tolist()]


def to_millivolts(
    digital: Digital, gain: NDArray[np.float64], *, baseline: NDArray[np.int64], invalid: int
) -> NDArray[np.float32]:
    """Return ``(digital - baseline) / gain``, NaN where a sample was not recorded.

    Parameters
    ----------
    digital : int16 or int32 (lead, sample), ADC units
    gain : float64 (lead,), ADC units per mV
    baseline : int64 (lead,), ADC units at 0 mV
    invalid : int

    Returns
    -------
    float32 (lead, sample), mV
    """
    # int16 less a 16-bit baseline is exact in float32; 24 and 32 bits need the longer way
    zeros, gains = baseline.tolist(), gain.tolist()
    exact = digital.dtype == np.int16 and max(map(abs, zeros)) <= 1 << 16
    signal: NDArray[Any] = digital.astype(np.float32 if exact else np.float64)
    if any(zeros):
        signal -= baseline[:, None].astype(signal.dtype)
    # one gain for all leads, as in most archives, needs no loop over the leads
    signal /= signal.dtype.type(gains[0]) if len(set(gains)) == 1 else gain[:, None].astype(signal.dtype)
    if digital.min() == invalid:
        signal[digital == invalid] = np.nan
    return signal.astype(np.float32, copy=False)


def _decode_16(data: memoryview, n_leads: int, n_samples: int) -> NDArray[np.int16]:
    stored = np.frombuffer(data, dtype="<i2").reshape(n_samples, n_leads)
    return np.ascontiguousarray(stored.T, dtype=np.int16)


def _decode_61(data: memoryview, n_leads: int, n_samples: int) -> NDArray[np.int16]:
    stored = np.frombuffer(data, dtype=">i2").reshape(n_samples, n_leads)
    return np.ascontiguousarray(stored.T, dtype=np.int16)


def _decode_160(data: memoryview, n_leads: int, n_samples: int) -> NDArray[np.int16]:
    stored = np.frombuffer(data, dtype="<u2").reshape(n_samples, n_leads)
    return np.ascontiguousarray(stored.T ^ np.uint16(0x8000)).view(np.int16)  # offset binary: less 32768


def _decode_32(data: memoryview, n_leads: int, n_samples: int) -> NDArray[np.int32]:
    stored = np.frombuffer(data, dtype="<i4").reshape(n_samples, n_leads)
    return np.ascontiguousarray(stored.T, dtype=np.int32)


def _decode_24(data: memoryview, n_leads: int, n_samples: int) -> NDArray[np.int32]:
    stored = np.frombuffer(data, dtype=np.uint8).reshape(-1, 3).astype(np.int32)
    values = stored[:, 0] | stored[:, 1] << 8 | (stored[:, 2] ^ 0x80) - 0x80 << 16
    return np.ascontiguousarray(values.reshape(n_samples, n_leads).T)


def _decode_80(data: memoryview, n_leads: int, n_samples: int) -> NDArray[np.int16]:
    stored = np.frombuffer(data, dtype=np.uint8).astype(np.int16) - np.int16(128)
    return np.ascontiguousarray(stored.reshape(n_samples, n_leads).T)


def _decode_212(data: memoryview, n_leads: int, n_samples: int) -> NDArray[np.int16]:
    n_values = n_leads * n_samples
    stored = np.zeros(3 * ((n_values + 1) // 2), dtype=np.uint8)
    stored[: len(data)] = data
    triplets = stored.reshape(-1, 3).astype(np.int16)
    values = np.empty((triplets.shape[0], 2), dtype=np.int16)
    values[:, 0] = triplets[:, 0] | (triplets[:, 1] & 0x0F) << 8
    values[:, 1] = triplets[:, 2] | (triplets[:, 1] & 0xF0) << 4
    values = (values ^ 0x800) - 0x800  # 12-bit two's complement
    return np.ascontiguousarray(values.reshape(-1)[:n_values].reshape(n_samples, n_leads).T)


CODINGS = {
    16: Coding(16, -(1 << 15), _decode_16),
    24: Coding(24, -(1 << 23), _decode_24),
    32: Coding(32, -(1 << 31), _decode_32),
    61: Coding(16, -(1 << 15), _decode_61),
    80: Coding(8, -(1 << 7), _decode_80),
    160: Coding(16, -(1 << 15), _decode_160),
    212: Coding(12, -(1 << 11), _decode_212),
}
