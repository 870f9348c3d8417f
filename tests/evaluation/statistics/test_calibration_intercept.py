from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from einthoven.evaluation.statistics.calibration_intercept import calibration_intercept


def test_equals_a_general_optimiser(reference):
    """Value and Wald error, from the likelihood alone."""
    recorded, found = reference.numbers["intercept"], calibration_intercept(reference.a, reference.truth)
    assert found.value == pytest.approx(recorded["value"], abs=1e-7)
    assert (found.high - found.value) / 1.959963984540054 == pytest.approx(recorded["error"], rel=1e-4)


def test_mean_prediction_after_the_shift_is_the_prevalence(reference):
    """What calibration-in-the-large means."""
    shift = calibration_intercept(reference.a, reference.truth).value
    assert special.expit(special.logit(reference.a) + shift).mean() == pytest.approx(reference.truth.mean())


def test_a_perfectly_separating_score_has_an_intercept():
    """Only the slope is undefined there."""
    assert calibration_intercept([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1]).value == pytest.approx(0.0, abs=1e-9)


def test_one_class_has_none():
    """The shift would be infinite."""
    estimate = calibration_intercept([0.1, 0.2], [0, 0])
    assert np.isnan(estimate.value)
    assert estimate.reason == "no positives"
