from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from einthoven.evaluation.statistics.expected_calibration_error import (
    debiased_calibration_error,
    expected_calibration_error,
)
from fakes.calibration_reference import calibration_reference


def test_value_is_that_of_r():
    """Ten bins of 30 records."""
    data = calibration_reference()
    found = expected_calibration_error(data.score, data.truth, resamples=20)
    assert found.value == pytest.approx(data.numbers["ece"], abs=1e-12)


def test_debiasing_takes_off_what_noise_adds():
    """Kumar's formula, written out; 0 where noise explains all."""
    data = calibration_reference()
    for score in (data.score, np.sqrt(data.score)):
        order = np.argsort(score)
        predicted, observed = (v[order].reshape(10, 30).mean(axis=1) for v in (score, data.truth))
        squared = np.mean((predicted - observed) ** 2 - observed * (1 - observed) / 29)
        found = debiased_calibration_error(score, data.truth, resamples=20)
        assert found.value == pytest.approx(np.sqrt(max(0.0, squared)), abs=1e-12)


def test_plain_error_of_a_calibrated_score_is_biased_and_the_squared_one_is_not():
    """On the mean of 60 samples of 300 records; 0 or less in about half of them."""
    rng = np.random.default_rng(1)
    plain, mended = [], []
    for _ in range(60):
        score = special.expit(rng.normal(-1, 1, 300))
        truth = rng.random(300) < score
        plain.append(expected_calibration_error(score, truth, resamples=2).value)
        mended.append(debiased_calibration_error(score, truth, resamples=2).value)
    assert np.mean(plain) > 0.04
    assert 0.3 < np.mean(np.array(mended) == 0) < 0.8


def test_interval_tells_a_calibrated_score_from_one_that_is_not():
    """It reaches 0 for the one only."""
    data = calibration_reference()
    rng = np.random.default_rng(2)
    calibrated = rng.random(300) < data.score
    assert expected_calibration_error(data.score, calibrated, resamples=200).low == 0
    assert expected_calibration_error(np.sqrt(data.score), calibrated, resamples=200).low > 0.05
    assert debiased_calibration_error(np.sqrt(data.score), calibrated, resamples=200).low > 0.05


def test_a_bin_with_a_single_patient_has_no_noise_to_take_off():
    """The debiased error is undefined, with the reason."""
    found = debiased_calibration_error([0.1, 0.2, 0.8, 0.9], [0, 1, 0, 1], clusters=[0, 0, 1, 1], bins=2)
    assert np.isnan(found.value)
    assert "single patient" in found.reason


def test_perfect_answers_have_no_error():
    """Scores of 0 and 1 that are all right."""
    found = expected_calibration_error([0.0, 0.0, 1.0, 1.0], [0, 0, 1, 1], resamples=20)
    assert (found.value, found.low, found.high) == (0, 0, 0)
