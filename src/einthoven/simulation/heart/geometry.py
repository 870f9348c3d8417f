"""Where the four surfaces of the ventricles lie, and how large and which way their patches face.

The left ventricle is half an ellipsoid within another; the right one a crescent on its septal side. Coordinates are the
heart's own: along the axis towards the apex, towards the septum, and across.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einthoven.simulation.heart.mesh import LEFT, RIGHT, Grid
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
    points : float64 (node, 3), cm
    areas : float64 (node, 3), cm^2
        Each patch's area as a vector that points out of the muscle.
    """

    points: Points
    areas: Points


@dataclass(frozen=True, slots=True, eq=False)
class Ventricles:
    """The boundary of the ventricular muscle.

    Attributes
    ----------
    left_endo : Surface
    left_outer : Surface
        Epicardium of the free wall, and the septum's right side.
    right_endo, right_epi : Surface
        Of the right ventricle's free wall.
    """

    left_endo: Surface
    left_outer: Surface
    right_endo: Surface
    right_epi: Surface

    @property
    def surfaces(self) -> tuple[Surface, Surface, Surface, Surface]:
        """Return all four in the order in which everything about nodes is stacked."""
        return self.left_endo, self.left_outer, self.right_endo, self.right_epi


def ventricles(parameters: HeartParameters) -> Ventricles:
    """Return the surfaces of a heart."""
    radius, length = parameters.lv_radius, parameters.lv_length
    outer_radius, outer_length = radius + parameters.wall, length + APICAL_WALL_SHARE * parameters.wall
    left_endo, left_outer = _ellipsoid(radius, length), _ellipsoid(outer_radius, outer_length)
    inner, outer = (
        _crescent(outer_radius, outer_length, width=parameters.rv_width, gap=gap)
        for gap in (SEPTAL_GAP_CM, SEPTAL_GAP_CM + RIGHT_WALL_CM)
    )
    return Ventricles(
        Surface(left_endo.points, -left_endo.areas), left_outer, Surface(inner.points, -inner.areas), outer
    )


def left_point(parameters: HeartParameters, *, phi_deg: float, theta_deg: float) -> Points:
    """Return float64 (3,): a place on the left ventricle's endocardium."""
    phi, theta = np.radians(phi_deg), np.radians(theta_deg)
    across = parameters.lv_radius * np.sin(phi)
    return np.array([parameters.lv_length * np.cos(phi), across * np.cos(theta), across * np.sin(theta)])


def _ellipsoid(radius: float, length: float) -> Surface:
    return Surface(
        _UNIT_POINTS * np.array([length, radius, radius]),
        _UNIT_AREAS * np.array([radius * radius, length * radius, length * radius]),
    )


def _crescent(radius: float, length: float, *, width: float, gap: float) -> Surface:
    """Return the right ventricle's free wall; areas are the cross product of the two tangents."""
    from_axis = radius * _SIN + gap + width * _BULGE
    along_phi = radius * _COS + width * _BULGE_PHI
    along_theta = width * _BULGE_THETA
    points = np.stack([length * _COS, from_axis * _COS_THETA, from_axis * _SIN_THETA], axis=1)
    a, b, c = -length * _SIN, along_phi * _COS_THETA, along_phi * _SIN_THETA
    f, g = along_theta * _COS_THETA - from_axis * _SIN_THETA, along_theta * _SIN_THETA + from_axis * _COS_THETA
    return Surface(points, RIGHT.patch * np.stack([b * g - c * f, -a * g, a * f], axis=1))


def _unit_ellipsoid(grid: Grid) -> tuple[Points, Points]:
    sine, cosine = np.sin(grid.phi), np.cos(grid.phi)
    around = np.stack([np.cos(grid.theta), np.sin(grid.theta)], axis=1)
    points = np.column_stack([cosine, sine[:, None] * around])
    areas = grid.patch * np.column_stack([sine * cosine, (sine * sine)[:, None] * around])
    return points, areas


def _bulge(phi: Points, theta: Points) -> Points:
    """Return the right cavity's width relative to its largest, at the base in the middle."""
    towards_base = np.clip((phi - RIGHT.phi[0]) / (np.pi / 2 - RIGHT.phi[0]), 0.02, 1)
    half = abs(RIGHT.theta[0]) * 7 / 6  # from the middle of the outermost patches to the edge
    width: Points = np.sin(towards_base * np.pi / 2) ** 0.8 * np.cos(np.pi * theta / (2 * half)) ** 0.7
    return width


_UNIT_POINTS, _UNIT_AREAS = _unit_ellipsoid(LEFT)
_SIN, _COS = np.sin(RIGHT.phi), np.cos(RIGHT.phi)
_SIN_THETA, _COS_THETA = np.sin(RIGHT.theta), np.cos(RIGHT.theta)
_STEP = 1e-4
_BULGE = _bulge(RIGHT.phi, RIGHT.theta)
_BULGE_PHI = (_bulge(RIGHT.phi + _STEP, RIGHT.theta) - _bulge(RIGHT.phi - _STEP, RIGHT.theta)) / (2 * _STEP)
_BULGE_THETA = (_bulge(RIGHT.phi, RIGHT.theta + _STEP) - _bulge(RIGHT.phi, RIGHT.theta - _STEP)) / (2 * _STEP)
