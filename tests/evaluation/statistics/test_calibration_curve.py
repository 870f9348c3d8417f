from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from einthoven.evaluation.statistics.calibration_curve import calibration_curve
from einthoven.evaluation.statistics.loess import loess
from fakes.calibration_reference import calibration_reference


def test_curve_is_the_local_regression_within_its_band():
    """At every place, and between 0 and 1."""
    data = calibration_reference()
    curve = calibration_curve(data.score, data.truth)
    assert curve.y == pytest.approx(np.clip(loess(data.score, data.truth, at=curve.x), 0, 1), abs=1e-9)
    assert (np.diff(curve.x) > 0).all()
    assert ((curve.low >= 0) & (curve.low <= curve.y) & (curve.y <= curve.high) & (curve.high <= 1)).all()


def test_band_covers_the_true_curve_at_each_place():
    """In 93 % or more of 60 samples on average, pairs of equal records named as patients."""
    rng = np.random.default_rng(4)
    covered = []
    for _ in range(60):
        logit = np.repeat(rng.normal(-0.5, 1, 150), 2)
        truth = np.repeat(rng.random(150) < special.expit(logit[::2]), 2)
        curve = calibration_curve(special.expit(logit), truth, clusters=np.arange(300) // 2, points=21)
        covered.append(np.mean((curve.low <= curve.x) & (curve.x <= curve.high)))
    assert np.mean(covered) > 0.93


def test_copies_of_patients_leave_the_band():
    """When named; unnamed they make it narrower."""
    data = calibration_reference()
    rows = np.repeat(np.arange(300), 3)
    once = calibration_curve(data.score, data.truth)
    named = calibration_curve(data.score[rows], data.truth[rows], clusters=rows)
    unnamed = calibration_curve(data.score[rows], data.truth[rows])
    assert np.interp(once.x, named.x, named.high - named.low) == pytest.approx(once.high - once.low, abs=0.01)
    assert np.mean(unnamed.high - unnamed.low) < 0.7 * np.mean(once.high - once.low)


def test_places_between_two_scores_have_their_mean():
    """Halfway, both are equally far; nothing is missing."""
    curve = calibration_curve(np.repeat([0.1, 0.9], [38, 2]), np.repeat([0, 1], [32, 8]), points=9)
    assert np.isfinite([curve.y, curve.low, curve.high]).all()
    assert curve.y[[0, -1]] == pytest.approx([6 / 38, 1.0])
    assert ((curve.low <= curve.y) & (curve.y <= curve.high)).all()


def test_a_constant_score_is_a_point():
    """The prevalence with Wilson's interval."""
    curve = calibration_curve(np.full(10, 0.4), [1, 1, 0, 0, 0, 0, 0, 0, 0, 0])
    assert (curve.x.tolist(), curve.y.tolist()) == ([0.4], [pytest.approx(0.2)])
    assert (curve.low[0], curve.high[0]) == pytest.approx((0.0567, 0.5098), abs=1e-4)
