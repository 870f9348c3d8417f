from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import r2_score

from einthoven.evaluation.statistics.r_squared import r_squared


def test_equals_r_and_scikit_learn(regression):
    """With and without weights."""
    assert r_squared(regression.predicted, regression.measured).value == pytest.approx(
        regression.plain["r_squared"], rel=1e-13
    )
    weighted = r_squared(regression.predicted, regression.measured, weights=regression.weight)
    expected = r2_score(regression.measured, regression.predicted, sample_weight=regression.weight)
    assert weighted.value == pytest.approx(expected, rel=1e-13)


def test_interval_is_the_jackknifes(regression):
    """On the scale of the share that is lost; within 4 % of leaving out each patient."""
    found = r_squared(regression.predicted, regression.measured, clusters=regression.patient)
    lost = 1 - found.value
    error = np.log((1 - found.low) / lost) / stats.t.ppf(0.975, 39) * lost
    assert error == pytest.approx(regression.clustered["r_squared_error"], rel=0.04)
    assert found.high < 1


def test_worse_than_the_mean_is_negative_and_a_constant_is_undefined():
    """No square of a correlation."""
    assert r_squared([3.0, 2, 1, 0], [0.0, 1, 2, 3]).value < 0
    assert r_squared([3.0, 2, 1], [1.0, 1, 1]).reason.startswith("all measured values are equal")
