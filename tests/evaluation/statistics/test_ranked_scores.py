from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from einthoven.evaluation.statistics.ranked_scores import AREAS, area_influence, rank_scores, weighted_areas


@pytest.mark.parametrize("digits", [1, 16])
def test_weighted_areas_equal_those_of_repeated_records(digits):
    """A record that counts twice is a record that is there twice."""
    rng = np.random.default_rng(digits)
    truth = rng.random(80) < 0.3
    score = np.round(rng.random(80) + 0.3 * truth, digits)
    weights = rng.integers(0, 4, (6, 80)).astype(np.int32)
    ranked = rank_scores(score, truth)
    areas = weighted_areas(ranked, weights[:, ranked.order])
    for row, count in enumerate(weights):
        repeated, outcome = np.repeat(score, count), np.repeat(truth, count)
        assert areas.auroc[row] == pytest.approx(roc_auc_score(outcome, repeated), abs=1e-13)
        assert areas.average_precision[row] == pytest.approx(average_precision_score(outcome, repeated), abs=1e-13)


def test_a_weighting_without_a_class_gives_nan():
    """No positives or no negatives: neither area is defined."""
    ranked = rank_scores(np.array([0.1, 0.2, 0.3]), np.array([False, True, True]))
    areas = weighted_areas(ranked, np.array([[1, 0, 0], [0, 1, 1], [1, 1, 1]], dtype=np.int32))
    assert np.isnan(areas.auroc).tolist() == [True, True, False]
    assert np.isnan(areas.average_precision).tolist() == [True, True, False]


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("digits", [1, 16])
def test_influence_is_the_derivative_by_the_weights(area, digits):
    """By numerical differences, with and without ties."""
    rng = np.random.default_rng(digits)
    truth = rng.random(60) < 0.3
    score, weight = np.round(rng.random(60) + 0.2 * truth, digits), rng.random(60) + 0.5
    ranked = rank_scores(score, truth)
    weight = weight[ranked.order]

    def value(factor):
        return getattr(weighted_areas(ranked, (weight * factor)[None]), area)[0]

    numerical = [(value(1 + step) - value(1 - step)) / 2e-6 for step in 1e-6 * np.eye(60)]
    found = area_influence(ranked, weight, area=area)
    assert found == pytest.approx(np.array(numerical), abs=1e-8)
    assert found.sum() == pytest.approx(0, abs=1e-14)
