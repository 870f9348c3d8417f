from __future__ import annotations

import math

import numpy as np
import pytest

from einthoven.errors import InvalidScoreError, OneClassError, SpecificationError
from einthoven.evaluation.statistics.delong_test import delong_test, delong_test_unpaired
from fakes.compared_scores import compared_scores


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


def test_paired_and_unpaired_tests_equal_those_of_r():
    """R's pROC on 240 records with ties: statistic, p, both sides, interval, Welch's degrees of freedom."""
    data = compared_scores()
    expected = data.expected["paired"]
    result = delong_test(data.a, data.b, data.truth)
    assert (result.statistic, result.p_value) == pytest.approx((expected["statistic"], expected["p"]), rel=1e-11)
    assert (result.difference.low, result.difference.high) == pytest.approx(
        (expected["low"], expected["high"]), rel=1e-11
    )
    for side in ("greater", "less"):
        one_sided = delong_test(data.a, data.b, data.truth, alternative=side)
        assert one_sided.p_value == pytest.approx(data.expected[side], rel=1e-11)
    x = data.group == "x"
    unpaired = delong_test_unpaired((data.a[x], data.truth[x]), (data.a[~x], data.truth[~x]))
    expected = data.expected["unpaired"]
    assert (unpaired.statistic, unpaired.p_value) == pytest.approx((expected["statistic"], expected["p"]), rel=1e-11)


def test_the_bootstrap_of_r_says_much_the_same():
    """R's stratified bootstrap with 10,000 resamples: the statistic within 3 %."""
    data = compared_scores()
    expected = data.expected["bootstrap"]["statistic"]
    assert delong_test(data.a, data.b, data.truth).statistic == pytest.approx(expected, rel=0.03)


def test_repeated_patients_of_either_group_make_the_unpaired_test_careful():
    """Copies of records add nothing where patients are named."""
    data = compared_scores()
    x = data.group == "x"
    once = [(data.a[kept], data.truth[kept]) for kept in (x, ~x)]
    often = [tuple(np.repeat(values, 5) for values in sample) for sample in once]
    codes = np.repeat(np.arange(120), 5)
    named = delong_test_unpaired(*often, clusters=(codes, codes + 1000))
    assert named.statistic == pytest.approx(delong_test_unpaired(*once).statistic, rel=1e-10)
    assert abs(delong_test_unpaired(*often).statistic) > 2 * abs(named.statistic)
    assert "clustered by patient" in named.method


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


def test_a_perfect_score_is_tested_against_anything_that_varies():
    """Its own variance is 0, the other's is not; against a constant one there is none."""
    truth = np.repeat([0, 1], 20)
    perfect, other = np.arange(40.0), np.arange(40.0)[np.random.default_rng(0).permutation(40)]
    result = delong_test(perfect, other, truth)
    assert result.p_value < 0.05
    assert result.difference.low > 0
    assert math.isnan(delong_test(perfect, np.ones(40), truth).p_value)
    tied = delong_test(np.zeros(40), np.ones(40), truth)
    assert (tied.difference.value, tied.p_value) == (0.0, 1.0)


def test_order_of_records_does_not_matter(reference):
    """With and without patients."""
    order = np.random.default_rng(0).permutation(reference.truth.size)
    for clusters in (None, reference.patient):
        one = delong_test(reference.a, reference.b, reference.truth, clusters=clusters)
        shuffled = None if clusters is None else clusters[order]
        other = delong_test(reference.a[order], reference.b[order], reference.truth[order], clusters=shuffled)
        assert (other.statistic, other.p_value) == pytest.approx((one.statistic, one.p_value), rel=1e-10)


def test_nan_and_one_class_are_refused():
    """As for the area itself, whichever score it is."""
    with pytest.raises(InvalidScoreError, match="position 1"):
        delong_test([0.1, 0.2, 0.3], [0.1, np.nan, 0.2], [0, 1, 1])
    with pytest.raises(OneClassError):
        delong_test([0.1, 0.2], [0.1, 0.3], [1, 1])
