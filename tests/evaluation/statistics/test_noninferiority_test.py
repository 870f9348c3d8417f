from __future__ import annotations

import math

import pytest
from scipy import stats

from einthoven.errors import SpecificationError
from einthoven.evaluation.statistics.noninferiority_test import noninferiority_test
from fakes.compared_scores import compared_scores


def test_z_is_shifted_by_the_margin():
    """From pROC's z and interval of the difference."""
    data, margin = compared_scores(), 0.02
    paired = data.expected["paired"]
    error = (paired["high"] - paired["low"]) / 2 / stats.norm.ppf(0.975)
    difference = (paired["high"] + paired["low"]) / 2
    result = noninferiority_test(data.b, data.a, data.truth, margin=margin)
    assert result.statistic == pytest.approx((margin - difference) / error)
    assert result.p_value == pytest.approx(stats.norm.sf((margin - difference) / error))
    assert (result.difference.low, result.difference.high) == pytest.approx((-paired["high"], -paired["low"]))


@pytest.mark.parametrize("clustered", [False, True])
def test_p_is_significant_exactly_where_the_interval_excludes_the_margin(clustered):
    """Half of one less the level, one-sided, at a margin on the interval's limit."""
    data = compared_scores()
    clusters = data.patient if clustered else None
    limit = -noninferiority_test(data.b, data.a, data.truth, margin=0.1, clusters=clusters).difference.low
    for margin, significant in ((limit * 0.999, False), (limit * 1.001, True)):
        result = noninferiority_test(data.b, data.a, data.truth, margin=margin, clusters=clusters)
        assert (result.p_value < 0.025) == significant
    assert "one-sided: p < 0.025" in result.method


def test_equal_rankings_have_a_difference_but_no_p_value():
    """Nothing varies, and the reason says so."""
    data = compared_scores()
    result = noninferiority_test(data.a, 2 * data.a, data.truth, margin=0.05)
    assert (result.difference.low, result.difference.value) == (0.0, 0.0)
    assert math.isnan(result.p_value)
    assert "rank these records alike" in result.difference.reason


def test_a_margin_of_zero_is_refused():
    """That would be a test of superiority."""
    with pytest.raises(SpecificationError, match="greater than 0, got 0"):
        noninferiority_test([0.1, 0.2], [0.1, 0.2], [0, 1], margin=0)
