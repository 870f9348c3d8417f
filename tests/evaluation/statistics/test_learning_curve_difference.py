from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from einthoven.errors import StatisticsError
from einthoven.evaluation.statistics.learning_curve import learning_curve, learning_curve_of_areas
from einthoven.evaluation.statistics.learning_curve_difference import learning_curve_difference


def scores_of(rng, truth, *, draws=6, strength=1.0):
    """Return scores that share a part of each patient's noise between draws."""
    shared = rng.normal(size=truth.shape)
    return strength * truth + shared + 0.5 * rng.normal(size=(draws, 1, *truth.shape))


def test_areas_alone_give_the_paired_t_test():
    """Without scores the interval and p value are those of a paired t test over draws."""
    rng = np.random.default_rng(0)
    a, b = rng.uniform(0.6, 0.9, (8, 2)), rng.uniform(0.6, 0.9, (8, 2))
    found = learning_curve_difference(*(learning_curve_of_areas(x, sizes=[64, 128]) for x in (a, b)))
    for size, test in enumerate(found):
        expected = stats.ttest_rel(a[:, size], b[:, size])
        interval = expected.confidence_interval(0.95)
        assert test.p_value == pytest.approx(expected.pvalue)
        assert (test.difference.low, test.difference.high) == pytest.approx((interval.low, interval.high))
        assert "draws alone" in test.method


def test_test_patients_widen_the_interval():
    """An interval over draws and patients is wider than one over draws alone, about the same value."""
    rng = np.random.default_rng(1)
    truth = (rng.random((80, 1)) < 0.4).astype(float)
    a, b = (learning_curve(scores_of(rng, truth), truth, sizes=[64], resamples=0) for _ in range(2))
    both = learning_curve_difference(a, b)[0].difference
    alone = (learning_curve_of_areas(curve.area, sizes=[64]) for curve in (a, b))
    draws = learning_curve_difference(*alone)[0].difference
    assert both.value == pytest.approx(draws.value)
    assert both.high - both.low > 1.2 * (draws.high - draws.low)
    assert "draws and test patients" in both.method


def test_exchanged_arms_change_the_sign():
    """``a - b`` is minus ``b - a``, interval and all."""
    a = learning_curve_of_areas([[0.8], [0.7], [0.9]], sizes=[64])
    b = learning_curve_of_areas([[0.7], [0.65], [0.6]], sizes=[64])
    forth, back = learning_curve_difference(a, b)[0], learning_curve_difference(b, a)[0]
    assert forth.difference.low == pytest.approx(-back.difference.high)
    assert forth.p_value == pytest.approx(back.p_value)


def test_an_arm_beside_itself_differs_by_nothing():
    """No spread and no difference: p is 1."""
    a = learning_curve_of_areas([[0.8], [0.7]], sizes=[64])
    test = learning_curve_difference(a, a)[0]
    assert (test.difference.value, test.difference.low, test.difference.high, test.p_value) == (0, 0, 0, 1)


def test_curves_that_are_no_pair_are_refused():
    """Other sizes, other draws, or scores for one of them alone."""
    a = learning_curve_of_areas([[0.8, 0.9], [0.7, 0.8]], sizes=[64, 128])
    with pytest.raises(StatisticsError, match=r"same sizes, got \[64, 128\] and \[64, 256\]"):
        learning_curve_difference(a, learning_curve_of_areas(a.area, sizes=[64, 256]))
    with pytest.raises(StatisticsError, match="same draws, got 2 and 1"):
        learning_curve_difference(a, learning_curve_of_areas(a.area[:1], sizes=[64, 128]))
    truth = np.array([[0.0], [1.0], [0.0], [1.0]])
    tested = learning_curve(np.zeros((2, 2, 4, 1)) + truth, truth, sizes=[64, 128], resamples=2)
    with pytest.raises(StatisticsError, match="same test patients"):
        learning_curve_difference(a, tested)
