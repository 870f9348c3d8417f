"""Spikes of a pacemaker: what a pulse of less than a millisecond leaves behind a recorder's input.

A unipolar lead, whose current returns through the body, leaves high spikes, a bipolar one low ones.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from einthoven.simulation.rhythm.parameters import lognormal, section

__all__ = ["add_spikes"]

_PARAMETERS = section("pacing_spike")


def add_spikes(
    signal: NDArray[np.float32],
    spikes_s: NDArray[np.float64],
    *,
    direction: NDArray[np.float32],
    rate_hz: float,
    random: np.random.Generator,
) -> None:
    """Add a blip at each time to the signal, in place.

    Parameters
    ----------
    signal : float32 (8, sample), mV
    spikes_s : float64 (spike,)
    direction : float32 (8,)
        Relative height in each lead; the size is drawn for the record.
    rate_hz : float
    random : Generator
    """
    unipolar = random.random() < _PARAMETERS["unipolar_share"]
    height_mv = lognormal(_PARAMETERS["unipolar_mv" if unipolar else "bipolar_mv"], random=random)
    in_leads = direction * np.float32(height_mv / max(float(np.abs(direction).max()), 1e-9))
    width_s, reach_s = _PARAMETERS["width_sd_ms"] / 1000, _PARAMETERS["reach_ms"] / 1000
    for spike_s in spikes_s.tolist():
        start = max(math.ceil((spike_s - reach_s) * rate_hz), 0)
        stop = min(math.floor((spike_s + reach_s) * rate_hz) + 1, signal.shape[1])
        if start < stop:
            blip = np.exp(-(((np.arange(start, stop) / rate_hz - spike_s) / width_s) ** 2) / 2)
            signal[:, start:stop] += np.outer(in_leads, blip.astype(np.float32))
