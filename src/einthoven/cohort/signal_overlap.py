"""Where, and how well, two ECGs lie on each other: the lag at which most leads agree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

__all__ = ["AGREEMENT", "Overlap", "SpectralSignal", "best_overlap", "spectral_signal"]

BAND_HZ = (2.0, 22.0)  # of the fingerprint: what any diagnostic filter leaves
EDGE_HZ = 1.0
RATE_HZ = 200.0  # a lag is right to 2.5 ms, an eighteenth of the shortest wave in the band
TRIMMED_S = 0.3  # at both ends, where filters ring
LONGEST_S = 600.0
SHORTEST_OVERLAP_S = 4.0  # three or more beats: one beat of a patient looks like the next
AGREEMENT = 0.95
ENOUGH_LEADS = 0.75
SILENT = 1e-6  # of the loudest lead's deviation; below, a lead has no signal


@dataclass(frozen=True, slots=True, eq=False)
class SpectralSignal:
    """One ECG at 200 Hz within the band.

    Attributes
    ----------
    values : float32 (lead, sample)
    scaled : float32 (lead, sample)
        Each lead of unit deviation; zero where it has no signal.
    """

    values: NDArray[np.float32]
    scaled: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Overlap:
    """How two ECGs agree; see ``NearDuplicate``."""

    correlation: float
    lag_s: float
    gain: float
    overlap_s: float


def spectral_signal(signal: NDArray[np.float32], rate_hz: float) -> SpectralSignal:
    """Return the signal at 200 Hz, band-pass filtered, without its ends.

    Parameters
    ----------
    signal : float32 (lead, sample)
        Finite.
    rate_hz : float
    """
    signal = signal[:, : int(LONGEST_S * rate_hz)]
    n_before = signal.shape[1]
    n_after = max(2, round(n_before * RATE_HZ / rate_hz))
    spectrum = fft.rfft(signal - signal.mean(axis=1, keepdims=True), axis=1)
    frequency = np.arange(spectrum.shape[1]) * rate_hz / n_before
    low, high = BAND_HZ
    rise = np.clip((frequency - low + EDGE_HZ) / EDGE_HZ, 0, 1) * np.clip((high + EDGE_HZ - frequency) / EDGE_HZ, 0, 1)
    values = fft.irfft((spectrum * rise)[:, : n_after // 2 + 1], n_after, axis=1) * (n_after / n_before)
    n_trimmed = min(round(TRIMMED_S * RATE_HZ), (n_after - 1) // 2)
    values = values[:, n_trimmed : n_after - n_trimmed]
    deviation = values.std(axis=1, keepdims=True)
    alive = deviation > SILENT * max(float(deviation.max()), 1e-30)
    scaled = np.divide(values, deviation, out=np.zeros_like(values), where=alive)
    return SpectralSignal(values.astype(np.float32), scaled.astype(np.float32))


def best_overlap(first: SpectralSignal, second: SpectralSignal) -> Overlap | None:
    """Return how the two agree at their best lag; nothing where fewer than three quarters of the leads do.

    At the best lag each lead that both have is correlated over the overlap of at least 4 s. A lead agrees from a
    correlation of 0.95 on, all of one sign.
    """
    lag = _best_lag(first, second)
    if lag is None:
        return None
    a, b = _at_lag(first.values, second.values, lag)
    a, b = a - a.mean(axis=1, keepdims=True), b - b.mean(axis=1, keepdims=True)
    power_a, power_b = np.einsum("ls,ls->l", a, a), np.einsum("ls,ls->l", b, b)
    alive = (power_a > SILENT**2 * power_a.max()) & (power_b > SILENT**2 * power_b.max())
    if not alive.any():
        return None
    correlation = np.einsum("ls,ls->l", a, b)[alive] / np.sqrt(power_a[alive] * power_b[alive])
    median = float(np.median(correlation))
    if np.mean(correlation * np.sign(median) >= AGREEMENT) < ENOUGH_LEADS:
        return None
    gain = float(np.median(np.sqrt(power_b[alive] / power_a[alive])))
    return Overlap(median, lag / RATE_HZ, gain, a.shape[1] / RATE_HZ)


def _best_lag(first: SpectralSignal, second: SpectralSignal) -> int | None:
    """Return how many samples later the second begins, where all leads together agree best, either way up."""
    a, b = first.scaled, second.scaled
    n_a, n_b = a.shape[1], b.shape[1]
    shortest = round(SHORTEST_OVERLAP_S * RATE_HZ)
    if a.shape[0] != b.shape[0] or min(n_a, n_b) < shortest:
        return None
    size = fft.next_fast_len(n_a + n_b, real=True)
    product = (fft.rfft(a, size, axis=1) * np.conj(fft.rfft(b, size, axis=1))).sum(axis=0)
    together = fft.irfft(product, size)
    lags = np.arange(-(n_b - shortest), n_a - shortest + 1)
    begin, end = np.maximum(lags, 0), np.minimum(lags + n_b, n_a)
    energy_a, energy_b = _energy(a), _energy(b)
    energy = (energy_a[end] - energy_a[begin]) * (energy_b[end - lags] - energy_b[begin - lags])
    agreement = np.abs(together[lags]) / np.sqrt(np.maximum(energy, np.finfo(np.float64).tiny))
    return int(lags[agreement.argmax()])


def _energy(scaled: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return float64 (sample + 1,): the energy of all leads before each sample."""
    return np.concatenate([[0.0], np.cumsum(np.einsum("ls,ls->s", scaled, scaled, dtype=np.float64))])


def _at_lag(
    a: NDArray[np.float32], b: NDArray[np.float32], lag: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    begin, end = max(lag, 0), min(lag + b.shape[1], a.shape[1])
    return a[:, begin:end], b[:, begin - lag : end - lag]
