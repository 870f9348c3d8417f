from __future__ import annotations

import numpy as np
import pytest


def test_beats_of_one_distribution_are_not_told_apart(script):
    random = np.random.default_rng(0)
    found = script("comparison").distance(random.normal(size=(300, 3)), random.normal(size=(300, 3)))
    assert found.trace_ratio == pytest.approx(1, abs=0.15)
    assert found.mean_error < 0.1
    assert 0.4 < found.area < 0.6


def test_beats_that_lie_elsewhere_are_told_apart(script):
    random = np.random.default_rng(1)
    found = script("comparison").distance(random.normal(size=(200, 1)), 2 * random.normal(size=(200, 1)) + 4)
    assert found.trace_ratio == pytest.approx(4, rel=0.3)
    assert found.mean_error == pytest.approx(4, rel=0.2)
    assert found.area > 0.9


def test_components_are_the_directions_in_which_beats_differ(script):
    random = np.random.default_rng(2)
    beats = np.outer(random.normal(size=50), [3.0, 4.0]) + 7
    space = script("components").components_of(beats, n=1)
    np.testing.assert_allclose(np.abs(space.axes[:, 0]), [0.6, 0.8])
    np.testing.assert_allclose(space.scores(beats).var(), beats.var(0).sum())
