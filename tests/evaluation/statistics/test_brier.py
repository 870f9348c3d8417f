from __future__ import annotations

import numpy as np
import pytest

from einthoven.errors import InvalidScoreError
from einthoven.evaluation.statistics.brier import brier


def test_value_is_the_mean_squared_error(reference):
    """By brute force."""
    assert brier(reference.a, reference.truth).value == pytest.approx(reference.numbers["brier"], abs=1e-15)


def test_interval_is_that_of_a_mean(reference):
    """Z times the standard error; copies of a record add nothing when patients are named."""
    error = (reference.a - reference.truth) ** 2
    half = 1.959963984540054 * error.std(ddof=1) / np.sqrt(error.size)
    one = brier(reference.a, reference.truth)
    assert one.high - one.value == pytest.approx(half, rel=1e-12)
    copied = brier(
        np.repeat(reference.a, 3), np.repeat(reference.truth, 3), clusters=np.repeat(np.arange(error.size), 3)
    )
    assert (copied.low, copied.high) == pytest.approx((one.low, one.high), abs=1e-12)


def test_one_class_is_enough():
    """The mean error needs no negatives."""
    assert brier([0.9, 0.8], [1, 1]).value == pytest.approx(0.025)


def test_a_score_that_is_no_probability_is_refused():
    """Named with its position."""
    with pytest.raises(InvalidScoreError, match=r"got 1\.2 at position 1"):
        brier([0.1, 1.2], [0, 1])
