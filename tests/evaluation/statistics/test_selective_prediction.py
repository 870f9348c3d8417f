from __future__ import annotations

import numpy as np
import pytest

from einthoven.errors import InvalidScoreError
from einthoven.evaluation.statistics.selective_prediction import area_under_risk_coverage, risk_coverage_curve


def drawn(seed=0, n=400):
    """Return confidence with ties and errors that get rarer with it."""
    rng = np.random.default_rng(seed)
    confidence = rng.random(n).round(2)
    return confidence, (rng.random(n) < 0.5 * (1 - confidence)).astype(int)


def by_definition(confidence, error):
    """Return the mean over records of the risk among those at least as confident."""
    return np.mean([error[confidence >= one].mean() for one in confidence])


def test_area_is_that_of_the_definition():
    """With ties."""
    confidence, error = drawn()
    found = area_under_risk_coverage(confidence, error)
    assert found.value == pytest.approx(by_definition(confidence, error), abs=1e-12)


def test_error_is_that_of_the_jackknife():
    """By record, and by patient of four records."""
    confidence, error = drawn(n=160)
    for patient in (np.arange(160), np.arange(160) // 4):
        left = [by_definition(confidence[patient != p], error[patient != p]) for p in np.unique(patient)]
        m = len(left)
        jackknife = np.sqrt((m - 1) / m * np.sum((np.array(left) - np.mean(left)) ** 2))
        found = area_under_risk_coverage(confidence, error, clusters=patient)
        assert (found.high - found.low) / 2 / 1.959964 == pytest.approx(jackknife, rel=0.05)


def test_weights_are_repeated_records_of_one_patient():
    """Value and interval."""
    confidence, error = drawn(n=100)
    weight = np.random.default_rng(1).integers(1, 4, 100)
    rows = np.repeat(np.arange(100), weight)
    one = area_under_risk_coverage(confidence, error, weights=weight)
    other = area_under_risk_coverage(confidence[rows], error[rows], clusters=rows)
    assert (one.value, one.low, one.high) == pytest.approx((other.value, other.low, other.high), abs=1e-12)


def test_confidence_that_says_nothing_has_the_share_of_errors():
    """Constant confidence."""
    _, error = drawn()
    assert area_under_risk_coverage(np.ones(400), error).value == pytest.approx(error.mean())


def test_curve_ends_at_all_records():
    """Thinned to what was asked for; the last point is the overall share of errors."""
    confidence, error = drawn()
    curve = risk_coverage_curve(confidence, error, points=20)
    assert curve.x.size == 20
    assert (np.diff(curve.x) > 0).all()
    assert (curve.x[-1], curve.y[-1]) == (1, pytest.approx(error.mean()))


def test_without_errors_there_is_nothing_to_tell():
    """Nor with errors alone; missing confidence is refused."""
    assert "no answer is wrong" in area_under_risk_coverage([0.1, 0.9], [0, 0]).reason
    assert "all answers are wrong" in area_under_risk_coverage([0.1, 0.9], [1, 1]).reason
    with pytest.raises(InvalidScoreError):
        area_under_risk_coverage([0.1, np.nan], [0, 1])
