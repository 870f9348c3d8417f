from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from einthoven.evaluation.statistics.correlation import pearson_correlation, spearman_correlation

T39 = 2.0226909200367604


@pytest.mark.parametrize(("name", "function"), [("pearson", pearson_correlation), ("spearman", spearman_correlation)])
def test_equals_r(name, function, regression):
    """Value and Fisher's interval, with ties."""
    found = function(regression.predicted, regression.measured)
    assert (found.value, found.low, found.high) == pytest.approx(regression.plain[name], rel=1e-12)


@pytest.mark.parametrize(
    ("name", "function", "tolerance"),
    [("pearson", pearson_correlation, 0.05), ("spearman", spearman_correlation, 0.05)],
)
def test_repeated_patients_have_the_jackknifes_error(name, function, tolerance, regression):
    """The influence of a patient, that on the ranks included, against leaving it out."""
    found = function(regression.predicted, regression.measured, clusters=regression.patient)
    half = (math.atanh(found.high) - math.atanh(found.low)) / 2
    error = half / T39 * (1 - found.value**2)
    assert error == pytest.approx(regression.clustered[f"{name}_error"], rel=tolerance)


def test_weighted_value_is_numpys(regression):
    """By the weighted covariance."""
    found = pearson_correlation(regression.predicted, regression.measured, weights=regression.weight)
    matrix = np.cov(regression.predicted, regression.measured, aweights=regression.weight)
    assert found.value == pytest.approx(matrix[0, 1] / np.sqrt(matrix[0, 0] * matrix[1, 1]), rel=1e-12)


def test_ranks_ignore_the_scale():
    """Any rising transformation leaves Spearman's rho as it is, SciPy's value with ties."""
    rng = np.random.default_rng(0)
    x, y = np.round(rng.normal(size=(2, 60)), 1)
    expected = stats.spearmanr(x, y + x).statistic
    assert spearman_correlation(np.exp(x), y + x).value == pytest.approx(expected, rel=1e-12)


def test_perfect_and_constant():
    """1 and -1 have no width, a constant has no correlation."""
    line = np.arange(6.0)
    for sign in (1.0, -1.0):
        found = pearson_correlation(line, sign * line)
        assert (found.low, found.value, found.high) == pytest.approx((sign, sign, sign))
    assert spearman_correlation(line, np.ones(6)).reason.startswith("one of the two is constant")
