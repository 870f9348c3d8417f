"""The points on the ventricles' surfaces."""

from __future__ import annotations

import numpy as np

from einthoven.simulation.heart.mesh import LEFT, RIGHT, SEPTUM, harmonics, towards_base


def test_the_septum_faces_the_right_ventricle():
    assert np.degrees(np.abs(LEFT.theta[SEPTUM]).max()) < 75
    assert np.degrees(np.abs(RIGHT.theta).max()) < 75
    assert 0.3 < SEPTUM.size / LEFT.phi.size < 0.5


def test_patterns_are_smooth_bounded_and_independent():
    patterns = harmonics(LEFT)
    assert patterns.shape == (15, LEFT.phi.size)
    assert np.abs(patterns).max() < 1.3
    assert np.linalg.matrix_rank(patterns) == 15


def test_purkinje_fibres_end_short_of_the_base():
    share = towards_base(LEFT)
    assert share[LEFT.phi < np.radians(60)].max() == 0
    assert share[LEFT.phi > np.radians(90)].min() > 0.9
