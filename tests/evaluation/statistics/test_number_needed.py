from __future__ import annotations

import math

import numpy as np
import pytest

from einthoven.evaluation.statistics.number_needed import (
    false_alerts_per_true,
    number_needed_to_evaluate,
    number_needed_to_screen,
)
from fakes.decisions import calls, metric_of_r, sample

NUMBERS = {"number_needed_to_screen": number_needed_to_screen, "number_needed_to_evaluate": number_needed_to_evaluate}


@pytest.mark.parametrize("name", NUMBERS)
def test_interval_is_the_reciprocal_of_the_exact_binomial_one(name):
    """By R's binom.test, five tables."""
    for decision, truth, expected in metric_of_r(name):
        found = NUMBERS[name](decision, truth)
        assert (found.value, found.low, found.high) == pytest.approx(expected, rel=1e-10)


def test_weights_are_records_repeated_so_often():
    """Both values."""
    decision, truth, patient, weight = sample()
    for metric in NUMBERS.values():
        weighted = metric(decision, truth, clusters=patient, weights=weight)
        repeated = metric(*(np.repeat(values, weight) for values in (decision, truth)))
        assert weighted.value == pytest.approx(repeated.value, rel=1e-12)
        assert weighted.low < weighted.value < weighted.high


@pytest.mark.parametrize("name", NUMBERS)
def test_without_a_true_positive_no_number_is_enough(name):
    """The reason tells the lower limit."""
    found = NUMBERS[name](*calls([0, 5, 3, 92]))
    assert math.isnan(found.value)
    assert math.isnan(found.high)
    assert f"its lower limit is {found.low:.3g}" in found.reason
    n = 100 if name == "number_needed_to_screen" else 5
    assert found.low == pytest.approx(1 / (1 - 0.025 ** (1 / n)))


def test_nothing_called_positive_needs_no_evaluation():
    """Undefined with a reason; screening finds nothing."""
    assert number_needed_to_evaluate(*calls([0, 0, 3, 7])).reason == "nothing was called positive"
    assert "no true positive" in number_needed_to_screen(*calls([0, 0, 3, 7])).reason


def test_false_alerts_per_true_is_one_less_than_the_number_to_evaluate():
    """Limits included; without a true positive the lower limit is told."""
    found = false_alerts_per_true(*calls([10, 30, 5, 100]))
    needed = number_needed_to_evaluate(*calls([10, 30, 5, 100]))
    assert (found.value, found.low, found.high) == pytest.approx((3, needed.low - 1, needed.high - 1))
    assert f"its lower limit is {false_alerts_per_true(*calls([0, 5, 3, 92])).low:.3g}" in (
        false_alerts_per_true(*calls([0, 5, 3, 92])).reason
    )
