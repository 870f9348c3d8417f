from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from einthoven.errors import StatisticsError, TooFewObservationsError
from einthoven.evaluation.statistics.heterogeneity_test import heterogeneity_test

VALUES = np.array([0.9, 0.8, 0.85, 0.7])


def test_two_groups_are_the_square_of_their_z():
    """With covariance, too."""
    test = heterogeneity_test([0.9, 0.8], [[4e-4, 1e-4], [1e-4, 9e-4]])
    z = 0.1 / np.sqrt(4e-4 + 9e-4 - 2e-4)
    assert test.chi_square == pytest.approx(z**2)
    assert test.p_value == pytest.approx(2 * stats.norm.sf(z))


def test_independent_groups_are_cochrans_q():
    """Weighted squares around the weighted mean."""
    variance = np.array([4e-4, 9e-4, 1e-4, 25e-4])
    mean = np.average(VALUES, weights=1 / variance)
    test = heterogeneity_test(VALUES, np.diag(variance))
    assert test.chi_square == pytest.approx(np.sum((VALUES - mean) ** 2 / variance))
    assert test.p_value == pytest.approx(stats.chi2.sf(test.chi_square, 3))


def test_the_order_of_groups_does_not_matter():
    """No group is the reference."""
    root = np.random.default_rng(0).normal(size=(4, 4)) * 0.02
    matrix, order = root @ root.T, [2, 0, 3, 1]
    one, other = heterogeneity_test(VALUES, matrix), heterogeneity_test(VALUES[order], matrix[np.ix_(order, order)])
    assert other.chi_square == pytest.approx(one.chi_square, rel=1e-9)


def test_equal_values_have_p_1():
    """Exactly."""
    assert heterogeneity_test([0.8, 0.8, 0.8], np.eye(3) * 1e-4).p_value == 1


def test_what_has_no_test_is_refused():
    """One group, no variance, NaN, shapes that don't fit."""
    with pytest.raises(TooFewObservationsError, match="at least 2 groups"):
        heterogeneity_test([0.8], [[1e-4]])
    with pytest.raises(TooFewObservationsError, match="no variance"):
        heterogeneity_test([0.8, 0.9], np.zeros((2, 2)))
    with pytest.raises(StatisticsError, match="finite"):
        heterogeneity_test([0.8, np.nan], np.eye(2))
    with pytest.raises(StatisticsError, match="must be"):
        heterogeneity_test([0.8, 0.9], np.eye(3))
