from __future__ import annotations

import numpy as np
import pytest


def test_equal_samples_have_no_distance(script):
    values = np.arange(20.0)
    found = script("distances").distance(values, values[::-1])
    assert (found.wasserstein_sd, found.ks, found.shift_sd, found.absent_difference) == (0, 0, 0, 0)


def test_a_shift_by_one_standard_deviation_is_a_distance_of_one(script):
    real = np.random.default_rng(0).normal(3.0, 2.0, 400)
    found = script("distances").distance(real, real + real.std(ddof=1))
    assert found.wasserstein_sd == pytest.approx(1)
    assert found.shift_sd == pytest.approx(1)


def test_absent_values_are_counted_and_left_out(script):
    real = np.arange(10.0)
    simulated = np.concatenate([real, np.full(10, np.nan)])
    found = script("distances").distance(real, simulated)
    assert found.absent_difference == pytest.approx(0.5)
    assert found.ks == 0


def test_too_few_values_have_no_distance(script):
    found = script("distances").distance(np.arange(4.0), np.arange(50.0))
    assert np.isnan(found.wasserstein_sd)


def test_the_distance_of_two_samples_of_one_distribution_is_about_what_is_called_chance(script):
    random = np.random.default_rng(1)
    found = [script("distances").distance(random.normal(size=80), random.normal(size=240)) for _ in range(200)]
    assert np.mean([one.wasserstein_sd for one in found]) == pytest.approx(found[0].chance_sd, rel=0.1)


def test_axes_on_both_sides_of_180_degrees_lie_together(script):
    real, simulated = script("distances").turned_together(np.array([175.0, -175.0]), np.array([-179.0, np.nan]))
    np.testing.assert_allclose(real, [-5, 5])
    np.testing.assert_allclose(simulated, [1, np.nan])
