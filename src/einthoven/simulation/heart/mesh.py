"""The points on which the ventricles' surfaces are known: fixed angles, so that what depends on them is made once.

A place is said by two angles: ``phi`` from the apex (0) to the base (90 degrees and a little more), ``theta`` around
the long axis: 0 is the middle of the septum, -90 anterior, 90 inferior, 180 the free wall of the left ventricle.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["LEFT", "RIGHT", "SEPTUM", "Grid", "harmonics", "towards_base"]

APEX_DEG, BASE_DEG = 3.0, 97.0
SEPTUM_DEG = 75.0  # to both sides: the right ventricle embraces two fifths of the left one
RIGHT_APEX_DEG, RIGHT_BASE_DEG = 25.0, 98.0  # the right ventricle ends short of the apex
BASE_BEGINS = 0.72  # of the way from apex to base: behind it there are hardly any Purkinje fibres


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Points on a surface, each in the middle of a patch.

    Attributes
    ----------
    phi, theta : float64 (node,), rad
    patch : float
        Area of a patch in rad^2.
    """

    phi: NDArray[np.float64]
    theta: NDArray[np.float64]
    patch: float


def _middles(low: float, high: float, n: int) -> NDArray[np.float64]:
    edges = np.linspace(low, high, n + 1)
    return (edges[1:] + edges[:-1]) / 2


def _grid(phi_deg: tuple[float, float], theta_deg: tuple[float, float], *, shape: tuple[int, int]) -> Grid:
    phi = np.radians(_middles(*phi_deg, shape[0]))
    theta = np.radians(_middles(*theta_deg, shape[1]))
    patch = np.radians(phi_deg[1] - phi_deg[0]) * np.radians(theta_deg[1] - theta_deg[0]) / (shape[0] * shape[1])
    rows, columns = np.meshgrid(phi, theta, indexing="ij")
    return Grid(rows.ravel(), columns.ravel(), float(patch))


def harmonics(grid: Grid) -> NDArray[np.float64]:
    """Return float64 (15, node): smooth patterns on the left ventricle, coarse to fine."""
    cosine, sine = np.cos(grid.phi * 90 / BASE_DEG), np.sin(grid.phi * 90 / BASE_DEG)
    u, x, y = 1 - 2 * cosine, np.cos(grid.theta), np.sin(grid.theta)
    return np.stack(
        [
            u,
            sine * x,
            sine * y,
            1.5 * u * u - 0.5,
            u * sine * x,
            u * sine * y,
            sine * sine * np.cos(2 * grid.theta),
            sine * sine * np.sin(2 * grid.theta),
            2.5 * u**3 - 1.5 * u,
            (1.5 * u * u - 0.5) * sine * x,
            (1.5 * u * u - 0.5) * sine * y,
            u * sine * sine * np.cos(2 * grid.theta),
            u * sine * sine * np.sin(2 * grid.theta),
            sine**3 * np.cos(3 * grid.theta),
            sine**3 * np.sin(3 * grid.theta),
        ]
    )


def towards_base(grid: Grid) -> NDArray[np.float64]:
    """Return float64 (node,): 0 where Purkinje fibres reach, rising to 1 at the base."""
    share = (grid.phi / (np.pi / 2) - BASE_BEGINS) / (1 - BASE_BEGINS)
    return np.clip(share, 0, 1.2)


LEFT = _grid((APEX_DEG, BASE_DEG), (-180.0, 180.0), shape=(10, 16))
RIGHT = _grid((RIGHT_APEX_DEG, RIGHT_BASE_DEG), (-SEPTUM_DEG, SEPTUM_DEG), shape=(7, 7))
SEPTUM = np.flatnonzero(np.abs(LEFT.theta) < np.radians(SEPTUM_DEG))
