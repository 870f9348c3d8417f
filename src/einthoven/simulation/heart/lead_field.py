"""How much of each patch's membrane potential arrives in each lead.

The ventricles are an equivalent double layer (Geselowitz, IEEE Trans Biomed Eng 1989;36:93, doi:10.1109/10.16473): with
``n`` out of the muscle, an electrode at ``r`` sees ``-k sum V_m(node) n . (r - r_node) / |r - r_node|^3``. The chest is
taken as an endless even conductor; what its borders do is left to two gains, one for all and one for the limbs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from einthoven.simulation.heart.geometry import Ventricles
from einthoven.simulation.heart.traits import HeartParameters, heart_constants

__all__ = ["atrial_field", "heart_axes", "ventricular_field"]

Array = NDArray[np.float64]

_CHEST = heart_constants()["chest"]
ELECTRODES = np.array([_CHEST["electrodes"][name] for name in ("RA", "LA", "LL", "V1", "V2", "V3", "V4", "V5", "V6")])
MILLIVOLTS, LIMBS, ATRIAL_LIMBS = _CHEST["millivolts"], _CHEST["limbs"], _CHEST["atrial_limbs"]
TO_MIDDLE_CM, SEPTUM_FACES, ATRIA_CM = _CHEST["to_middle"], _CHEST["septum_faces"], np.array(_CHEST["atria"])


def heart_axes(parameters: HeartParameters) -> Array:
    """Return float64 (3, 3): the heart's axes (apex, septum, across) in the chest's coordinates."""
    return _axes(math.radians(parameters.azimuth), math.radians(parameters.elevation), math.radians(parameters.roll))


@lru_cache(maxsize=2)
def _axes(azimuth: float, elevation: float, roll: float) -> Array:
    flat = math.cos(elevation)
    apex = (flat * math.cos(azimuth), math.sin(elevation), -flat * math.sin(azimuth))
    along = sum(face * part for face, part in zip(SEPTUM_FACES, apex, strict=True))
    septum = [face - along * part for face, part in zip(SEPTUM_FACES, apex, strict=True)]
    length = math.hypot(*septum)
    septum = [part / length for part in septum]
    cosine, sine = math.cos(roll), math.sin(roll)
    turned = [(cosine * s + sine * a, cosine * a - sine * s) for s, a in zip(septum, _cross(apex, septum), strict=True)]
    axes = np.array([apex, *zip(*turned, strict=True)])
    axes.flags.writeable = False
    return axes


def ventricular_field(parameters: HeartParameters, heart: Ventricles, *, swing: Array) -> Array:
    """Return float64 (8, node), mV: what each node gives in each independent lead when its membrane swings.

    Parameters
    ----------
    swing : float64 (node,)
        Relative to a healthy cell's; scars, which don't swing, are cut off from what lives.
    """
    axes = heart_axes(parameters)
    # seen from the heart: nine electrodes are turned sooner than all nodes
    electrodes = (_electrodes(parameters) - _middle(parameters) + axes[0] * TO_MIDDLE_CM) @ axes.T
    points, areas = heart.whole.points, heart.whole.areas
    squared = -2 * electrodes @ points
    squared += _squares(electrodes.T)[:, None]
    squared += _squares(points)
    potentials = electrodes @ areas
    potentials -= np.add.reduce(points * areas)
    potentials /= squared * np.sqrt(squared)
    field: Array = _leads(gain=-parameters.gain, limbs=parameters.limb_gain) @ potentials
    field *= swing
    size = np.sqrt(_squares(areas)) * swing
    # the boundary of the living muscle is closed: a heart that is depolarised all over gives nothing
    field -= field.sum(1, keepdims=True) * (size / size.sum())
    return field


@lru_cache(maxsize=2)
def atrial_field(parameters: HeartParameters) -> Array:
    """Return float64 (8, 3), mV: what an atrial dipole of size 1 to the left, down or back gives in each lead."""
    offset = _electrodes(parameters) - (_middle(parameters) + ATRIA_CM)
    squared = _squares(offset.T)
    offset /= (squared * np.sqrt(squared))[:, None]
    field: Array = _leads(gain=parameters.gain, limbs=ATRIAL_LIMBS * parameters.limb_gain) @ offset
    field.flags.writeable = False
    return field


def _middle(parameters: HeartParameters) -> Array:
    return np.array([parameters.x, parameters.y, parameters.z])


def _electrodes(parameters: HeartParameters) -> Array:
    electrodes = ELECTRODES.copy()
    electrodes[3:] *= parameters.chest
    electrodes[3:, 1] += parameters.v_height
    return electrodes


def _leads(*, gain: float, limbs: float) -> Array:
    """Return float64 (8, 9), mV: I, II and V1 ... V6 from the potentials of the nine electrodes."""
    leads: Array = _LEADS * (gain * MILLIVOLTS)
    leads[:, :3] *= LIMBS * limbs
    return leads


def _squares(vectors: Array) -> Array:
    """Return float64 (vector,): the squares of the lengths of float64 (3, vector)."""
    squares: Array = np.add.reduce(vectors * vectors)
    return squares


def _cross(a: Sequence[float], b: Sequence[float]) -> tuple[float, float, float]:
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


_LEADS = np.zeros((8, 9))
_LEADS[0, [0, 1]] = _LEADS[1, [0, 2]] = -1, 1
_LEADS[2:, :3] = -1 / 3  # Wilson's terminal
_LEADS[2:, 3:] = np.eye(6)
