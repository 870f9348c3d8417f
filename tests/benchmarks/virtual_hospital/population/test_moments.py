from __future__ import annotations

import numpy as np
import pytest


def test_transport_turns_one_covariance_into_the_other(script):
    random = np.random.default_rng(0)
    source, target = (np.cov(random.normal(size=(4, 30))) for _ in range(2))
    found = script("moments").transport(source, target)
    np.testing.assert_allclose(found @ source @ found.T, target, atol=1e-6)
    np.testing.assert_allclose(found, found.T, atol=1e-9)


def test_transport_between_equal_covariances_moves_nothing(script):
    covariance = np.array([[2.0, 0.3], [0.3, 1.0]])
    np.testing.assert_allclose(script("moments").transport(covariance, covariance), np.eye(2), atol=1e-6)


def test_traits_move_until_a_linear_model_of_beats_has_the_wanted_covariance(script):
    random = np.random.default_rng(1)
    model = np.array([[1.0, 0.5], [0.0, 2.0]])
    wanted = np.array([[3.0, -0.4], [-0.4, 0.5]])
    traits = random.normal(size=(20_000, 2))
    found = script("moments").moved(traits, traits @ model, wanted, step=1.0, ridge=0.0)
    np.testing.assert_allclose(model.T @ found.covariance @ model, wanted, atol=0.05)
    np.testing.assert_allclose(found.slope, np.linalg.inv(model), atol=0.05)


def test_half_a_step_moves_less_than_a_whole_one(script):
    traits = np.random.default_rng(2).normal(size=(5_000, 1))
    variance = [
        script("moments").moved(traits, traits, np.array([[4.0]]), step=step, ridge=0.0).covariance.item()
        for step in (0.5, 1.0)
    ]
    assert variance == pytest.approx([2.25, 4.0], rel=0.05)


def test_a_ridge_of_one_believes_one_person_half(script):
    found = script("moments").ridge_regression(np.array([[1.0]]), np.array([[3.0]]), penalty=1.0)
    assert found.item() == pytest.approx(1.5)
