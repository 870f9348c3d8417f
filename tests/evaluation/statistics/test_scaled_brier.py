from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from einthoven.errors import OneClassError
from einthoven.evaluation.statistics.scaled_brier import scaled_brier
from fakes.calibration_reference import calibration_reference


def jackknife_error(score, truth, patient):
    """Return the standard error by leaving out one patient after another."""
    values = []
    for one in np.unique(patient):
        rest = patient != one
        p = truth[rest].mean()
        values.append(1 - np.mean((score[rest] - truth[rest]) ** 2) / (p * (1 - p)))
    m = len(values)
    return np.sqrt((m - 1) / m * np.sum((np.array(values) - np.mean(values)) ** 2))


def test_value_is_that_of_r_and_the_error_that_of_the_jackknife():
    """By record and by patient."""
    data = calibration_reference()
    for clusters, patient in ((None, np.arange(300)), (data.patient, data.patient)):
        found = scaled_brier(data.score, data.truth, clusters=clusters)
        assert found.value == pytest.approx(data.numbers["scaled_brier"], abs=1e-12)
        error = jackknife_error(data.score, data.truth, patient)
        rarer = min(np.unique(patient[data.truth == k]).size for k in (0, 1))
        reach = np.log((1 - found.low) / (1 - found.value)) / stats.t.ppf(0.975, rarer - 1)
        assert reach * (1 - found.value) == pytest.approx(error, rel=0.02)
        assert (1 - found.value) ** 2 == pytest.approx((1 - found.low) * (1 - found.high))


def test_weights_are_repeated_records_of_one_patient():
    """Value and interval."""
    data = calibration_reference()
    rows = np.repeat(np.arange(300), data.weight.astype(int))
    one = scaled_brier(data.score, data.truth, weights=data.weight)
    other = scaled_brier(data.score[rows], data.truth[rows], clusters=rows)
    assert (one.value, one.low, one.high) == pytest.approx((other.value, other.low, other.high), abs=1e-12)


def test_the_prevalence_is_worth_nothing_and_the_truth_all():
    """0 and 1, the latter with the exact bound of as many patients."""
    truth = np.array([0, 0, 0, 1])
    assert scaled_brier(np.full(4, 0.25), truth).value == pytest.approx(0)
    perfect = scaled_brier(truth.astype(float), truth)
    assert (perfect.value, perfect.high) == (1, 1)
    assert perfect.low == pytest.approx(1 - (1 - 0.025**0.25) / (3 / 16))


def test_a_single_patient_has_no_interval_and_one_class_no_value():
    """Said in ``method``; refused."""
    assert "single patient" in scaled_brier([0.2, 0.7], [0, 1], clusters=[3, 3]).method
    with pytest.raises(OneClassError):
        scaled_brier([0.2, 0.7], [1, 1])
