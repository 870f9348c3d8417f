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
    right_peak, right_width, left_delay, left_width = parameters.atrial_times.tolist()
    right, left = parameters.right_atrium, parameters.left_atrium
    if kind == "retrograde":
        right, left = right * _UPWARDS, left * _UPWARDS
    elif kind == "ectopic":
        right, left = left * ECTOPIC_SHARE + parameters.ectopic_site, right * ECTOPIC_SHARE
    left_peak = right_peak + left_delay
    dipoles = np.stack([right, left, -RECOVERY_SHARE * (right + left)], axis=1)
    peaks = np.array([[right_peak], [left_peak], [right_peak + RECOVERY_LATER_MS]])
    bumps = (_TIME - peaks) / np.array([[right_width], [left_width], [RECOVERY_WIDTH_MS]])
    bumps *= bumps
    bumps *= -0.5
    np.exp(bumps, out=bumps)
    onset = min(right_peak - WIDTHS * right_width, left_peak - WIDTHS * left_width)
    end = max(right_peak + WIDTHS * right_width, left_peak + WIDTHS * left_width)
    samples = ((atrial_field(parameters) @ dipoles) @ bumps).astype(np.float32)
    return Waveform(samples, onset_ms=float(BEFORE_MS + onset), duration_ms=float(end - onset))


_TIME = np.arange(SAMPLES) - float(BEFORE_MS)
_UPWARDS = np.array([1.0, -1.0, 1.0])
