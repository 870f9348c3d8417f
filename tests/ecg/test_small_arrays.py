"""Median, quantile and peak of small arrays against NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from einthoven.ecg.small_arrays import between_samples, middle, quantile, ramp, within

FAST = settings(deadline=None, max_examples=60)


@FAST
@given(values=arrays(np.float64, st.tuples(st.integers(1, 14), st.integers(1, 3)), elements=st.floats(-1e6, 1e6)))
def test_the_middle_is_the_median_of_numpy(values):
    assert middle(values) == pytest.approx(np.median(values, axis=0), rel=1e-12)


@FAST
@given(values=arrays(np.float64, st.integers(1, 15), elements=st.floats(-1e6, 1e6)), share=st.floats(0, 1))
def test_the_quantile_is_that_of_numpy(values, share):
    assert quantile(values, share) == pytest.approx(np.quantile(values, share), rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("top", [10.0, 10.3, 9.6])
def test_the_top_of_a_parabola_is_found_between_samples(top):
    heights = 7 - 2 * (np.arange(20) - top) ** 2
    assert between_samples(heights, int(heights.argmax())) == pytest.approx(top)


@pytest.mark.parametrize(
    ("heights", "highest"), [([3.0, 2, 1], 0), ([1.0, 2, 3], 2), ([2.0, 2, 2], 1), ([1.0, 2, 9], 1)]
)
def test_where_there_is_no_top_the_sample_stays(heights, highest):
    assert between_samples(np.array(heights), highest) == highest


@FAST
@given(values=arrays(np.float64, st.integers(1, 15), elements=st.floats(-1e6, 1e6)), low=st.floats(-10, 0))
def test_values_within_limits_are_those_of_numpy(values, low):
    assert within(values, low, 3.0) == pytest.approx(np.clip(values, low, 3.0))


@pytest.mark.parametrize("n", [1, 2, 7])
def test_a_ramp_is_that_of_numpy_and_can_not_be_changed(n):
    assert ramp(n) == pytest.approx(np.linspace(0, 1, n))
    assert not ramp(n).flags.writeable
