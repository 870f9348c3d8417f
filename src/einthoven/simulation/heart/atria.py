"""The P wave: two dipoles, the right atrium's and, later, the left one's."""

from __future__ import annotations

import numpy as np

from einthoven.simulation.heart.lead_field import atrial_field
from einthoven.simulation.heart.traits import HeartParameters, heart_constants
from einthoven.simulation.waveform import AtrialKind, Waveform

__all__ = ["p_wave"]

BEFORE_MS, SAMPLES = 40, 460
_ATRIA = heart_constants()["atria"]
RECOVERY_SHARE, RECOVERY_LATER_MS, RECOVERY_WIDTH_MS = (
    _ATRIA[f"recovery_{name}"] for name in ("share", "later_ms", "width_ms")
)
WIDTHS, ECTOPIC_SHARE = _ATRIA["widths"], _ATRIA["ectopic_share"]


def p_wave(parameters: HeartParameters, kind: AtrialKind) -> Waveform:
    """Return the P wave; a retrograde one runs upwards, an ectopic one comes from the person's own other place."""
    right_peak, right_width, left_delay, left_width = parameters.atrial_times
    right, left = parameters.right_atrium, parameters.left_atrium
    if kind == "retrograde":
        right, left = right * _UPWARDS, left * _UPWARDS
    elif kind == "ectopic":
        right, left = left * ECTOPIC_SHARE + parameters.ectopic_site, right * ECTOPIC_SHARE
    time = np.arange(SAMPLES) - BEFORE_MS
    left_peak = right_peak + left_delay
    shape = np.outer(right, _bump(time, right_peak, right_width)) + np.outer(left, _bump(time, left_peak, left_width))
    shape -= RECOVERY_SHARE * np.outer(right + left, _bump(time, right_peak + RECOVERY_LATER_MS, RECOVERY_WIDTH_MS))
    onset = min(right_peak - WIDTHS * right_width, left_peak - WIDTHS * left_width)
    end = max(right_peak + WIDTHS * right_width, left_peak + WIDTHS * left_width)
    samples = (atrial_field(parameters) @ shape).astype(np.float32)
    return Waveform(samples, onset_ms=float(BEFORE_MS + onset), duration_ms=float(end - onset))


def _bump(time: np.ndarray, peak_ms: float, width_ms: float) -> np.ndarray:
    return np.exp(-0.5 * ((time - peak_ms) / width_ms) ** 2)


_UPWARDS = np.array([1.0, -1.0, 1.0])
