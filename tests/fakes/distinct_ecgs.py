"""ECGs of made-up patients: each has its own shape of beat in each lead, each recording its own rhythm."""

from __future__ import annotations

import numpy as np
from scipy import signal as scipy_signal

__all__ = ["distinct_ecg", "refiltered"]

LEADS = 8
WIDTHS_MS = (12, 16, 24, 40, 70)
RANGE_MS = (-150, 350)


def distinct_ecg(patient: int, *, recording: int = 0, seconds: float = 10.0, rate_hz: float = 250.0) -> np.ndarray:
    """Return float32 (8, sample), mV: the same patient always has the same beats, at other times in each recording."""
    shape = np.random.default_rng([patient, 1])
    n_bumps = len(WIDTHS_MS)
    at_ms = np.sort(shape.uniform(*RANGE_MS, n_bumps))
    height_mv = shape.normal(0, 0.6, (LEADS, n_bumps))
    rhythm = np.random.default_rng([patient, recording, 2])
    beats_s = np.cumsum(rhythm.normal(0.8, 0.05, int(seconds / 0.4)))
    time_s = np.arange(round(seconds * rate_hz)) / rate_hz
    since_ms = 1000 * (time_s[:, None] - beats_s[beats_s < seconds + 1])
    waves = np.stack(
        [np.exp(-(((since_ms - at) / width) ** 2) / 2).sum(axis=1) for at, width in zip(at_ms, WIDTHS_MS, strict=True)]
    )
    noise = rhythm.normal(0, 0.01, (LEADS, time_s.size))
    return (height_mv @ waves + noise).astype(np.float32)


def refiltered(signal: np.ndarray, rate_hz: float) -> np.ndarray:
    """Return the signal after a causal band-pass, as a recorder's monitor setting makes it."""
    sections = scipy_signal.butter(2, [0.5, 30], btype="band", fs=rate_hz, output="sos")
    return scipy_signal.sosfilt(sections, signal, axis=1).astype(np.float32)
