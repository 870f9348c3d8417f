from __future__ import annotations

import numpy as np
import pytest

from einthoven.evaluation.statistics.observed_expected_ratio import observed_expected_ratio
from fakes.calibration_reference import calibration_reference


def test_value_is_that_of_r_and_the_error_that_of_the_jackknife():
    """On the logarithm, by patient."""
    data = calibration_reference()
    found = observed_expected_ratio(data.score, data.truth, clusters=data.patient)
    assert found.value == pytest.approx(data.numbers["observed_expected"], abs=1e-12)
    left = [data.patient != one for one in np.unique(data.patient)]
    values = np.array([np.log(data.truth[rest].sum() / data.score[rest].sum()) for rest in left])
    error = np.sqrt((values.size - 1) / values.size * np.sum((values - values.mean()) ** 2))
    assert np.log(found.high / found.value) / 1.959964 == pytest.approx(error, rel=0.02)
    assert found.value**2 == pytest.approx(found.low * found.high)


def test_weights_are_repeated_records_of_one_patient():
    """Value and interval."""
    data = calibration_reference()
    rows = np.repeat(np.arange(300), data.weight.astype(int))
    one = observed_expected_ratio(data.score, data.truth, weights=data.weight)
    other = observed_expected_ratio(data.score[rows], data.truth[rows], clusters=rows)
    assert (one.value, one.low, one.high) == pytest.approx((other.value, other.low, other.high), abs=1e-12)


def test_nothing_expected_has_no_ratio():
    """Undefined with a reason."""
    assert "no events are expected" in observed_expected_ratio([0.0, 0.0], [0, 1]).reason
    assert "single patient" in observed_expected_ratio([0.2, 0.7], [0, 1], clusters=[3, 3]).method
