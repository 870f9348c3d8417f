from __future__ import annotations

import numpy as np
import pytest
from scipy import special
from sklearn.linear_model import LogisticRegression

from einthoven.evaluation.statistics.calibration_slope import calibration_slope


def test_equals_a_general_optimiser(reference):
    """Value and Wald error, from the likelihood alone."""
    recorded, found = reference.numbers["slope"], calibration_slope(reference.a, reference.truth)
    assert found.value == pytest.approx(recorded["value"], rel=1e-6)
    assert (found.high - found.value) / 1.959963984540054 == pytest.approx(recorded["error"], rel=1e-4)


def test_equals_scikit_learn_without_penalty():
    """On scores that are twice as extreme as they should be."""
    rng = np.random.default_rng(4)
    logit = rng.normal(-1, 1, 4000)
    truth = rng.random(4000) < special.expit(logit)
    found = calibration_slope(special.expit(2 * logit), truth)
    model = LogisticRegression(C=np.inf, tol=1e-10).fit((2 * logit)[:, None], truth)
    assert found.value == pytest.approx(float(model.coef_[0, 0]), rel=1e-5)
    assert found.low < 0.5 < found.high


@pytest.mark.parametrize(
    ("score", "truth", "reason"),
    [
        ([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1], "separates the classes perfectly"),
        ([0.1, 0.5, 0.5, 0.9], [0, 0, 1, 1], "separates the classes perfectly"),
        ([0.9, 0.8, 0.2, 0.1], [0, 0, 1, 1], "separates the classes perfectly"),
        ([0.3, 0.3, 0.3], [0, 1, 0], "constant"),
        ([0.3, 0.4], [0, 0], "no positives"),
        ([0.3, 0.4], [1, 1], "no negatives"),
        ([0.3, 1.0, 0.2], [1, 0, 0], "exactly 0 or 1 are wrong"),
        ([1.0, 0.4, 0.2], [1, 0, 0], "only one class is left"),
    ],
)
def test_undefined_with_a_reason(score, truth, reason):
    """Where the likelihood has no maximum there is no number, and it is said why."""
    estimate = calibration_slope(score, truth)
    assert np.isnan(estimate.value)
    assert reason in estimate.reason


def test_right_scores_of_exactly_one_do_not_move_the_slope(reference):
    """Their likelihood is flat in the limit; the method tells how many there are."""
    score, truth = np.append(reference.a, [1.0, 0.0]), np.append(reference.truth, [1, 0])
    found = calibration_slope(score, truth)
    assert found.value == calibration_slope(reference.a, reference.truth).value
    assert "2 right scores" in found.method
    assert found.n == truth.size


def test_copies_of_records_add_nothing_when_patients_are_named(reference):
    """The sandwich over patients does not shrink with copies, the plain interval does."""
    patient = np.repeat(np.arange(reference.truth.size), 4)
    score, truth = np.repeat(reference.a, 4), np.repeat(reference.truth, 4)
    naive, clustered = calibration_slope(score, truth), calibration_slope(score, truth, clusters=patient)
    assert clustered.value == pytest.approx(naive.value)
    assert (clustered.high - clustered.low) > 1.5 * (naive.high - naive.low)


def test_extreme_scores_converge():
    """Logits of +-30 in a large table, which send an undamped Newton astray."""
    rng = np.random.default_rng(0)
    truth = rng.random(5000) < 0.01
    score = special.expit(np.clip(rng.normal(-25, 6, 5000) + 22 * truth, -30, 30))
    assert calibration_slope(score, truth).reason is None
