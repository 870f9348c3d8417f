"""A few numbers that tell one ECG from others, whatever its gain, polarity, filter, rate, start and length.

In each of five frequency bands the cross-spectral matrix of the leads says how they move together; averaged over the
whole record it knows nothing of where the record starts, and divided by its trace nothing of gain or of what a filter
did to the band. Leads are brought to the same power before, for some archives keep each lead standardised. The matrices
of all bands are projected at random to 64 numbers (Johnson and Lindenstrauss 1984, doi:10.1090/conm/026/737400), which
keeps distances to about a tenth.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from einthoven.errors import CohortError

__all__ = ["DIMENSIONS", "LOWEST_RATE_HZ", "VERSION", "fingerprint"]

VERSION = 2
"""What is found with fingerprints of another version may differ; in version 1 gains of single leads counted."""

DIMENSIONS = 64
BANDS_HZ = ((2.0, 5.0), (5.0, 8.0), (8.0, 12.0), (12.0, 16.0), (16.0, 22.0))  # within every usual diagnostic filter
LOWEST_RATE_HZ = 2 * BANDS_HZ[-1][1]
TAPER_S = 0.25
FEWEST_LEADS = 4  # of fewer leads the matrices hold too few numbers to tell people apart
LONGEST_S = 600.0  # of a longer recording the beginning is taken
SILENT = 1e-12  # of the loudest lead's energy; below, a lead has no signal


def fingerprint(signal: NDArray[np.float32], rate_hz: float) -> NDArray[np.float32]:
    """Return float32 (64,) of length 1; zeros where there is too little to tell ECGs apart.

    Parameters
    ----------
    signal : float32 (lead, sample)
        Any unit, finite; a lead that is constant counts as absent. ECGs are comparable when their leads are the same
        and in the same order.
    rate_hz : float
        At least 44 Hz, twice the highest band.

    Raises
    ------
    CohortError
        When the rate is too low.

    Examples
    --------
    >>> signal = np.random.default_rng(0).normal(size=(12, 5000)).astype(np.float32)
    >>> gains = np.linspace(-2, -3, 12, dtype=np.float32)[:, np.newaxis]
    >>> bool(np.allclose(fingerprint(signal, 500), fingerprint(gains * signal, 500), atol=1e-5))
    True
    """
    if rate_hz < LOWEST_RATE_HZ:
        raise CohortError(f"a fingerprint needs at least {LOWEST_RATE_HZ:g} Hz, got {rate_hz:g}")
    signal = signal[:, : int(LONGEST_S * rate_hz)]
    n_leads, n_samples = signal.shape
    nothing = np.zeros(DIMENSIONS, dtype=np.float32)
    if n_samples < rate_hz:
        return nothing
    centred = signal - signal.mean(axis=1, keepdims=True)
    energy = np.einsum("ls,ls->l", centred, centred)
    if (energy > SILENT * energy.max()).sum() < FEWEST_LEADS:
        return nothing
    spectrum = _of_equal_leads(fft.rfft(centred * _taper(n_samples, rate_hz), axis=1), n_samples / rate_hz)
    parts = [_band(spectrum, low * n_samples / rate_hz, high * n_samples / rate_hz) for low, high in BANDS_HZ]
    projected = np.concatenate(parts).astype(np.float32) @ _projection(len(BANDS_HZ) * n_leads**2)
    norm = float(np.linalg.norm(projected))
    return projected / np.float32(norm) if norm > 0 else nothing


def _of_equal_leads(spectrum: NDArray[np.complex64], duration_s: float) -> NDArray[np.complex64]:
    """Return the spectrum with the power of each lead, over all bands together, the same."""
    first, last = (int(np.ceil(edge * duration_s)) for edge in (BANDS_HZ[0][0], BANDS_HZ[-1][1]))
    deviation = np.linalg.norm(spectrum[:, first:last], axis=1, keepdims=True)
    alive = deviation > np.sqrt(SILENT) * deviation.max()
    scaled: NDArray[np.complex64] = np.divide(spectrum, deviation, out=np.zeros_like(spectrum), where=alive)
    return scaled


def _band(spectrum: NDArray[np.complex64], first: float, last: float) -> NDArray[np.float64]:
    """Return the leads' cross-spectral matrix of one band over its trace, as lead * lead real numbers."""
    chosen = spectrum[:, int(np.ceil(first)) : int(np.ceil(last))].astype(np.complex128)
    matrix = chosen @ chosen.conj().T
    power = float(np.trace(matrix).real)
    above = np.triu_indices(matrix.shape[0], 1)
    # a pair of leads stands twice in the matrix
    values = np.concatenate([np.diag(matrix).real, np.sqrt(2) * matrix[above].real, np.sqrt(2) * matrix[above].imag])
    return values / power if power > 0 else values


@lru_cache(maxsize=4)
def _taper(n_samples: int, rate_hz: float) -> NDArray[np.float32]:
    """Return a window that rises and falls within a quarter of a second."""
    n_edge = max(1, round(TAPER_S * rate_hz))
    edge = 0.5 - 0.5 * np.cos(np.pi * (np.arange(n_edge) + 0.5) / n_edge)
    window = np.ones(n_samples, dtype=np.float32)
    window[:n_edge], window[-n_edge:] = edge, edge[::-1]
    return window


@lru_cache(maxsize=4)
def _projection(n_values: int) -> NDArray[np.float32]:
    drawn = np.random.default_rng(0).standard_normal((n_values, DIMENSIONS), dtype=np.float32)
    return drawn / np.float32(np.sqrt(DIMENSIONS))
