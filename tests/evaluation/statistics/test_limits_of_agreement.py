from __future__ import annotations

import numpy as np
import pytest

from einthoven.evaluation.statistics.limits_of_agreement import limits_of_agreement

T39 = 2.0226909200367604


def test_equals_bland_and_altmans_formula_in_r(regression):
    """Both limits with their intervals, and epiR's limits."""
    found = limits_of_agreement(regression.predicted, regression.measured)
    for name in ("lower", "upper"):
        estimate = getattr(found, name)
        assert (estimate.value, estimate.low, estimate.high) == pytest.approx(regression.plain[name], rel=1e-10)
    (epi,) = regression.plain["epi_ccc"]
    assert (found.lower.value, found.upper.value) == pytest.approx((epi["lower"], epi["upper"]), rel=1e-10)


def test_repeated_patients_equal_the_analysis_of_variance_of_r(regression):
    """Variance components by aov, errors by leaving out each patient."""
    found = limits_of_agreement(regression.predicted, regression.measured, clusters=regression.patient)
    for place, estimate in enumerate((found.lower, found.upper)):
        assert estimate.value == pytest.approx(regression.clustered["limits"][place], rel=1e-10)
        half = (estimate.high - estimate.low) / 2
        assert half == pytest.approx(T39 * regression.clustered["limits_error"][place], rel=1e-9)


def test_copies_of_a_record_are_no_further_evidence(regression):
    """Each record thrice, as one patient: nearly the limits and errors of each once."""
    one = limits_of_agreement(regression.predicted, regression.measured)
    patient = np.arange(regression.patient.size)
    copied = [np.repeat(values, 3) for values in (regression.predicted, regression.measured, patient)]
    three = limits_of_agreement(copied[0], copied[1], clusters=copied[2])
    assert three.upper.value == pytest.approx(one.upper.value, rel=1e-10)
    assert three.upper.high - three.upper.low == pytest.approx(one.upper.high - one.upper.low, rel=0.15)


def test_weights_move_the_limits(regression):
    """Weighted mean and weighted standard deviation of the differences."""
    found = limits_of_agreement(regression.predicted, regression.measured, weights=regression.weight)
    difference = regression.predicted - regression.measured
    mean = np.average(difference, weights=regression.weight)
    spread = np.sqrt(np.average((difference - mean) ** 2, weights=regression.weight) * 98 / 97)
    assert found.upper.value == pytest.approx(mean + 1.959963984540054 * spread, rel=1e-10)
    assert "jackknife" in found.upper.method


def test_a_perfect_prediction_has_limits_of_nothing():
    """Without width, and said so."""
    found = limits_of_agreement([1.0, 2, 3], [1.0, 2, 3])
    assert (found.lower.value, found.upper.value) == (0.0, 0.0)
