from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from einthoven.evaluation.statistics.macro import macro_auroc
from einthoven.evaluation.statistics.median_over_labels import median_over_labels


@pytest.fixture
def labels():
    """Return four labels of 200 records of 100 patients."""
    rng = np.random.default_rng(8)
    truth = (rng.random((200, 4)) < [0.1, 0.2, 0.5, 0.3]).astype(float)
    return rng.normal(size=(200, 4)) + truth * [0.5, 1, 1.5, 2], truth, np.repeat(np.arange(100), 2)


@pytest.mark.parametrize("count", [3, 4])
def test_is_the_median_of_the_labels_areas(labels, count):
    """The middle one, or the mean of the middle two; for both areas."""
    score, truth, patient = (values[:, :count] if values.ndim == 2 else values for values in labels)
    for area, metric in (("auroc", roc_auc_score), ("average_precision", average_precision_score)):
        found = median_over_labels(score, truth, area=area, clusters=patient, resamples=600)
        expected = [metric(truth[:, j], score[:, j]) for j in range(count)]
        assert found.value == pytest.approx(np.median(expected), abs=1e-14)
        assert found.low < found.value < found.high
    assert found.method.startswith(f"median of {count} labels; BCa bootstrap")


def test_a_hopeless_label_moves_it_little(labels):
    """How bad the worst label is does not matter."""
    score, truth, _ = labels
    before = median_over_labels(score, truth, resamples=50)
    score[:, 1] = -score[:, 1]
    after = median_over_labels(score, truth, resamples=50)
    assert abs(before.value - after.value) < 0.1


def test_perfect_labels_have_a_bound():
    """No resample differs; every label's exact binomial bound holds at once."""
    truth = np.stack([np.arange(40) < k for k in (10, 20, 30)], axis=1).astype(float)
    found = median_over_labels(truth, truth, resamples=50)
    assert (found.value, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx((0.025 / 3) ** (1 / 20))


def test_a_perfect_label_in_the_middle_has_a_bound():
    """The two beside it need not be perfect."""
    rng = np.random.default_rng(0)
    truth = np.stack([np.arange(60) < k for k in (20, 25, 30)], axis=1).astype(float)
    score = truth + np.array([0, 0, 2]) * rng.normal(size=(60, 3))
    found = median_over_labels(score, truth, resamples=100)
    assert (found.value, found.high) == (1.0, 1.0)
    assert 0 < found.low == pytest.approx(min((0.025 / 3) ** (1 / k) for k in (20, 25)))


def test_without_resamples_the_middle_labels_make_the_interval(labels):
    """That of the mean of the two in the middle."""
    score, truth, patient = labels
    areas = [roc_auc_score(truth[:, j], score[:, j]) for j in range(4)]
    middle = np.argsort(areas)[1:3]
    found = median_over_labels(score, truth, clusters=patient, resamples=1)
    two = macro_auroc(score[:, middle], truth[:, middle], clusters=patient, resamples=1)
    assert (found.low, found.high) == pytest.approx((two.low, two.high), abs=0.003)
