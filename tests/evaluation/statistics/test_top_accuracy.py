from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import top_k_accuracy_score

from einthoven.errors import InvalidScoreError, StatisticsError
from einthoven.evaluation.statistics.proportion import proportion
from einthoven.evaluation.statistics.top_accuracy import ranked_first, top_accuracy


@pytest.fixture
def classes():
    """Return scores and truth of four classes of 100 records of 50 patients."""
    rng = np.random.default_rng(0)
    truth = np.eye(4)[rng.integers(0, 4, 100)]
    return rng.normal(size=(100, 4)) + truth, truth, np.repeat(np.arange(50), 2)


def test_equals_scikit_learn(classes):
    """The share of records whose class is ranked first."""
    score, truth, _ = classes
    found = top_accuracy(score, truth)
    assert found.value == pytest.approx(top_k_accuracy_score(truth.argmax(axis=1), score, k=1))
    assert found.method.startswith("4 classes; ")


def test_interval_is_that_of_a_share_of_repeated_patients(classes):
    """With the design effect, and weights."""
    score, truth, patient = classes
    right = score.argmax(axis=1) == truth.argmax(axis=1)
    weight = np.random.default_rng(1).random(100) + 0.5
    for weights in (None, weight):
        found = top_accuracy(score, truth, clusters=patient, weights=weights)
        share = proportion(right, clusters=patient, weights=weights)
        assert (found.value, found.low, found.high) == (share.value, share.low, share.high)


def test_a_tie_at_the_top_is_no_choice():
    """It counts as wrong, whichever class comes first."""
    assert ranked_first([[0.5, 0.5, 0.0]]).tolist() == [-1]
    assert top_accuracy([[0.5, 0.5], [0.9, 0.1]], [[1, 0], [1, 0]]).value == 0.5


def test_a_record_of_two_classes_or_none_is_refused(classes):
    """So are NaN scores and a single class."""
    score, truth, _ = classes
    truth[7] = [1, 1, 0, 0]
    with pytest.raises(StatisticsError, match="exactly one class, got 2 at position 7"):
        top_accuracy(score, truth)
    score[0, 0] = np.nan
    with pytest.raises(InvalidScoreError):
        top_accuracy(score, truth)
    with pytest.raises(StatisticsError, match="two classes"):
        top_accuracy(score[:, :1], truth[:, :1])
