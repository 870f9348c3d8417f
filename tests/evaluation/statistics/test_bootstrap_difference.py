from __future__ import annotations

import numpy as np
import pytest

from einthoven.errors import OneClassError
from einthoven.evaluation.statistics.auroc import auroc
from einthoven.evaluation.statistics.bootstrap_difference import bootstrap_difference
from fakes.compared_scores import compared_scores


def brier(score, truth, weight=None):
    return float(np.average((score - truth) ** 2, weights=weight))


def test_the_interval_is_near_that_of_r():
    """boot.ci's BCa of the difference of two Brier scores with 10,000 resamples, within a twentieth of its width."""
    data = compared_scores()
    expected = data.expected["bca"]
    result = bootstrap_difference(brier, data.a, data.b, data.truth, resamples=3000)
    assert result.difference.value == pytest.approx(expected["value"], rel=1e-12)
    interval = (result.difference.low, result.difference.high)
    assert interval == pytest.approx((expected["low"], expected["high"]), abs=0.0025)
    assert "BCa" in result.method


def test_equal_scores_have_a_p_value_of_one():
    """Every resample gives a difference of 0."""
    data = compared_scores()
    result = bootstrap_difference(brier, data.a, data.a, data.truth, resamples=50)
    assert (result.difference.value, result.difference.low, result.difference.high) == (0.0, 0.0, 0.0)
    assert (result.p_value, result.statistic) == (1.0, 0.0)


@pytest.mark.parametrize("clustered", [False, True])
def test_order_of_records_does_not_matter(clustered):
    """The same resamples whatever the order of rows."""
    data = compared_scores()
    order = np.random.default_rng(5).permutation(240)
    clusters, shuffled = (data.patient, data.patient[order]) if clustered else (None, None)
    one = bootstrap_difference(brier, data.a, data.b, data.truth, clusters=clusters, resamples=60)
    other = bootstrap_difference(
        brier, data.a[order], data.b[order], data.truth[order], clusters=shuffled, resamples=60
    )
    assert one == other


def test_repeated_patients_are_drawn_whole():
    """Copies of records add nothing."""
    data = compared_scores()
    one, other = (
        bootstrap_difference(brier, data.a[rows], data.b[rows], data.truth[rows], resamples=100, clusters=rows)
        for rows in (np.repeat(np.arange(240), copies) for copies in (2, 5))
    )
    assert other.difference.low == pytest.approx(one.difference.low)
    assert other.p_value == pytest.approx(one.p_value)


def test_weights_reach_the_statistic():
    """As its third argument, in the order of the drawn records."""
    data = compared_scores()
    times = np.random.default_rng(0).integers(1, 4, 240)
    rows = np.repeat(np.arange(240), times)
    weighted = bootstrap_difference(
        brier, data.a, data.b, data.truth, weights=times, clusters=data.patient, resamples=60
    )
    repeated = bootstrap_difference(
        brier, data.a[rows], data.b[rows], data.truth[rows], clusters=data.patient[rows], resamples=60
    )
    assert weighted.difference.value == pytest.approx(repeated.difference.value)
    assert weighted.difference.low == pytest.approx(repeated.difference.low)


def test_resamples_in_which_the_statistic_is_not_defined_are_left_out():
    """With two positives some resamples have none; the method counts them."""
    rng = np.random.default_rng(0)
    truth = np.arange(30) < 2
    a, b = rng.normal(size=30) + truth, rng.normal(size=30)

    def area(score, outcome):
        return auroc(score, outcome).value

    result = bootstrap_difference(area, a, b, truth, resamples=100)
    assert result.difference.value == pytest.approx(area(a, truth) - area(b, truth))
    assert result.difference.low < result.difference.value < result.difference.high
    with pytest.raises(OneClassError):
        bootstrap_difference(area, a, b, np.zeros(30), resamples=10)
