"""How much of each patch's membrane potential arrives in each lead.

The ventricles are an equivalent double layer (Geselowitz, IEEE Trans Biomed Eng 1989;36:93, doi:10.1109/10.16473): with
``n`` out of the muscle, an electrode at ``r`` sees ``-k sum V_m(node) n . (r - r_node) / |r - r_node|^3``. The chest is
taken as an endless even conductor; what its borders do is left to two gains, one for all and one for the limbs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from einthoven.simulation.heart.geometry import Ventricles
from einthoven.simulation.heart.traits import HeartParameters, heart_constants

__all__ = ["atrial_field", "heart_axes", "ventricular_field"]

Array = NDArray[np.float64]

_CHEST = heart_constants()["chest"]
ELECTRODES = np.array([_CHEST["electrodes"][name] for name in ("RA", "LA", "LL", "V1", "V2", "V3", "V4", "V5", "V6")])
MILLIVOLTS, LIMBS, ATRIAL_LIMBS = _CHEST["millivolts"], _CHEST["limbs"], _CHEST["atrial_limbs"]
TO_MIDDLE_CM, SEPTUM_FACES, ATRIA_CM = _CHEST["to_middle"], np.array(_CHEST["septum_faces"]), np.array(_CHEST["atria"])


def heart_axes(parameters: HeartParameters) -> Array:
    """Return float64 (3, 3): the heart's axes (apex, septum, across) in the chest's coordinates."""
    azimuth, elevation, roll = np.radians([parameters.azimuth, parameters.elevation, parameters.roll])
    apex = np.array([np.cos(elevation) * np.cos(azimuth), np.sin(elevation), -np.cos(elevation) * np.sin(azimuth)])
    septum = SEPTUM_FACES - apex * (SEPTUM_FACES @ apex)
    septum /= np.sqrt(septum @ septum)
    across = _cross(apex, septum)
    return np.stack(
        [apex, np.cos(roll) * septum + np.sin(roll) * across, np.cos(roll) * across - np.sin(roll) * septum]
    )


def ventricular_field(parameters: HeartParameters, heart: Ventricles, *, swing: Array) -> Array:
    """Return float64 (8, node), mV: what each node gives in each independent lead when its membrane swings.

    Parameters
    ----------
    swing : float64 (node,)
        Relative to a healthy cell's; scars, which don't swing, are cut off from what lives.
    """
    axes = heart_axes(parameters)
    middle = _middle(parameters) - axes[0] * TO_MIDDLE_CM
    points = np.concatenate([surface.points for surface in heart.surfaces]) @ axes + middle
    areas = np.concatenate([surface.areas for surface in heart.surfaces]) @ axes
    electrodes = _electrodes(parameters)
    squared = (electrodes**2).sum(1)[:, None] + (points**2).sum(1) - 2 * electrodes @ points.T
    field = (electrodes @ areas.T - (points * areas).sum(1)) / (squared * np.sqrt(squared))
    field *= swing
    size = np.sqrt((areas**2).sum(1)) * swing
    # the boundary of the living muscle is closed: a heart that is depolarised all over gives nothing
    field -= field.sum(1, keepdims=True) * (size / size.sum())
    return _leads(-parameters.gain * MILLIVOLTS * field, parameters)


def atrial_field(parameters: HeartParameters) -> Array:
    """Return float64 (8, 3), mV: what an atrial dipole of size 1 to the left, down or back gives in each lead."""
    offset = _electrodes(parameters) - (_middle(parameters) + ATRIA_CM)
    squared = (offset**2).sum(1)
    field = offset / (squared * np.sqrt(squared))[:, None]
    field[:3] *= ATRIAL_LIMBS
    return _leads(parameters.gain * MILLIVOLTS * field, parameters)


def _middle(parameters: HeartParameters) -> Array:
    return np.array([parameters.x, parameters.y, parameters.z])


def _electrodes(parameters: HeartParameters) -> Array:
    electrodes = ELECTRODES.copy()
    electrodes[3:] *= parameters.chest
    electrodes[3:, 1] += parameters.v_height
    return electrodes


def _leads(potentials: Array, parameters: HeartParameters) -> Array:
    """Return I, II and V1 ... V6 from the potentials of the nine electrodes."""
    potentials[:3] *= LIMBS * parameters.limb_gain
    right_arm, left_arm, left_leg = potentials[:3]
    terminal = (right_arm + left_arm + left_leg) / 3
    return np.concatenate([[left_arm - right_arm, left_leg - right_arm], potentials[3:] - terminal])


def _cross(a: Array, b: Array) -> Array:
    """Return the cross product; NumPy's takes ten times as long for two vectors."""
    return np.array([a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]])
