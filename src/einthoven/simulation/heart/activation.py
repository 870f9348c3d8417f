"""When each place of the ventricles is activated.

Wavefronts start where fascicles enter (Durrer et al., Circulation 1970;41:899), run along the endocardium through the
Purkinje network and slowly across the wall; each node takes the earliest arrival. A block takes its entries away: the
wavefront has to come through the septum. Pacing, pre-excitation and ectopic beats start at one place in the muscle.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einthoven.simulation.clinical_state import Conduction
from einthoven.simulation.heart.geometry import Ventricles, left_point
from einthoven.simulation.heart.mesh import LEFT, RIGHT, SEPTUM, harmonics, towards_base
from einthoven.simulation.heart.traits import HeartParameters, heart_constants

__all__ = ["MuscleFocus", "Times", "activation", "from_focus"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Times:
    """float64 (node,) for each of the four surfaces, ms."""

    left_endo: Array
    left_outer: Array
    right_endo: Array
    right_epi: Array

    def stacked(self) -> Array:
        """Return float64 (node,): all nodes, surface after surface."""
        return np.concatenate([self.left_endo, self.left_outer, self.right_endo, self.right_epi])

    def earlier(self, other: Times) -> Times:
        """Return the earlier of two arrivals at each node."""
        return Times(
            np.minimum(self.left_endo, other.left_endo),
            np.minimum(self.left_outer, other.left_outer),
            np.minimum(self.right_endo, other.right_endo),
            np.minimum(self.right_epi, other.right_epi),
        )


@dataclass(frozen=True, slots=True)
class MuscleFocus:
    """Where a beat starts outside the conduction system: in the left's outer layer or the right's inner one."""

    left: bool
    phi_deg: float
    theta_deg: float
    start_ms: float = 0.0


def activation(parameters: HeartParameters, heart: Ventricles, conduction: Conduction) -> Times:
    """Return the times at which a beat from the atria arrives, from the first fascicle's entry.

    ``paced`` hearts are activated from the electrode alone; in ``wpw`` the accessory pathway is ahead of the fascicles.
    """
    constants = heart_constants()["conduction"]
    if conduction == "paced":
        return from_focus(parameters, heart, MuscleFocus(left=False, **constants["pacing_site"]))
    if conduction == "lbbb":
        return _from_the_right(parameters, heart)
    if conduction in ("rbbb", "rbbb_lafb"):
        return _from_the_left(parameters, heart, conduction)
    times = _both_sides(parameters, heart, conduction)
    if conduction == "wpw":
        pathway = MuscleFocus(left=True, start_ms=-constants["pre_excitation_ms"], **constants["pathway_site"])
        times = times.earlier(from_focus(parameters, heart, pathway))
    return times


def from_focus(parameters: HeartParameters, heart: Ventricles, focus: MuscleFocus) -> Times:
    """Return the times of a beat that spreads from one place, muscle cell to muscle cell."""
    constants = heart_constants()["conduction"]
    speed = constants["muscle_spread"] * parameters.v_muscle
    surface, grid = (heart.left_outer, LEFT) if focus.left else (heart.right_endo, RIGHT)
    origin = surface.points[:, [_nearest(grid.phi, grid.theta, phi_deg=focus.phi_deg, theta_deg=focus.theta_deg)]]
    found = (focus.start_ms + _lengths(surface.points - origin) / speed for surface in heart.surfaces)
    return Times(*found)


def _both_sides(parameters: HeartParameters, heart: Ventricles, conduction: Conduction) -> Times:
    left_endo = _left_purkinje(parameters, heart, conduction)
    right_endo = _right_purkinje(parameters, heart, conduction)
    outer = _outwards(parameters, heart, left_endo)
    outer[SEPTUM] = np.minimum(outer[SEPTUM], _right_septum(parameters, heart, right_endo))
    return Times(left_endo, outer, right_endo, _right_epi(parameters, heart, right_endo))


def _from_the_right(parameters: HeartParameters, heart: Ventricles) -> Times:
    constants = heart_constants()["conduction"]
    right_endo = _right_purkinje(parameters, heart, "lbbb")
    septum = _right_septum(parameters, heart, right_endo)
    endo, outer = heart.left_endo.points, heart.left_outer.points
    crossed = (septum[:, None] + _distances(outer[:, SEPTUM], endo) / constants["through_septum"]).min(0)
    speed = constants["left_spread_in_block"] * parameters.v_purkinje
    along = (crossed[SEPTUM, None] + _distances(endo[:, SEPTUM], endo) / speed).min(0)
    left_endo = np.minimum(crossed, along) + parameters.delay @ _PATTERNS
    left_outer = _outwards(parameters, heart, left_endo)
    left_outer[SEPTUM] = np.minimum(left_outer[SEPTUM], septum)
    return Times(left_endo, left_outer, right_endo, _right_epi(parameters, heart, right_endo))


def _from_the_left(parameters: HeartParameters, heart: Ventricles, conduction: Conduction) -> Times:
    left_endo = _left_purkinje(parameters, heart, conduction)
    outer = _outwards(parameters, heart, left_endo)
    speed = heart_constants()["conduction"]["right_spread_in_block"] * parameters.v_muscle
    across = _distances(heart.left_outer.points[:, SEPTUM], heart.right_endo.points) / speed
    right_endo = (outer[SEPTUM, None] + across).min(0)
    return Times(left_endo, outer, right_endo, _right_epi(parameters, heart, right_endo))


def _left_purkinje(parameters: HeartParameters, heart: Ventricles, conduction: Conduction) -> Array:
    constants = heart_constants()["conduction"]
    late = constants["fascicular_delay_ms"]
    places = np.array(
        [
            left_point(parameters, phi_deg=parameters.phi_anterior, theta_deg=parameters.theta_anterior),
            left_point(parameters, phi_deg=parameters.phi_septal, theta_deg=constants["septal_theta"]),
            left_point(parameters, phi_deg=parameters.phi_posterior, theta_deg=parameters.theta_posterior),
        ]
    )
    starts = np.array(
        [
            parameters.t_anterior + late * (conduction in ("lafb", "rbbb_lafb")),
            0.0,
            parameters.t_posterior + late * (conduction == "lpfb"),
        ]
    )
    slower = constants["ivcd_slowing"] if conduction == "ivcd" else 1.0
    speed = parameters.v_purkinje / (constants["detour"] * slower)
    arrivals = starts[:, None] + _lengths(places.T[:, :, None] - heart.left_endo.points[:, None]) / speed
    first: Array = arrivals.min(0)
    return first + parameters.basal_delay * _LEFT_BASE + parameters.delay @ _PATTERNS


def _right_purkinje(parameters: HeartParameters, heart: Ventricles, conduction: Conduction) -> Array:
    constants = heart_constants()["conduction"]
    start = parameters.t_right
    start += {"lbbb": constants["right_first_ms"], "irbbb": constants["incomplete_right_ms"]}.get(conduction, 0.0)
    slower = constants["ivcd_slowing"] if conduction == "ivcd" else 1.0
    speed = parameters.v_right / (constants["detour"] * slower)
    points = heart.right_endo.points
    arrivals: Array = start + _lengths(points - points[:, [_RIGHT_ENTRY]]) / speed
    return arrivals + parameters.basal_delay * _RIGHT_BASE


def _outwards(parameters: HeartParameters, heart: Ventricles, left_endo: Array) -> Array:
    """Return the arrivals on the left ventricle's outer side from within."""
    way = _ways(heart.left_outer.points, heart.left_endo.points, _OUTER_FROM)
    return _earliest(left_endo, _OUTER_FROM, way / parameters.v_muscle)


