"""When each place of the ventricles recovers, and the course of its membrane potential.

A node's potential steps up when it is activated, loses a part of its plateau early (a healthy notch, injury,
ischaemia), and falls when it recovers. Where recovery were the same everywhere there would be no T wave: its
size is the dispersion of recovery times, its shape that of the fall (van Oosterom, J Cardiovasc Electrophysiol
2001;12:1138, doi:10.1046/j.1540-8167.2001.01138.x: the dominant T wave).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from einthoven.simulation.heart.mesh import LEFT, RIGHT, SEPTUM, harmonics
from einthoven.simulation.heart.remodelling import Regional
from einthoven.simulation.heart.traits import HeartParameters, heart_constants

__all__ = ["fall", "lost_early", "recovered", "swing"]

Array = NDArray[np.float64]

_MEMBRANE = heart_constants()["membrane"]
SEPTAL_SHARE, RIGHT_SHARE = _MEMBRANE["septal_share"], _MEMBRANE["right_share"]
AFTER_SHARE, AFTER_MS, AFTER_WIDTH_MS = (_MEMBRANE[f"after_{name}"] for name in ("share", "ms", "width_ms"))
SLOW_SHARE, SLOW_TIMES = _MEMBRANE["slow_share"], _MEMBRANE["slow_times"]
LEAST_SWING, MOST_SWING = _MEMBRANE["least_swing"], _MEMBRANE["most_swing"]


def swing(parameters: HeartParameters, regional: Regional) -> Array:
    """Return float64 (node,): the membranes' swing relative to a healthy cell's."""
    left = np.clip(1 + parameters.amplitude @ _PATTERNS, LEAST_SWING, MOST_SWING)
    right = np.full(2 * RIGHT.phi.size, np.exp(parameters.right_amplitude))
    return np.concatenate([left, left, right]) * regional.swing


def lost_early(parameters: HeartParameters, regional: Regional) -> Array:
    """Return float64 (node,): the share of the swing that doesn't last to the recovery."""
    early = regional.lost_early.copy()
    n = LEFT.phi.size
    early[n : 2 * n] += parameters.early_recovery[0] + parameters.early_recovery[1:] @ _PATTERNS[:3]
    return np.clip(early, -0.6, 0.95)


def recovered(parameters: HeartParameters, regional: Regional, activated_ms: Array, *, rate_factor: float) -> Array:
    """Return float64 (node,), ms: when each node recovers.

    Parameters
    ----------
    activated_ms : float64 (node,)
    rate_factor : float
        By which action potentials are longer than at 60 beats per minute.
    """
    left = parameters.apd_field @ _PATTERNS[: parameters.apd_field.size]
    right = parameters.right_apd + parameters.right_apd_base * _RIGHT_BASE
    wall = parameters.transmural
    duration = parameters.apd * rate_factor + np.concatenate(
        [left + wall / 2, left - wall / 2 + wall * _SEPTAL, right + wall * RIGHT_SHARE, right - wall * RIGHT_SHARE]
    )
    return (1 - parameters.coupling) * activated_ms + duration + regional.longer_ms


def fall(parameters: HeartParameters, *, n: int, step_ms: float, stretch: float) -> Array:
    """Return float64 (n,), sum 1: the steepness of the fall around the recovery time, which is sample 0 (circular).

    A sample lasts ``step_ms``; ``stretch`` widens it.
    """
    time = step_ms * ((np.arange(n) + n // 2) % n - n // 2)
    rise, down = parameters.t_rise * stretch, parameters.t_fall * stretch
    half_square = time * time / 2
    slow = SLOW_SHARE * np.exp(-np.abs(time) / (SLOW_TIMES * rise))
    before = (1 - SLOW_SHARE) * np.exp(-half_square / rise**2) + slow
    steepness = np.where(time < 0, before, np.exp(-half_square / down**2))
    after = np.exp(-0.5 * ((time / stretch - AFTER_MS) / AFTER_WIDTH_MS) ** 2)
    density: Array = (1 - AFTER_SHARE) * steepness / steepness.sum() + AFTER_SHARE * after / after.sum()
    return density


_PATTERNS = harmonics(LEFT)
_RIGHT_BASE = 1 - 2 * np.cos(RIGHT.phi * 90 / 97)
_SEPTAL = np.zeros(LEFT.phi.size)
_SEPTAL[SEPTUM] = SEPTAL_SHARE
