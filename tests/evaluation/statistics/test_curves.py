from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import auc
from sklearn.metrics import roc_curve as sklearn_roc_curve

from einthoven.errors import OneClassError
from einthoven.evaluation.statistics.auroc import auroc
from einthoven.evaluation.statistics.curves import precision_recall_curve, reliability_curve, roc_curve


def test_roc_corners_equal_scikit_learn(reference):
    """All corners, ties as one."""
    curve = roc_curve(reference.a, reference.truth)
    x, y, _ = sklearn_roc_curve(reference.truth, reference.a, drop_intermediate=False)
    assert np.allclose(curve.x, x)
    assert np.allclose(curve.y, y)


def test_a_thinned_roc_curve_keeps_its_area_and_ends():
    """200 of 20,000 corners are enough for the eye."""
    rng = np.random.default_rng(0)
    truth = rng.random(20_000) < 0.02
    score = rng.normal(size=20_000) + 2 * truth
    curve = roc_curve(score, truth)
    assert curve.x.size <= 200
    assert auc(curve.x, curve.y) == pytest.approx(auroc(score, truth).value, abs=0.003)
    assert (curve.x[0], curve.y[0], curve.x[-1], curve.y[-1]) == (0, 0, 1, 1)


def test_precision_recall_curve_ends_at_the_prevalence(reference):
    """With everything called positive, precision is the prevalence and recall is 1."""
    curve = precision_recall_curve(reference.a, reference.truth)
    assert (curve.x[-1], curve.y[-1]) == (1.0, pytest.approx(reference.truth.mean()))
    assert curve.names == ("recall", "precision")


def test_reliability_of_a_calibrated_score_follows_the_diagonal():
    """Each bin's band holds its mean prediction, bins are of equal size."""
    rng = np.random.default_rng(2)
    score = rng.random(5000)
    curve = reliability_curve(score, rng.random(5000) < score)
    assert curve.x.size == 10
    assert ((curve.low <= curve.x) & (curve.x <= curve.high)).sum() >= 8
    assert ((curve.low <= curve.y) & (curve.y <= curve.high)).all()


def test_reliability_keeps_equal_scores_together():
    """A constant score is one bin."""
    curve = reliability_curve([0.3] * 10, [0, 1] * 5)
    assert (curve.x.tolist(), curve.y.tolist()) == ([pytest.approx(0.3)], [0.5])


def test_one_class_is_refused_where_both_are_needed():
    """A ROC curve without negatives has no x axis."""
    with pytest.raises(OneClassError):
        roc_curve([0.1, 0.2], [1, 1])


def test_weighted_curves_are_those_of_scikit_learn(reference):
    """So that the curve is that of the area beside it; a constant weight changes nothing."""
    weight = np.random.default_rng(3).choice([1.0, 2.5, 7.0], reference.truth.size)
    curve = roc_curve(reference.a, reference.truth, weights=weight)
    x, y, _ = sklearn_roc_curve(reference.truth, reference.a, sample_weight=weight, drop_intermediate=False)
    assert np.allclose(curve.x, x)
    assert np.allclose(curve.y, y)
    area = auroc(reference.a, reference.truth, weights=weight).value
    assert auc(curve.x, curve.y) == pytest.approx(area, abs=1e-12)
    ends = precision_recall_curve(reference.a, reference.truth, weights=weight).y[-1]
    assert ends == pytest.approx(np.average(reference.truth, weights=weight))
    same = roc_curve(reference.a, reference.truth, weights=np.full(weight.size, 3.0))
    assert np.allclose(same.y, roc_curve(reference.a, reference.truth).y)


def test_weighted_reliability_is_that_of_the_repeated_records():
    """Mean prediction and share of each bin."""
    score, truth, weight = np.array([0.1, 0.2, 0.8, 0.9]), [0, 1, 1, 0], np.array([1, 3, 2, 2])
    curve = reliability_curve(score, truth, weights=weight, bins=2)
    assert curve.x == pytest.approx([0.175, 0.85])
    assert curve.y == pytest.approx([0.75, 0.5])