def _right_septum(parameters: HeartParameters, heart: Ventricles, right_endo: Array) -> Array:
    """Return the arrivals on the septum's right side from the Purkinje fibres of the right ventricle."""
    way = _ways(heart.left_outer.points.take(SEPTUM, axis=1), heart.right_endo.points, _SEPTUM_FROM)
    constants = heart_constants()["conduction"]
    return _earliest(right_endo, _SEPTUM_FROM, way * (constants["moderator_band"] / parameters.v_right))


def _right_epi(parameters: HeartParameters, heart: Ventricles, right_endo: Array) -> Array:
    way = _ways(heart.right_epi.points, heart.right_endo.points, _EPI_FROM)
    return _earliest(right_endo, _EPI_FROM, way / parameters.v_muscle)


def _ways(to: Array, origins: Array, neighbours: NDArray[np.intp]) -> Array:
    """Return float64 (n, to), cm: from each node's neighbours, int (n, to), among the origins."""
    return _lengths(to[:, None] - origins.take(neighbours, axis=1))


def _earliest(start_ms: Array, neighbours: NDArray[np.intp], lasting_ms: Array) -> Array:
    """Return float64 (node,), ms: the first that arrives from one of the neighbours, int (n, node)."""
    earliest: Array = (start_ms.take(neighbours) + lasting_ms).min(0)
    return earliest


def _lengths(vectors: Array) -> Array:
    """Return the lengths of float64 (3, ...)."""
    lengths: Array = np.sqrt(np.add.reduce(vectors * vectors))
    return lengths


def _distances(a: Array, b: Array) -> Array:
    """Return float64 (a, b), cm, in a straight line, of float64 (3, a) and (3, b)."""
    distances: Array = np.sqrt(np.maximum((a * a).sum(0)[:, None] + (b * b).sum(0) - 2 * a.T @ b, 0))
    return distances


def _nearest(phi: Array, theta: Array, *, phi_deg: float, theta_deg: float) -> int:
    turn = np.angle(np.exp(1j * (theta - np.radians(theta_deg))))
    return int(np.argmin((phi - np.radians(phi_deg)) ** 2 + turn**2))


def _neighbours(of: tuple[Array, Array], among: tuple[Array, Array], *, n: int) -> NDArray[np.intp]:
    """Return int (n, of): the places with the most similar angles, from which a wavefront may come."""
    turn = np.angle(np.exp(1j * (of[1][:, None] - among[1]))) * np.sin(np.maximum(of[0], 0.1))[:, None]
    order = np.argsort((of[0][:, None] - among[0]) ** 2 + turn**2, axis=1, kind="stable")
    return np.ascontiguousarray(order[:, :n].T)


_PATTERNS = harmonics(LEFT)
_LEFT_BASE, _RIGHT_BASE = towards_base(LEFT), towards_base(RIGHT)
_LEFT_ANGLES, _RIGHT_ANGLES = (LEFT.phi, LEFT.theta), (RIGHT.phi, RIGHT.theta)
_OUTER_FROM = _neighbours(_LEFT_ANGLES, _LEFT_ANGLES, n=6)
_EPI_FROM = _neighbours(_RIGHT_ANGLES, _RIGHT_ANGLES, n=5)
_SEPTUM_FROM = _neighbours((LEFT.phi[SEPTUM], LEFT.theta[SEPTUM]), _RIGHT_ANGLES, n=3)
_RIGHT_ENTRY = _nearest(RIGHT.phi, RIGHT.theta, phi_deg=55, theta_deg=-30)  # the anterior papillary muscle: Durrer 1970
