from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from einthoven.evaluation.statistics.mean_absolute_error import mean_absolute_error


def test_equals_r_and_its_interval_is_the_jackknifes(regression):
    """Linearised on the log scale; the standard error within 2 % of leaving out each patient."""
    plain = mean_absolute_error(regression.predicted, regression.measured)
    assert plain.value == pytest.approx(regression.plain["mean_absolute_error"], rel=1e-14)
    clustered = mean_absolute_error(regression.predicted, regression.measured, clusters=regression.patient)
    t = stats.t.ppf(0.975, 39)
    error = np.log(clustered.high / clustered.value) / t * clustered.value
    assert error == pytest.approx(regression.clustered["mean_absolute_error_error"], rel=0.02)
    assert np.log(clustered.value / clustered.low) == pytest.approx(np.log(clustered.high / clustered.value))


def test_a_perfect_prediction_has_no_error():
    """And says that there is no spread."""
    found = mean_absolute_error([1.0, 2, 3], [1.0, 2, 3])
    assert (found.low, found.value, found.high) == (0.0, 0.0, 0.0)
    assert "no width" in found.method
