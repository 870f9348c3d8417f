from __future__ import annotations

import math

import numpy as np
import pytest

from einthoven.errors import OneClassError
from einthoven.evaluation.statistics.cochran_armitage_test import cochran_armitage_test
from fakes.survival_reference import survival_reference

R = survival_reference()


def test_statistic_equals_that_of_r():
    """``prop.trend.test``; the sign is that of the slope."""
    test = cochran_armitage_test(R.group, R.event)
    assert test.statistic**2 == pytest.approx(R.numbers["trends"]["cochran_armitage"], abs=1e-10)
    assert test.p_value == pytest.approx(R.numbers["trends"]["cochran_armitage_p"], abs=1e-14)
    assert test.statistic > 0
    assert cochran_armitage_test(-R.group, R.event).statistic == pytest.approx(-test.statistic)


def test_slope_is_that_of_least_squares():
    """With an interval around it that follows the p value here."""
    test = cochran_armitage_test(R.group, R.event)
    assert test.difference.value == pytest.approx(np.polyfit(R.group, R.event, 1)[0], abs=1e-12)
    assert 0 < test.difference.low < test.difference.value < test.difference.high


def test_copies_of_a_patient_tell_nothing():
    """Four copies of each record have the statistic and interval of one, patients named."""
    patient = np.arange(240)
    once = cochran_armitage_test(R.group, R.event, clusters=patient)
    copied = cochran_armitage_test(np.repeat(R.group, 4), np.repeat(R.event, 4), clusters=np.repeat(patient, 4))
    assert copied.difference.high == pytest.approx(once.difference.high, abs=1e-12)
    assert copied.statistic == pytest.approx(once.statistic, rel=0.05)
    assert "robust by patient" in copied.method


def test_weights_are_records_repeated():
    """In the slope."""
    times = np.random.default_rng(0).integers(1, 4, 240)
    one = cochran_armitage_test(R.group, R.event, weights=times).difference.value
    other = cochran_armitage_test(np.repeat(R.group, times), np.repeat(R.event, times)).difference.value
    assert one == pytest.approx(other, abs=1e-12)


def test_no_trend_is_no_evidence():
    """P = 1 for equal shares."""
    test = cochran_armitage_test([0, 0, 1, 1, 2, 2], [0, 1, 0, 1, 0, 1])
    assert (test.difference.value, test.p_value) == (pytest.approx(0), pytest.approx(1))


def test_one_group_or_one_class_has_no_trend():
    """Undefined with a reason, or refused."""
    test = cochran_armitage_test([1, 1, 1], [0, 1, 0])
    assert math.isnan(test.p_value)
    assert "one group" in test.difference.reason
    with pytest.raises(OneClassError):
        cochran_armitage_test([0, 1, 2], [1, 1, 1])
