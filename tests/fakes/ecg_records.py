"""ECGs made of a few bumps per beat: enough to be drawn, not to be diagnosed."""

from __future__ import annotations

import numpy as np

from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.record import Record

# centre in s, width in s, height in mV of P, Q, R, S, T in lead II
WAVES = ((-0.16, 0.025, 0.12), (-0.03, 0.008, -0.1), (0.0, 0.011, 1.1), (0.03, 0.010, -0.25), (0.27, 0.05, 0.3))
LEAD_GAIN = (0.6, 1.0, 0.4, -0.8, 0.1, 0.7, -0.6, -0.9, 0.5, 1.2, 1.1, 0.9)


def fake_signal(*, seconds: float = 10.0, rate_hz: float = 250.0, seed: int = 0) -> np.ndarray:
    """Return float32 (12, sample) in mV."""
    rng = np.random.default_rng(seed)
    time = np.arange(round(seconds * rate_hz)) / rate_hz
    beats = np.arange(0.4, seconds, 0.85) + rng.normal(0, 0.01, np.arange(0.4, seconds, 0.85).size)
    beat = sum(
        height * np.exp(-((time[:, None] - beats - centre) ** 2) / (2 * width**2)).sum(axis=1)
        for centre, width, height in WAVES
    )
    signal = np.outer(LEAD_GAIN, beat) + rng.normal(0, 0.008, (12, time.size))
    return signal.astype(np.float32)


def fake_record(*, leads=STANDARD_LEADS, unit="mV", seconds=10.0, rate_hz=250.0, seed=0, **fields) -> Record:
    """Return a record with the given leads of the fake signal."""
    signal = fake_signal(seconds=seconds, rate_hz=rate_hz, seed=seed)
    rows = [STANDARD_LEADS.index(lead) for lead in leads]
    return Record(signal[rows], tuple(leads), rate_hz, f"record-{seed}", unit=unit, **fields)
