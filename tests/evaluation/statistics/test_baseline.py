from __future__ import annotations

import math

import numpy as np
import pytest

from einthoven.evaluation.statistics.baseline import describe_number, describe_share


def test_mean_and_deviation_or_median_and_quartiles():
    """As R's mean, sd and quantile."""
    values = np.array([1.0, 2, 4, 8, 16])
    plain, skewed = (describe_number(values, skewed=skewed) for skewed in (False, True))
    assert (plain.kind, plain.value, plain.low) == ("mean (SD)", pytest.approx(6.2), pytest.approx(6.09918))
    assert (skewed.kind, skewed.value, skewed.low, skewed.high) == ("median (IQR)", 4.0, 2.0, 8.0)


def test_nobody_and_one_patient():
    """No number, or a mean without a deviation."""
    assert math.isnan(describe_number(np.empty(0), skewed=False).value)
    one = describe_number(np.array([3.0]), skewed=False)
    assert one.value == 3.0
    assert math.isnan(one.low)


def test_shares_are_of_those_with_a_value():
    """Count and percentage; of nobody there is none."""
    assert describe_share(3, 12).low == 25.0
    assert math.isnan(describe_share(0, 0).low)
