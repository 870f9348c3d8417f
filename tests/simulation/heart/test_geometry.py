"""The ventricles' surfaces."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from einthoven.simulation.heart.geometry import left_point, ventricles
from einthoven.simulation.heart.mesh import LEFT
from einthoven.simulation.heart.traits import HeartTraits, parameters_of, trait_space

AVERAGE = parameters_of(HeartTraits(np.zeros(len(trait_space().names))))


def test_areas_point_out_of_the_muscle():
    heart = ventricles(AVERAGE)
    outwards = np.einsum("kn,kn->n", heart.left_outer.areas[1:], heart.left_outer.points[1:])
    inwards = np.einsum("kn,kn->n", heart.left_endo.areas[1:], heart.left_endo.points[1:])
    assert (outwards > 0).all()
    assert (inwards < 0).all()


def test_the_area_of_a_half_sphere_is_right():
    round_heart = ventricles(replace(AVERAGE, lv_radius=3.0, lv_length=3.0))
    size = np.linalg.norm(round_heart.left_endo.areas, axis=0).sum()
    caps = np.cos(np.radians(3)) - np.cos(np.radians(97))
    assert size == pytest.approx(2 * np.pi * 9 * caps, rel=0.01)


def test_the_vectors_of_a_crescents_patches_are_those_of_its_points():
    """Twice the resolution in both angles isn't there; a finite difference over neighbours is near enough."""
    wall = ventricles(AVERAGE).right_epi
    grid = wall.points.T.reshape(7, 7, 3)
    along, around = np.gradient(grid, axis=0), np.gradient(grid, axis=1)
    inner = np.s_[1:-1, 1:-1]
    numeric, exact = np.cross(along, around)[inner], wall.areas.T.reshape(7, 7, 3)[inner]
    cosine = (numeric * exact).sum(-1) / np.linalg.norm(numeric, axis=-1) / np.linalg.norm(exact, axis=-1)
    assert cosine.min() > 0.97


def test_the_right_wall_lies_outside_the_septum_and_is_thin():
    heart = ventricles(AVERAGE)
    thickness = np.linalg.norm(heart.right_epi.points - heart.right_endo.points, axis=0)
    assert thickness == pytest.approx(np.full(49, 0.35))


def test_a_point_is_where_the_mesh_has_it():
    k = 37
    point = left_point(AVERAGE, phi_deg=np.degrees(LEFT.phi[k]), theta_deg=np.degrees(LEFT.theta[k]))
    assert point == pytest.approx(ventricles(AVERAGE).left_endo.points[:, k])
