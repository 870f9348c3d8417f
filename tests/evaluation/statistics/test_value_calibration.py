from __future__ import annotations

import pytest

from einthoven.evaluation.statistics.value_calibration import value_calibration

T39, T97 = 2.0226909200367604, 1.984723185927883


def check(line, coefficients, errors, quantile):
    """Compare intercept and slope with R's coefficients and standard errors."""
    for estimate, value, error in zip((line.intercept, line.slope), coefficients, errors, strict=True):
        assert estimate.value == pytest.approx(value, rel=1e-10)
        assert (estimate.high - estimate.low) / 2 == pytest.approx(quantile * error, rel=1e-9)


def test_equals_lm_with_the_sandwich_of_r(regression):
    """One record per patient, and clustered."""
    expected = regression.clustered["line"]
    plain = value_calibration(regression.predicted, regression.measured)
    check(plain, expected["coefficients"], expected["plain"], T97)
    clustered = value_calibration(regression.predicted, regression.measured, clusters=regression.patient)
    check(clustered, expected["coefficients"], expected["clustered"], T39)


def test_equals_weighted_lm_of_r(regression):
    """Weights and patients together."""
    expected = regression.clustered["weighted_line"]
    line = value_calibration(
        regression.predicted, regression.measured, clusters=regression.patient, weights=regression.weight
    )
    check(line, expected["coefficients"], expected["clustered"], T39)


def test_a_constant_prediction_has_no_line():
    """Undefined with its reason, both slope and intercept."""
    line = value_calibration([2.0, 2, 2], [1.0, 2, 3])
    assert line.slope.reason == line.intercept.reason == "all predictions are equal, so they have no line"
