"""Power of an ECG in bands of frequency."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from einthoven.ecg.record import Record

__all__ = ["BANDS_HZ", "REGIONS", "band_powers", "spectrum"]

REGIONS = {"limb": ("I", "II"), "chest": ("V1", "V2", "V3", "V4", "V5", "V6")}
BANDS_HZ = {
    "wander": (0.1, 0.5),
    "0.5-3": (0.5, 3.0),
    "3-8": (3.0, 8.0),
    "8-15": (8.0, 15.0),
    "15-25": (15.0, 25.0),
    "25-40": (25.0, 40.0),
    "40-48": (40.0, 48.0),
    "mains 50": (49.0, 51.0),
    "52-98": (52.0, 98.0),
    "102-148": (102.0, 148.0),
}
SEGMENT_S = 5.0
FLOOR_MV2 = 1e-12
"""Below any device's rounding; keeps the logarithm finite where a filter left nothing."""


def spectrum(record: Record) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return frequencies and each lead's power spectral density.

    Returns
    -------
    frequency_hz : float64 (frequency,)
    density : float64 (lead, frequency), mV^2 / Hz
        Welch's, Hann windows of 5 s, half overlapping.
    """
    rate = record.sampling_rate_hz
    samples = min(round(SEGMENT_S * rate), record.signal.shape[1])
    frequency, density = signal.welch(np.nan_to_num(record.signal.astype(np.float64)), rate, nperseg=samples)
    return frequency, density


def band_powers(record: Record) -> dict[str, float]:
    """Return ``spectrum.<region>.<band>``: log10 of the power in mV^2, the median over the region's leads.

    A band that the record's rate can't hold is NaN.
    """
    frequency, density = spectrum(record)
    powers = {}
    for region, leads in REGIONS.items():
        rows = [record.leads.index(lead) for lead in leads if lead in record.leads]
        for band, (low, high) in BANDS_HZ.items():
            inside = (frequency >= low) & (frequency < high)
            power = density[rows][:, inside].sum(axis=1) * (frequency[1] - frequency[0])
            held = rows and high < record.sampling_rate_hz / 2
            powers[f"spectrum.{region}.{band}"] = float(np.log10(np.median(power) + FLOOR_MV2)) if held else np.nan
    return powers
