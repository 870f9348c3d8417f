from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score

from einthoven.evaluation.statistics.youden_index import balanced_accuracy, youden_index
from fakes.decisions import calls, metric_of_r, sample


def test_interval_joins_those_of_both_shares():
    """By R's binom.test, five tables."""
    for decision, truth, expected in metric_of_r("youden_index"):
        found = youden_index(decision, truth)
        assert (found.value, found.low, found.high) == pytest.approx(expected, rel=1e-9)


def test_balanced_accuracy_is_scikit_learns():
    """With weights, too; it is the same index on another scale."""
    decision, truth, patient, weight = sample()
    found = balanced_accuracy(decision, truth)
    assert found.value == pytest.approx(balanced_accuracy_score(truth, decision), abs=1e-14)
    index = youden_index(decision, truth)
    assert (found.low, found.high) == pytest.approx(((index.low + 1) / 2, (index.high + 1) / 2))
    weighted = balanced_accuracy(decision, truth, clusters=patient, weights=weight)
    assert weighted.value == pytest.approx(balanced_accuracy_score(truth, decision, sample_weight=weight), abs=1e-14)


def test_patients_with_both_classes_correlate_the_shares():
    """Who is always called positive is a hit and a false alarm: the index varies less than of calls apart."""
    rng = np.random.default_rng(0)
    patient = np.repeat(np.arange(400), 2)
    truth = np.tile([0, 1], 400)
    answer = rng.random(400) < 0.5
    same, apart = answer[patient], rng.random(800) < 0.5
    together = youden_index(same, truth, clusters=patient)
    alone = youden_index(apart, truth, clusters=patient)
    assert together.high - together.low < 0.1 * (alone.high - alone.low)


def test_perfect_calls_are_1_with_a_lower_limit():
    """And one class is undefined."""
    found = youden_index(*calls([20, 0, 0, 30]))
    assert found.value == found.high == 1
    assert 0.5 < found.low < 0.9
    assert youden_index(*calls([0, 3, 0, 4])).reason == "no positives"
    assert balanced_accuracy(*calls([3, 0, 4, 0])).reason == "no negatives"
