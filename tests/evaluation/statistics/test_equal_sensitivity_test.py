from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from einthoven.errors import StatisticsError
from einthoven.evaluation.statistics.equal_sensitivity_test import (
    equal_sensitivity_test,
    equal_specificity_test,
    own_cut_offs_test,
)
from einthoven.evaluation.statistics.mcnemar_test import mcnemar_test
from einthoven.evaluation.statistics.specificity_at_sensitivity import (
    sensitivity_at_specificity,
    specificity_at_sensitivity,
)
from fakes.compared_scores import compared_scores


def test_the_difference_is_that_of_both_values():
    """Specificity at one sensitivity, sensitivity at one specificity."""
    data = compared_scores()
    for test, single, name in (
        (equal_sensitivity_test, specificity_at_sensitivity, "sensitivity"),
        (equal_specificity_test, sensitivity_at_specificity, "specificity"),
    ):
        result = test(data.a, data.b, data.truth, **{name: 0.85}, resamples=50)
        values = [single(s, data.truth, **{name: 0.85}).value for s in (data.a, data.b)]
        assert result.difference.value == pytest.approx(values[0] - values[1])
        assert result.difference.events == 88


def test_the_interval_is_near_that_of_r():
    """R's stratified bootstrap of the difference, within 0.03."""
    data = compared_scores()
    expected = data.expected["specificity_at_sensitivity"]
    result = equal_sensitivity_test(data.a, data.b, data.truth, resamples=2000)
    assert result.difference.low == pytest.approx(expected["difference_low"], abs=0.03)
    assert result.difference.high == pytest.approx(expected["difference_high"], abs=0.03)
    assert result.p_value < 0.05


def test_equal_rankings_have_a_p_value_of_one():
    """Each resample chooses the same cut-off for both."""
    data = compared_scores()
    result = equal_sensitivity_test(data.a, 3 * data.a, data.truth, clusters=data.patient, resamples=50)
    assert (result.difference.value, result.statistic, result.p_value) == (0.0, 0.0, 1.0)


def test_a_moved_cut_off_alone_is_no_difference_at_equal_sensitivity():
    """The same score with another cut-off: sensitivity up, specificity down, and nothing between the scores."""
    data = compared_scores()
    moved = own_cut_offs_test(data.a >= 0.3, data.a >= 0.5, data.truth, clusters=data.patient)
    assert moved.sensitivity.difference.value > 0 > moved.specificity.difference.value
    assert moved.specificity.p_value < 0.01


def test_a_perfect_score_against_a_constant_one_keeps_a_width():
    """Resamples don't differ, but 12 negatives are no proof of a specificity of 1."""
    truth = np.repeat([0, 1], 12)
    result = equal_sensitivity_test(np.arange(24), np.ones(24), truth, resamples=100)
    assert result.difference.value == 1.0
    assert result.difference.low < 0.95
    assert 0 < result.p_value < 0.05


def test_p_is_no_smaller_than_the_few_patients_allow():
    """McNemar's of three negatives, and Student's t of four patients who choose the cut-offs."""
    result = equal_sensitivity_test(np.arange(43), np.ones(43), np.arange(43) >= 3, resamples=100)
    assert result.p_value == 0.25
    rng = np.random.default_rng(0)
    truth = np.arange(400) < 4
    a, b = (strength * truth + rng.normal(size=400) for strength in (3.0, 0.5))
    few = equal_sensitivity_test(a, b, truth, resamples=200)
    law = stats.t(3)
    assert few.p_value == pytest.approx(2 * law.sf(abs(few.statistic)))
    assert few.difference.low <= few.difference.value - law.ppf(0.975) * few.difference.value / few.statistic


@pytest.mark.parametrize("clustered", [False, True])
def test_order_of_records_does_not_matter(clustered):
    """The same resamples whatever the order of rows."""
    data = compared_scores()
    order = np.random.default_rng(5).permutation(240)
    clusters, shuffled = (data.patient, data.patient[order]) if clustered else (None, None)
    one = equal_sensitivity_test(data.a, data.b, data.truth, clusters=clusters, resamples=100)
    other = equal_sensitivity_test(data.a[order], data.b[order], data.truth[order], clusters=shuffled, resamples=100)
    assert one == other


def test_weights_count_records_as_often():
    """The difference is that of repeated records."""
    data = compared_scores()
    times = np.random.default_rng(0).integers(1, 4, 240)
    rows = np.repeat(np.arange(240), times)
    weighted = equal_sensitivity_test(
        data.a, data.b, data.truth, weights=times, clusters=data.patient, resamples=100
    ).difference
    repeated = equal_sensitivity_test(
        data.a[rows], data.b[rows], data.truth[rows], clusters=data.patient[rows], resamples=100
    ).difference
    assert weighted.value == pytest.approx(repeated.value)
    assert (weighted.low, weighted.high) == pytest.approx((repeated.low, repeated.high), abs=1e-9)


def test_calls_at_own_cut_offs_are_compared_by_mcnemar():
    """Among positives, among negatives, among all."""
    data = compared_scores()
    a, b = data.a >= 0.4, data.b >= 0.4
    found = own_cut_offs_test(a, b, data.truth, clusters=data.patient)
    positive = data.truth == 1
    assert found.sensitivity == mcnemar_test(a[positive], b[positive], clusters=data.patient[positive])
    assert found.specificity == mcnemar_test(~a[~positive], ~b[~positive], clusters=data.patient[~positive])
    assert found.accuracy == mcnemar_test(a == positive, b == positive, clusters=data.patient)


def test_calls_among_no_positives_are_undefined_with_a_reason():
    """The other two differences stay."""
    found = own_cut_offs_test([1, 0], [0, 0], [0, 0])
    assert math.isnan(found.sensitivity.difference.value)
    assert found.sensitivity.difference.reason
    assert found.specificity.difference.value == -0.5


def test_scores_in_place_of_calls_are_refused():
    """A cut-off has to be applied first."""
    with pytest.raises(StatisticsError, match="0 or 1"):
        own_cut_offs_test([0.3, 0.9], [0, 1], [0, 1])
