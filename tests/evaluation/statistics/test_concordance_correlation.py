from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from einthoven.evaluation.statistics.bca_interval import influence_of_jackknife, linearised_error
from einthoven.evaluation.statistics.concordance_correlation import concordance_correlation


def test_of_grades_it_is_the_quadratically_weighted_kappa():
    """Scikit-learn's, with and without weights."""
    rng = np.random.default_rng(0)
    true = rng.integers(0, 4, 200)
    graded = np.clip(true + rng.integers(-1, 2, 200), 0, 3)
    weight = rng.random(200) + 0.5
    for weights in (None, weight):
        found = concordance_correlation(graded, true, weights=weights)
        expected = cohen_kappa_score(graded, true, weights="quadratic", sample_weight=weights)
        assert found.value == pytest.approx(expected, abs=1e-13)


def test_equals_r(regression):
    """R's epiR: epi.ccc, whose interval is Fisher's with another variance."""
    (expected,) = regression.plain["concordance"]
    found = concordance_correlation(regression.predicted, regression.measured)
    assert found.value == pytest.approx(expected["est"], abs=1e-13)
    assert (found.low, found.high) == pytest.approx((expected["lower"], expected["upper"]), abs=0.01)


@pytest.mark.parametrize("bias", [0.0, 9.0])
def test_error_is_near_the_jackknife_over_patients(regression, bias):
    """Leaving out one patient at a time, of predictions that are too high as well."""
    predicted, measured, patient = regression.predicted + bias, regression.measured, regression.patient
    found = concordance_correlation(predicted, measured, clusters=patient)
    kept = [patient != p for p in range(1, 41)]
    without = [concordance_correlation(predicted[k], measured[k]).value for k in kept]
    error = linearised_error(influence_of_jackknife(np.array(without)))
    half = (math.atanh(found.high) - math.atanh(found.low)) / 2
    assert half / 2.0226909200367604 * (1 - found.value**2) == pytest.approx(error, rel=0.05)


def test_a_bias_costs_and_constants_have_none():
    """Where Pearson's correlation stays 1."""
    line = np.arange(9.0)
    assert concordance_correlation(line + 5, line).value < 0.5
    assert concordance_correlation(line, line).value == 1.0
    assert concordance_correlation(np.ones(4), np.ones(4)).reason
