from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import f1_score

from einthoven.evaluation.statistics.f1 import f1
from fakes.decisions import calls, metric_of_r, sample


def test_interval_is_the_exact_one_of_f_star_turned():
    """By R's binom.test, five tables."""
    for decision, truth, expected in metric_of_r("f1"):
        found = f1(decision, truth)
        assert (found.value, found.low, found.high) == pytest.approx(expected, rel=1e-10)


def test_value_is_scikit_learns_and_the_harmonic_mean():
    """With weights, too."""
    decision, truth, patient, weight = sample()
    found = f1(decision, truth, clusters=patient)
    assert found.value == pytest.approx(f1_score(truth, decision), abs=1e-14)
    recall, precision = decision[truth == 1].mean(), truth[decision == 1].mean()
    assert found.value == pytest.approx(2 / (1 / recall + 1 / precision), abs=1e-14)
    weighted = f1(decision, truth, clusters=patient, weights=weight)
    assert weighted.value == pytest.approx(f1_score(truth, decision, sample_weight=weight), abs=1e-14)


def test_repeated_patients_widen_the_interval():
    """Each record four times under one patient is no more information."""
    decision, truth = calls([45, 20, 15, 100])
    plain = f1(decision, truth)
    fourfold = f1(np.repeat(decision, 4), np.repeat(truth, 4), clusters=np.repeat(np.arange(180), 4))
    assert fourfold.value == pytest.approx(plain.value)
    assert fourfold.high - fourfold.low == pytest.approx(plain.high - plain.low, rel=0.03)


def test_perfect_calls_and_calls_without_a_true_positive_reach_the_ends():
    """1 with a lower limit, 0 with an upper one."""
    assert f1(*calls([20, 0, 0, 30])).value == 1
    assert 0.8 < f1(*calls([20, 0, 0, 30])).low < 1
    assert f1(*calls([0, 3, 5, 30])).value == 0
    assert 0 < f1(*calls([0, 3, 5, 30])).high < 0.7


def test_neither_positives_nor_alarms_is_undefined():
    """With the reason."""
    assert f1(*calls([0, 0, 0, 30])).reason == "no record is positive or was called so"
