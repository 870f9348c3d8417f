"""How membrane potentials arrive in the leads."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from einthoven.simulation.heart.geometry import ventricles
from einthoven.simulation.heart.lead_field import atrial_field, heart_axes, ventricular_field
from einthoven.simulation.heart.traits import HeartTraits, parameters_of, trait_space

AVERAGE = parameters_of(HeartTraits(np.zeros(len(trait_space().names))))


def test_a_heart_that_is_depolarised_all_over_gives_nothing():
    heart = ventricles(AVERAGE)
    for swing in (np.ones(418), np.random.default_rng(1).uniform(0, 2, 418)):
        field = ventricular_field(AVERAGE, heart, swing=swing)
        assert np.abs(field.sum(1)).max() < 1e-12


def test_a_front_that_comes_nearer_is_positive():
    """The inner layer is depolarised and the outer one at rest: leads over the left ventricle see the front come."""
    heart = ventricles(AVERAGE)
    field = ventricular_field(AVERAGE, heart, swing=np.ones(418))
    free_wall = np.flatnonzero(heart.left_endo.points[1] < -0.5)
    assert field[7, free_wall].sum() > 0


def test_scars_give_nothing():
    field = ventricular_field(AVERAGE, ventricles(AVERAGE), swing=np.r_[np.zeros(30), np.ones(388)])
    assert (field[:, :30] == 0).all()


def test_the_axes_are_at_right_angles():
    axes = heart_axes(replace(AVERAGE, azimuth=30.0, elevation=50.0, roll=12.0))
    assert axes @ axes.T == pytest.approx(np.eye(3), abs=1e-12)


def test_the_atria_are_seen_from_where_the_electrodes_lie():
    left, down, back = atrial_field(AVERAGE).T
    assert left[0] > 0  # I looks to the left
    assert down[1] > 0  # II looks down
    assert back[2] < 0  # V1 lies in front
    assert left[7] > left[2]  # V6 lies farther left than V1


def test_distance_lowers_the_chest_leads_alone():
    near, far = (atrial_field(replace(AVERAGE, chest=factor)) for factor in (1.2, 1.8))
    assert np.linalg.norm(far[2:]) < 0.7 * np.linalg.norm(near[2:])
    assert far[:2] == pytest.approx(near[:2])
