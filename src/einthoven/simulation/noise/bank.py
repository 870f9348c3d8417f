"""A long constant piece of noise from which records cut theirs: drawing new noise would take most of the time.

Each electrode of each record takes a stretch at a random place with a random size and sign, so two records share a
stretch of noise with hardly ever the same mixture. The piece is the same in every process and run.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from einthoven.simulation.noise.parameters import section

__all__ = ["muscle_bank", "skin_bank", "stretches", "white_bank"]

Frequencies = NDArray[np.floating[Any]]

_PARAMETERS = section("bank")


def stretches(bank: NDArray[np.float32], n_samples: int, *, n: int, random: np.random.Generator) -> NDArray[np.float32]:
    """Return float32 (n, sample): pieces of the bank from random places; it is repeated where it is too short."""
    size = bank.size
    if n_samples > size:
        return np.stack([np.resize(np.roll(bank, -int(start)), n_samples) for start in random.integers(size, size=n)])
    starts = random.integers(size - n_samples + 1, size=n)
    return np.concatenate([bank[start : start + n_samples] for start in starts.tolist()]).reshape(n, n_samples)


@lru_cache(maxsize=4)
def white_bank(seed: int = 0) -> NDArray[np.float32]:
    """Return float32 (sample,): white noise of unit size."""
    random = np.random.default_rng([_PARAMETERS["seed"], 0, seed])
    bank: NDArray[np.float32] = random.standard_normal(_PARAMETERS["n_samples"], dtype=np.float32)
    bank.flags.writeable = False
    return bank


@lru_cache(maxsize=4)
def muscle_bank(rate_hz: float) -> NDArray[np.float32]:
    """Return float32 (sample,): noise with the spectrum of a surface electromyogram, of unit size in its whole band.

    A rate that doesn't reach as far gets what lies below half of it.
    """
    return _shaped(lambda frequency: _band(frequency, section("muscle")), rate_hz=rate_hz, seed=1)


@lru_cache(maxsize=4)
def skin_bank(rate_hz: float) -> NDArray[np.float32]:
    """Return float32 (sample,): noise whose amplitude falls with the frequency, of unit size in its whole band."""
    lowest_hz = section("skin")["lowest_hz"]
    return _shaped(lambda frequency: lowest_hz / np.hypot(frequency, lowest_hz), rate_hz=rate_hz, seed=2)


def _shaped(gain: Callable[[Frequencies], Frequencies], *, rate_hz: float, seed: int) -> NDArray[np.float32]:
    """Return white noise with a gain for each frequency, of the size that makes it one up to 1,000 Hz."""
    whole = gain(np.linspace(0, 1000, 20001))
    power = np.sum(whole**2) * 1000 / 20001 / (rate_hz / 2)  # that white noise of unit size has in the whole band
    frequency = np.fft.rfftfreq(_PARAMETERS["n_samples"], 1 / rate_hz)
    spectrum = np.fft.rfft(white_bank(seed)) * gain(frequency) / np.sqrt(power)
    bank: NDArray[np.float32] = np.fft.irfft(spectrum, _PARAMETERS["n_samples"]).astype(np.float32)
    bank.flags.writeable = False
    return bank


def _band(frequency: Frequencies, muscle: dict[str, float]) -> NDArray[np.float64]:
    """Return the magnitude of Butterworth's high-pass times that of his low-pass."""
    hz = np.maximum(frequency, 1e-9)
    high_pass = 1 / np.sqrt(1 + (muscle["low_hz"] / hz) ** (2 * muscle["low_order"]))
    return np.asarray(high_pass / np.sqrt(1 + (hz / muscle["high_hz"]) ** (2 * muscle["high_order"])))
