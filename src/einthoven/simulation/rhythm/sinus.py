"""The sinus node: intervals that breathe, waver at 0.1 Hz (Mayer) and drift, less so with age and with the rate.

Two spectral peaks after McSharry et al. 2003 (doi:10.1109/TBME.2003.808805); their size is set by the RMSSD of
ten-second ECGs, which falls with age (van den Berg et al. 2018, doi:10.3389/fphys.2018.00424).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from einthoven.simulation.rhythm.breathing import Breathing
from einthoven.simulation.rhythm.parameters import bounded_normal, section

__all__ = ["SinusNode", "draw_sinus_node"]

_PARAMETERS = section("sinus")
_MOST_DEVIATION_SHARE: float = _PARAMETERS["most_deviation_share"]


@dataclass(frozen=True, slots=True)
class SinusNode:
    """A node that fires at its own pace.

    Attributes
    ----------
    mean_s : float
        Mean interval.
    breathing : Breathing
    hf_s, lf_s : float
        Amplitudes of the oscillations with breathing and with the Mayer waves.
    lf_hz, lf_phase : float
    drift : float
        Seconds of interval per second of time.
    jitter_s : float
        SD of what is irregular.
    """

    mean_s: float
    breathing: Breathing
    hf_s: float
    lf_s: float
    lf_hz: float
    lf_phase: float
    drift: float
    jitter_s: float

    def interval_s(self, time_s: float, *, noise: float) -> float:
        """Return the interval that begins at ``time_s``; ``noise`` is a standard normal number."""
        deviation = (
            self.hf_s * -self.breathing.depth(time_s)  # breathing in quickens the heart
            + self.lf_s * math.sin(2 * math.pi * self.lf_hz * time_s + self.lf_phase)
            + self.drift * time_s
            + self.jitter_s * noise
        )
        most = _MOST_DEVIATION_SHARE * self.mean_s
        return self.mean_s + min(max(deviation, -most), most)


def draw_sinus_node(
    mean_s: float, *, age_years: float, breathing: Breathing, duration_s: float, random: np.random.Generator
) -> SinusNode:
    """Return a node with a mean interval of ``mean_s`` and variability of someone of ``age_years``."""
    parameters = _PARAMETERS
    aged = min(max(age_years, 20.0), parameters["rmssd_oldest_age_years"]) - 20
    spread, ratio_spread, drift, phase = random.standard_normal(4).tolist()
    slowness = math.exp(parameters["decline_per_bpm"] * (parameters["reference_bpm"] - 60 / mean_s))
    sd_of_log = parameters["rmssd_sd_of_log_at_20"] + parameters["rmssd_sd_of_log_rise_per_year"] * aged
    rmssd_s = parameters["rmssd_ms_at_20"] / 1000 * slowness
    rmssd_s *= math.exp(-parameters["rmssd_decline_per_year"] * aged + sd_of_log * spread)
    lf_over_hf = parameters["lf_over_hf_at_20"] * math.exp(
        parameters["lf_over_hf_rise_per_year"] * aged + parameters["lf_over_hf_sd_of_log"] * ratio_spread
    )
    lf_hz = bounded_normal(parameters["lf_hz"], random=random)
    # an oscillation of amplitude A at f has a root mean square of successive differences of A sqrt(2) |sin(pi f RR)|
    steps = math.hypot(
        math.sin(math.pi * breathing.rate_hz * mean_s), math.sqrt(lf_over_hf) * math.sin(math.pi * lf_hz * mean_s)
    )
    hf_s = rmssd_s / (math.sqrt(2) * max(steps, 0.2))
    return SinusNode(
        mean_s=mean_s,
        breathing=breathing,
        hf_s=hf_s,
        lf_s=hf_s * math.sqrt(lf_over_hf),
        lf_hz=lf_hz,
        lf_phase=phase * math.pi,
        drift=parameters["drift_share_sd"] * drift * mean_s / duration_s,
        jitter_s=parameters["jitter_ms"] / 1000,
    )
