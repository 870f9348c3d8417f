from __future__ import annotations

import math

import numpy as np
import pytest

from einthoven.evaluation.statistics.likelihood_ratio import negative_likelihood_ratio, positive_likelihood_ratio
from fakes.decisions import R_NUMBERS, calls, metric_of_r, sample

RATIOS = {
    "positive_likelihood_ratio": positive_likelihood_ratio,
    "negative_likelihood_ratio": negative_likelihood_ratio,
}


@pytest.mark.parametrize("name", RATIOS)
def test_value_and_interval_are_those_of_epi_tests(name):
    """R's epiR, five tables."""
    for decision, truth, expected in metric_of_r(name):
        found = RATIOS[name](decision, truth)
        assert (found.value, found.low, found.high) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("name", RATIOS)
def test_with_repeated_patients_the_interval_is_that_of_a_clustered_log_binomial_model(reference, name):
    """R's glm with the sandwich by patient; the coefficient of truth is the log ratio."""
    found = RATIOS[name](reference.a > 0.5, reference.truth, clusters=reference.patient)
    assert (found.value, found.low, found.high) == pytest.approx(R_NUMBERS["clustered"][name], rel=1e-6)
    assert "linearised by patient" in found.method


@pytest.mark.parametrize("name", RATIOS)
def test_weights_are_records_repeated_so_often(name):
    """The value, and the interval where repeats stay with their patient."""
    decision, truth, patient, weight = sample()
    weighted = RATIOS[name](decision, truth, clusters=patient, weights=weight)
    again = [np.repeat(values, weight) for values in (decision, truth, patient)]
    repeated = RATIOS[name](*again[:2], clusters=again[2])
    assert (weighted.value, weighted.low, weighted.high) == pytest.approx(
        (repeated.value, repeated.low, repeated.high), rel=1e-12
    )


def test_without_false_alarms_the_ratio_is_infinite_and_its_lower_limit_is_told():
    """By half a record in each cell; computed by hand."""
    found = positive_likelihood_ratio(*calls([8, 0, 2, 10]))
    assert math.isnan(found.value)
    error = math.sqrt(1 / 8.5 - 1 / 11 + 1 / 0.5 - 1 / 11)
    assert found.low == pytest.approx((8.5 / 11) / (0.5 / 11) * math.exp(-1.959964 * error), rel=1e-6)
    assert "infinite; its lower limit is 1.11" in found.reason


def test_no_true_positive_is_a_ratio_of_0_with_an_upper_limit():
    """Likewise no missed patient: 0 with an upper limit."""
    for found in (positive_likelihood_ratio(*calls([0, 3, 5, 9])), negative_likelihood_ratio(*calls([5, 3, 0, 9]))):
        assert found.value == found.low == 0
        assert 0.1 < found.high < 10
        assert "half a record" in found.method


def test_perfect_calls_have_limits_on_the_right_side():
    """The negative ratio is 0, the positive one infinite."""
    decision, truth = calls([20, 0, 0, 30])
    assert negative_likelihood_ratio(decision, truth).high < 0.5
    assert positive_likelihood_ratio(decision, truth).low > 3


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ([0, 3, 0, 4], "no positives"),
        ([3, 0, 4, 0], "no negatives"),
        ([0, 0, 4, 4], "nothing was called positive"),
    ],
)
def test_what_has_no_ratio_says_why(cells, reason):
    """No error: in a table of many labels it is a result."""
    assert positive_likelihood_ratio(*calls(cells)).reason == reason


def test_one_patient_has_no_ratio():
    """Nothing tells how far it may be off."""
    assert "fewer than 2 patients" in positive_likelihood_ratio(*calls([2, 1, 1, 2]), clusters=np.zeros(6)).reason
