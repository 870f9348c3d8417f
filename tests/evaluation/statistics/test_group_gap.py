from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from einthoven.errors import TooFewObservationsError
from einthoven.evaluation.statistics.group_gap import largest_gap


def drawn(means, errors, resamples=4000, seed=0):
    return np.random.default_rng(seed).normal(means, errors, (resamples, len(means)))


def test_two_groups_have_the_normal_interval_of_their_difference():
    """There is one pair, so nothing was looked for."""
    gap = largest_gap([0.9, 0.7], drawn([0.9, 0.7], [0.03, 0.04], 40000))
    assert gap.value == pytest.approx(0.2)
    assert (gap.low, gap.high) == pytest.approx((0.2 - 1.96 * 0.05, 0.2 + 1.96 * 0.05), abs=0.002)
    assert (gap.highest, gap.lowest) == (0, 1)


def test_of_equal_groups_the_interval_reaches_0_as_often_as_its_level_says():
    """Six groups with the same truth: a percentile interval of the gap never would."""
    rng, held = np.random.default_rng(1), 0
    for _ in range(300):
        point = rng.normal(0.8, 0.02, 6)
        held += largest_gap(point, rng.normal(point, 0.02, (400, 6))).low == 0
    assert held / 300 > 0.93


def test_the_quantile_is_tukeys_for_equal_independent_groups():
    """Studentised range over the square root of 2."""
    gap = largest_gap([0.5, 0.5, 0.5, 0.5], drawn([0.5] * 4, [0.01] * 4, 40000))
    expected = stats.studentized_range.ppf(0.95, 4, np.inf) / np.sqrt(2)
    assert gap.high / (np.sqrt(2) * 0.01) == pytest.approx(expected, rel=0.02)


def test_a_group_that_no_resample_moves_has_the_variance_it_is_given():
    """Sensitivity 1 of few patients is no certainty."""
    replicates = drawn([1.0, 0.8], [0.0, 0.05])
    certain = largest_gap([1.0, 0.8], replicates)
    careful = largest_gap([1.0, 0.8], replicates, least_variance=[0.1**2, 0.0])
    assert careful.low < certain.low
    assert careful.high > certain.high
    still = largest_gap([1.0, 1.0], np.ones((50, 2)))
    assert (still.value, still.low, still.high) == (0, 0, 0)


def test_incomplete_resamples_are_left_out():
    """And too few of them are refused, as is a single group."""
    replicates = drawn([0.9, 0.7], [0.03, 0.04], 100)
    with_nan = np.vstack([replicates, [[np.nan, 0.1]]])
    assert largest_gap([0.9, 0.7], with_nan) == largest_gap([0.9, 0.7], replicates)
    with pytest.raises(TooFewObservationsError, match="got 2 and 19"):
        largest_gap([0.9, 0.7], replicates[:19])
    with pytest.raises(TooFewObservationsError, match="got 1 and 100"):
        largest_gap([0.9], replicates[:, :1])
