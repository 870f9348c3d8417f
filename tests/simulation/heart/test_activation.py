"""When each place is activated."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.simulation.heart.activation import MuscleFocus, activation, from_focus
from einthoven.simulation.heart.geometry import ventricles
from einthoven.simulation.heart.mesh import LEFT
from einthoven.simulation.heart.traits import HeartTraits, parameters_of, trait_space

AVERAGE = parameters_of(HeartTraits(np.zeros(len(trait_space().names))))
HEART = ventricles(AVERAGE)
LATERAL = np.abs(LEFT.theta) > np.radians(140)
SEPTAL = np.abs(LEFT.theta) < np.radians(40)
ANTERIOR, INFERIOR = np.sin(LEFT.theta) < -0.8, np.sin(LEFT.theta) > 0.8


def times(conduction):
    return activation(AVERAGE, HEART, conduction)


def spread(found):
    stacked = found.stacked()
    return np.percentile(stacked, 98) - np.percentile(stacked, 2)


def test_a_healthy_heart_is_activated_within_a_tenth_of_a_second():
    assert 50 < spread(times("normal")) < 115


def test_a_left_bundle_branch_block_activates_the_right_side_first_and_the_lateral_wall_last():
    blocked = times("lbbb")
    assert blocked.right_endo.min() < blocked.left_endo.min() - 15
    assert blocked.left_endo[LATERAL].mean() > blocked.left_endo[SEPTAL].mean() + 30
    assert spread(blocked) > spread(times("normal")) + 30


def test_a_right_bundle_branch_block_leaves_the_left_side_as_it_is():
    blocked, healthy = times("rbbb"), times("normal")
    assert blocked.left_endo == pytest.approx(healthy.left_endo)
    assert blocked.right_endo.mean() > healthy.right_endo.mean() + 25


def test_fascicular_blocks_delay_their_own_wall():
    healthy = times("normal")
    anterior = times("lafb").left_endo - healthy.left_endo
    posterior = times("lpfb").left_endo - healthy.left_endo
    assert anterior[ANTERIOR].mean() > 5 > anterior[INFERIOR].mean()
    assert posterior[INFERIOR].mean() > 5 > posterior[ANTERIOR].mean()


def test_both_blocks_together_are_late_on_both_sides():
    both = times("rbbb_lafb")
    assert both.left_endo == pytest.approx(times("lafb").left_endo)
    assert both.right_endo.mean() > times("normal").right_endo.mean() + 25


def test_an_accessory_pathway_is_ahead_of_the_fascicles():
    assert times("wpw").stacked().min() < times("normal").stacked().min() - 15
    assert times("wpw").left_outer.max() <= times("normal").left_outer.max()


def test_pacing_spreads_slowly_from_the_apex_of_the_right_ventricle():
    paced = times("paced")
    assert np.argmin(paced.stacked()) in range(320, 369)  # a node of the right endocardium
    assert spread(paced) > 100


def test_a_focus_starts_where_and_when_it_is_told():
    found = from_focus(AVERAGE, HEART, MuscleFocus(left=True, phi_deg=60, theta_deg=180, start_ms=7.0))
    assert found.stacked().min() == found.left_outer.min() == 7.0
    assert found.left_outer[SEPTAL].min() > found.left_outer[LATERAL].min() + 30


def test_intraventricular_delay_slows_both_sides():
    assert spread(times("ivcd")) > 1.15 * spread(times("normal"))
