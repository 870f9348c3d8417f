"""Linear probe and neighbours: equal to scikit-learn's, blind to unknown labels, and right about what is there."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import RidgeCV
from sklearn.preprocessing import StandardScaler

from einthoven.training.selection import macro_auroc
from einthoven.training.watching.probe_scores import _PENALTIES, linear_scores, neighbour_scores


@pytest.fixture
def problem():
    """Return features, labels and held-out features: one label is linear in the features, one is chance."""
    generator = np.random.default_rng(0)
    features = generator.standard_normal((200, 12)) * np.arange(1, 13) + 3
    target = np.stack([features[:, 4] > 3, generator.random(200) > 0.5], axis=1).astype(np.float32)
    return features[:150], target[:150], features[150:], target[150:]


def test_the_linear_probe_is_ridge_with_the_penalty_of_the_smallest_leave_one_out_error(problem):
    features, target, asked, _ = problem
    scaler = StandardScaler().fit(features)
    scores = linear_scores(features, target, asked)
    for label in range(2):
        reference = RidgeCV(alphas=_PENALTIES * len(features)).fit(scaler.transform(features), target[:, label])
        np.testing.assert_allclose(scores[:, label], reference.predict(scaler.transform(asked)), atol=1e-9)


def test_more_dimensions_than_records_are_no_trouble():
    generator = np.random.default_rng(1)
    features, asked = generator.standard_normal((30, 80)), generator.standard_normal((10, 80))
    target = (features[:, :1] > 0).astype(np.float32)
    scaler = StandardScaler().fit(features)
    reference = RidgeCV(alphas=_PENALTIES * 30).fit(scaler.transform(features), target[:, 0])
    np.testing.assert_allclose(
        linear_scores(features, target, asked)[:, 0], reference.predict(scaler.transform(asked)), atol=1e-8
    )


def test_a_label_that_is_there_is_found_and_chance_is_not(problem):
    features, target, asked, truth = problem
    assert macro_auroc(linear_scores(features, target, asked)[:, :1], truth[:, :1]) > 0.97
    chance = macro_auroc(linear_scores(features, target, asked)[:, 1:], truth[:, 1:])
    assert 0.3 < chance < 0.7


def test_a_constant_dimension_changes_nothing(problem):
    features, target, asked, _ = problem
    wider, asked_wider = (np.hstack([one, np.full((len(one), 1), 7.0)]) for one in (features, asked))
    np.testing.assert_allclose(linear_scores(wider, target, asked_wider), linear_scores(features, target, asked))


@pytest.mark.parametrize("function", [linear_scores, neighbour_scores])
def test_records_of_which_a_label_is_unknown_count_for_the_others_alone(problem, function):
    features, target, asked, _ = problem
    partly = target.copy()
    partly[:50, 1] = np.nan
    found = function(features, partly, asked)
    np.testing.assert_allclose(found[:, 0], function(features, target[:, :1], asked)[:, 0])
    np.testing.assert_allclose(found[:, 1], function(features[50:], target[50:, 1:], asked)[:, 0])


def test_neighbours_vote_by_their_similarity():
    """Computed by hand: of three neighbours all are asked, as there are fewer than 20."""
    features = np.array([[2.0, 0.0], [0.0, 1.0], [3.0, 3.0]])
    target = np.array([[1.0], [0.0], [0.0]], dtype=np.float32)
    weight = np.exp(np.array([1.0, 0.0, np.sqrt(0.5)]) / 0.07)
    found = neighbour_scores(features, target, np.array([[5.0, 0.0]]))
    assert found[0, 0] == pytest.approx(weight[0] / weight.sum())


def test_only_the_20_nearest_are_asked():
    angles = np.linspace(0, 1, 40)
    features = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    target = (np.arange(40) < 20).astype(np.float32)[:, np.newaxis]
    assert neighbour_scores(features, target, features[:1])[0, 0] == pytest.approx(1)
    assert neighbour_scores(features, target, features[-1:])[0, 0] == pytest.approx(0)
