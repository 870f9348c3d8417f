"""When each place of the ventricles recovers, and the course of its membrane potential.

A node's potential steps up when it is activated, loses a part of its plateau early (a healthy notch, injury,
ischaemia), and falls when it recovers. Where recovery were the same everywhere there would be no T wave: its
size is the dispersion of recovery times, its shape that of the fall (van Oosterom, J Cardiovasc Electrophysiol
2001;12:1138, doi:10.1046/j.1540-8167.2001.01138.x: the dominant T wave).
"""

from __future__ import annotations

import math
from functools import lru_cache

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
LEAST_LOST, MOST_LOST = -0.6, 0.95


def swing(parameters: HeartParameters, regional: Regional) -> Array:
    """Return float64 (node,): the membranes' swing relative to a healthy cell's."""
    left = np.minimum(np.maximum(1 + parameters.amplitude @ _PATTERNS, LEAST_SWING), MOST_SWING)
    n = left.size
    found = regional.swing.copy()
    found[:n] *= left
    found[n : 2 * n] *= left
    found[2 * n :] *= math.exp(parameters.right_amplitude)
    return found


def lost_early(parameters: HeartParameters, regional: Regional) -> Array:
    """Return float64 (node,): the share of the swing that doesn't last to the recovery."""
    early = regional.lost_early.copy()
    n = LEFT.phi.size
    early[n : 2 * n] += parameters.early_recovery[0] + parameters.early_recovery[1:] @ _PATTERNS[:3]
    return np.minimum(np.maximum(early, LEAST_LOST), MOST_LOST, out=early)


def recovered(parameters: HeartParameters, regional: Regional, activated_ms: Array, *, rate_factor: float) -> Array:
    """Return float64 (node,), ms: when each node recovers.

    Parameters
    ----------
    activated_ms : float64 (node,)
    rate_factor : float
        By which action potentials are longer than at 60 beats per minute.
    """
    differences = [
        parameters.transmural,
        parameters.right_apd,
        parameters.right_apd_base,
        *parameters.apd_field.tolist(),
    ]
    duration: Array = np.array(differences) @ _LONGER[: len(differences)]
    duration += parameters.apd * rate_factor
    duration += (1 - parameters.coupling) * activated_ms
    duration += regional.longer_ms
    return duration


def fall(parameters: HeartParameters, *, n: int, step_ms: float, stretch: float) -> Array:
    """Return float64 (n,), sum 1: the steepness of the fall around the recovery time, which is sample 0 (circular).

    A sample lasts ``step_ms``; ``stretch`` widens it.
    """
    time = _times(n, step_ms)
    rise, down = parameters.t_rise * stretch, parameters.t_fall * stretch
    later, earlier = time[: n - n // 2], time[n - n // 2 :]
    slow = SLOW_SHARE * np.exp(earlier * (1 / (SLOW_TIMES * rise)))
    before = (1 - SLOW_SHARE) * np.exp(earlier * earlier * (-0.5 / rise**2)) + slow
    steepness = np.concatenate([np.exp(later * later * (-0.5 / down**2)), before])
    since = time * (1 / stretch) - AFTER_MS
    after = np.exp(since * since * (-0.5 / AFTER_WIDTH_MS**2))
    density: Array = (1 - AFTER_SHARE) / steepness.sum() * steepness + AFTER_SHARE / after.sum() * after
    return density


@lru_cache(maxsize=4)
def _times(n: int, step_ms: float) -> Array:
    """Return float64 (n,), ms: of ``n`` samples of a circle, the later half before 0."""
    times: Array = np.multiply((np.arange(n) + n // 2) % n - n // 2, step_ms, dtype=np.float64)
    times.flags.writeable = False
    return times


def _longer() -> Array:
    """Return float64 (3 + pattern, node): what a ms of each difference adds to a node's action potential.

    Differences are the one across the wall, of the right side, of its base, and the patterns of the left side.
    """
    septal = np.zeros(LEFT.phi.size)
    septal[SEPTUM] = SEPTAL_SHARE
    left, right = np.ones(LEFT.phi.size), np.ones(RIGHT.phi.size)
    base = 1 - 2 * np.cos(RIGHT.phi * 90 / 97)
    wall = np.concatenate([left / 2, septal - left / 2, RIGHT_SHARE * right, -RIGHT_SHARE * right])
    of_right, of_base = (np.concatenate([0 * left, 0 * left, part, part]) for part in (right, base))
    return np.vstack([wall, of_right, of_base, np.pad(np.tile(_PATTERNS, 2), ((0, 0), (0, 2 * right.size)))])


_PATTERNS = harmonics(LEFT)
_LONGER = _longer()
