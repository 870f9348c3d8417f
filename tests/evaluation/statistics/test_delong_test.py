from __future__ import annotations

import math

import numpy as np
import pytest

from einthoven.errors import SpecificationError
from einthoven.evaluation.statistics.delong_test import delong_test, delong_test_unpaired


@pytest.mark.real_data
def test_paired_test_equals_pROC(haemorrhage):  # noqa: N802 - the package's own spelling
    """Z, p and the interval of the difference, to all printed digits."""
    for pair, expected in haemorrhage.expected["roc_test_delong_paired_two_sided"].items():
        a, b = (haemorrhage.scores[name] for name in pair.split(","))
        result = delong_test(a, b, haemorrhage.truth)
        assert result.statistic == pytest.approx(expected["Z"], rel=1e-13)
        assert result.p_value == pytest.approx(expected["p"], rel=1e-12)
        interval = (result.difference.low, result.difference.high)
        assert interval == pytest.approx(tuple(expected["conf_int_diff"]), rel=1e-13)


@pytest.mark.real_data
def test_unpaired_test_equals_pROC(haemorrhage):  # noqa: N802 - the package's own spelling
    """D and p from Student's t with Welch's degrees of freedom."""
    for pair, expected in haemorrhage.expected["roc_test_delong_unpaired_two_sided"].items():
        a, b = ((haemorrhage.scores[name], haemorrhage.truth) for name in pair.split(","))
        result = delong_test_unpaired(a, b)
        assert result.statistic == pytest.approx(expected["D"], rel=1e-13)
        assert result.p_value == pytest.approx(expected["p"], rel=1e-12)


@pytest.mark.real_data
def test_one_sided_tests_equal_pROC(haemorrhage):  # noqa: N802 - the package's own spelling
    """Both one-sided p values."""
    expected = haemorrhage.expected["roc_test_delong_paired_one_sided_wfns_vs_s100b"]
    for side in ("greater", "less"):
        result = delong_test(
            haemorrhage.scores["wfns"], haemorrhage.scores["s100b"], haemorrhage.truth, alternative=side
        )
        assert result.p_value == pytest.approx(expected[f"{side}_p"], rel=1e-13)


def test_z_follows_from_the_covariance_by_brute_force(reference):
    """The statistic is the difference over its standard error, with and without repeated patients."""
    a, b = reference.numbers["auroc"]
    for key, clusters in (("delong_covariance", None), ("clustered_covariance", reference.patient)):
        c = np.array(reference.numbers[key])
        expected = (a - b) / math.sqrt(c[0, 0] + c[1, 1] - 2 * c[0, 1])
        result = delong_test(reference.a, reference.b, reference.truth, clusters=clusters)
        assert result.statistic == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("transform", [lambda s: s, np.exp, lambda s: 3 * s - 1])
def test_scores_that_rank_alike_do_not_differ(reference, transform):
    """Statistic 0 and p = 1, not 0 or NaN."""
    result = delong_test(reference.a, transform(reference.a), reference.truth)
    assert (result.statistic, result.p_value) == (0.0, 1.0)
    assert (result.difference.low, result.difference.value, result.difference.high) == (0.0, 0.0, 0.0)


def test_a_difference_without_variance_has_no_p_value():
    """A perfect score against a reversed one: the variance is 0, and a p value of 0 would be a lie."""
    result = delong_test([1, 2, 3, 4], [4, 3, 2, 1], [0, 0, 1, 1])
    assert math.isnan(result.p_value)
    assert result.difference.reason is not None
    assert result.difference.value == 1.0


def test_swapping_the_scores_changes_the_sign_alone(reference):
    """A - b and b - a agree."""
    one = delong_test(reference.a, reference.b, reference.truth)
    other = delong_test(reference.b, reference.a, reference.truth)
    assert other.statistic == pytest.approx(-one.statistic)
    assert other.p_value == pytest.approx(one.p_value)


def test_an_unknown_alternative_is_refused(reference):
    """The message says what is accepted."""
    with pytest.raises(SpecificationError, match="two-sided"):
        delong_test(reference.a, reference.b, reference.truth, alternative="smaller")
