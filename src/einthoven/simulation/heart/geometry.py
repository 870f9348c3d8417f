"""Where the four surfaces of the ventricles lie, and how large and which way their patches face.

The left ventricle is half an ellipsoid within another; the right one a crescent on its septal side. Coordinates are the
heart's own: along the axis towards the apex, towards the septum, and across.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einthoven.simulation.heart.mesh import LEFT, RIGHT
from einthoven.simulation.heart.traits import HeartParameters, heart_constants

__all__ = ["RIGHT_WALL_CM", "Surface", "Ventricles", "left_point", "ventricles"]

Points = NDArray[np.float64]

_WALLS = heart_constants()["walls"]
RIGHT_WALL_CM, SEPTAL_GAP_CM, APICAL_WALL_SHARE = _WALLS["right"], _WALLS["septal_gap"], _WALLS["apical_share"]


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """Nodes on one side of a wall.

    Attributes
    ----------
    points : float64 (3, node), cm
    areas : float64 (3, node), cm^2
        Each patch's area as a vector that points out of the muscle.
    """

    points: Points
    areas: Points


@dataclass(frozen=True, slots=True, eq=False)
class Ventricles:
    """The boundary of the ventricular muscle.

    Attributes
    ----------
    whole : Surface
        All four surfaces, one after the other: the order of everything about nodes.
    left_endo : Surface
    left_outer : Surface
        Epicardium of the free wall, and the septum's right side.
    right_endo, right_epi : Surface
        Of the right ventricle's free wall.
    """

    whole: Surface
    left_endo: Surface
    left_outer: Surface
    right_endo: Surface
    right_epi: Surface

    @property
    def surfaces(self) -> tuple[Surface, Surface, Surface, Surface]:
        """Return the four in the order in which they are stacked."""
        return self.left_endo, self.left_outer, self.right_endo, self.right_epi


def ventricles(parameters: HeartParameters) -> Ventricles:
    """Return the surfaces of a heart; areas are the cross product of the two tangents."""
    sizes = np.array([parameters.lv_length, parameters.lv_radius, parameters.wall, parameters.rv_width, 1.0])
    along_axis, from_axis, falling, rising, turning = (sizes @ _PER_SIZE).reshape(5, -1)
    points, areas = np.empty((2, 3, along_axis.size))
    points[0] = along_axis
    np.multiply(_AROUND, from_axis, out=points[1:])
    np.multiply(rising, from_axis, out=areas[0])
    np.multiply(_ACROSS, turning, out=areas[1:])
    areas[1:] += points[1:]
    areas[1:] *= falling
    return Ventricles(Surface(points, areas), *(Surface(points[:, of], areas[:, of]) for of in _SURFACES))


def left_point(parameters: HeartParameters, *, phi_deg: float, theta_deg: float) -> Points:
    """Return float64 (3,): a place on the left ventricle's endocardium."""
    phi, theta = math.radians(phi_deg), math.radians(theta_deg)
    across = parameters.lv_radius * math.sin(phi)
    return np.array([parameters.lv_length * math.cos(phi), across * math.cos(theta), across * math.sin(theta)])


def _per_size() -> NDArray[np.float64]:
    """Return float64 (5, 5 x node): what a cm of each size adds to five lengths at each node.

    Sizes are the left ventricle's inner length and radius, its wall, the right one's width, and a constant 1. The
    lengths are the place along the axis and the distance from it; how steeply the first falls and the second rises
    with phi, both times the patch and negative where the muscle lies outside; how the distance changes with theta.
    """
    left, right = np.zeros(LEFT.phi.size), np.zeros(RIGHT.phi.size)
    outer = np.concatenate([left, left + 1, right + 1, right + 1])
    bulge, bulge_phi, bulge_theta = (
        np.concatenate([left, left, of_right, of_right]) for of_right in (_BULGE, _BULGE_PHI, _BULGE_THETA)
    )
    gap = np.concatenate([left, left, right + SEPTAL_GAP_CM, right + SEPTAL_GAP_CM + RIGHT_WALL_CM])
    patch = np.concatenate([left - LEFT.patch, left + LEFT.patch, right - RIGHT.patch, right + RIGHT.patch])
    nothing = np.zeros(outer.size)
    thick = APICAL_WALL_SHARE * outer
    sine, cosine = np.sin(_PHI), np.cos(_PHI)
    return np.block(
        [
            [cosine, nothing, patch * sine, nothing, nothing],
            [nothing, sine, nothing, patch * cosine, nothing],
            [thick * cosine, outer * sine, patch * thick * sine, patch * outer * cosine, nothing],
            [nothing, bulge, nothing, patch * bulge_phi, bulge_theta],
            [nothing, gap, nothing, nothing, nothing],
        ]
    )


def _bulge(phi: Points, theta: Points) -> Points:
    """Return the right cavity's width relative to its largest, at the base in the middle."""
    towards_base = np.clip((phi - RIGHT.phi[0]) / (np.pi / 2 - RIGHT.phi[0]), 0.02, 1)
    half = abs(RIGHT.theta[0]) * 7 / 6  # from the middle of the outermost patches to the edge
    width: Points = np.sin(towards_base * np.pi / 2) ** 0.8 * np.cos(np.pi * theta / (2 * half)) ** 0.7
    return width


_STEP = 1e-4
_BULGE = _bulge(RIGHT.phi, RIGHT.theta)
_BULGE_PHI = (_bulge(RIGHT.phi + _STEP, RIGHT.theta) - _bulge(RIGHT.phi - _STEP, RIGHT.theta)) / (2 * _STEP)
_BULGE_THETA = (_bulge(RIGHT.phi, RIGHT.theta + _STEP) - _bulge(RIGHT.phi, RIGHT.theta - _STEP)) / (2 * _STEP)
_PHI = np.concatenate([LEFT.phi, LEFT.phi, RIGHT.phi, RIGHT.phi])
_THETA = np.concatenate([LEFT.theta, LEFT.theta, RIGHT.theta, RIGHT.theta])
_ENDS = np.cumsum([LEFT.phi.size, LEFT.phi.size, RIGHT.phi.size, RIGHT.phi.size]).tolist()
_SURFACES = tuple(slice(first, last) for first, last in zip([0, *_ENDS], _ENDS, strict=False))
_AROUND = np.stack([np.cos(_THETA), np.sin(_THETA)])
_ACROSS = np.stack([np.sin(_THETA), -np.cos(_THETA)])
_PER_SIZE = _per_size()
