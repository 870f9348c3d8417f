from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, precision_score, recall_score

from einthoven.errors import InvalidScoreError
from einthoven.evaluation.statistics import classification

IN_R = Path(__file__).resolve().parents[2] / "reference" / "base_statistics.json"


def test_shares_equal_scikit_learn(reference):
    """Each is the ratio of counts that its name says."""
    called, truth = (reference.a > 0.5).astype(int), reference.truth
    expected = {
        "sensitivity": recall_score(truth, called),
        "specificity": recall_score(truth, called, pos_label=0),
        "ppv": precision_score(truth, called),
        "npv": precision_score(truth, called, pos_label=0),
        "accuracy": accuracy_score(truth, called),
    }
    for name, value in expected.items():
        assert getattr(classification, name)(called, truth).value == pytest.approx(value, abs=1e-15)
    assert classification.prevalence(truth).value == pytest.approx(truth.mean())


@pytest.mark.parametrize(
    ("name", "called", "truth", "reason"),
    [
        ("sensitivity", [0, 1], [0, 0], "no positives"),
        ("specificity", [0, 1], [1, 1], "no negatives"),
        ("ppv", [0, 0], [0, 1], "nothing was called positive"),
        ("npv", [1, 1], [0, 1], "nothing was called negative"),
    ],
)
def test_an_empty_denominator_is_undefined_with_its_reason(name, called, truth, reason):
    """Not a crash, not a zero."""
    estimate = getattr(classification, name)(called, truth)
    assert np.isnan(estimate.value)
    assert estimate.reason == reason


def test_scores_are_refused_where_decisions_are_needed():
    """The message says what to do."""
    with pytest.raises(InvalidScoreError, match="apply a threshold"):
        classification.sensitivity([0.2, 0.7], [0, 1])


def test_sensitivity_counts_patients_among_the_positives():
    """Clusters are those of the denominator."""
    estimate = classification.sensitivity([1, 0, 1, 0], [1, 1, 1, 0], clusters=["a", "a", "b", "c"])
    assert (estimate.n, estimate.events, estimate.clusters) == (3, 2, 2)


def test_weights_and_wilson_reach_each_share(reference):
    """The weighted ratio of counts, with the interval asked for."""
    called, truth = (reference.a > 0.5).astype(int), reference.truth
    weight = np.random.default_rng(0).uniform(0.5, 3, truth.size)
    expected = {
        "sensitivity": recall_score(truth, called, sample_weight=weight),
        "specificity": recall_score(truth, called, pos_label=0, sample_weight=weight),
        "ppv": precision_score(truth, called, sample_weight=weight),
        "npv": precision_score(truth, called, pos_label=0, sample_weight=weight),
        "accuracy": accuracy_score(truth, called, sample_weight=weight),
    }
    for name, value in expected.items():
        estimate = getattr(classification, name)(called, truth, weights=weight, method="wilson")
        assert estimate.value == pytest.approx(value, abs=1e-14)
        assert estimate.method == "Wilson with the design effect of weights"
    assert classification.prevalence(truth, weights=weight).value == pytest.approx(np.average(truth, weights=weight))


def test_shares_and_exact_intervals_equal_epi_tests_of_r(reference):
    """Recorded by base_statistics.R."""
    recorded = json.loads(IN_R.read_text(encoding="utf-8"))["shares_of_a_above_half"]
    for name, expected in recorded.items():
        found = getattr(classification, name)(reference.a > 0.5, reference.truth)
        assert (found.value, found.low, found.high) == pytest.approx(tuple(expected.values()), abs=1e-12)
