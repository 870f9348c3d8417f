from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from einthoven.evaluation.statistics.root_mean_squared_error import root_mean_squared_error


def test_equals_r_and_its_interval_is_the_jackknifes(regression):
    """Linearised on the log scale; the standard error within 2 % of leaving out each patient."""
    plain = root_mean_squared_error(regression.predicted, regression.measured)
    assert plain.value == pytest.approx(regression.plain["root_mean_squared_error"], rel=1e-14)
    clustered = root_mean_squared_error(regression.predicted, regression.measured, clusters=regression.patient)
    error = np.log(clustered.high / clustered.value) / stats.t.ppf(0.975, 39) * clustered.value
    assert error == pytest.approx(regression.clustered["root_mean_squared_error_error"], rel=0.02)


def test_a_perfect_prediction_has_no_error():
    """And no interval above it."""
    found = root_mean_squared_error([1.0, 2, 3], [1.0, 2, 3])
    assert (found.low, found.value, found.high) == (0.0, 0.0, 0.0)
