from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from einthoven.evaluation.statistics.ranked_scores import rank_scores, weighted_areas


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
