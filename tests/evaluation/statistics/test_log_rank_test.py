from __future__ import annotations

import math

import numpy as np
import pytest

from einthoven.errors import OneClassError, StatisticsError
from einthoven.evaluation.statistics.log_rank_test import log_rank_test, log_rank_trend_test
from fakes.survival_reference import survival_reference

R = survival_reference()


def test_statistics_equal_those_of_r():
    """``survdiff``, its trend, and the robust score test of ``coxph`` with cluster."""
    expected = R.numbers["log_rank"]
    assert log_rank_test(R.group, R.time, R.event).statistic == pytest.approx(expected["chisq"], abs=1e-10)
    assert log_rank_trend_test(R.group, R.time, R.event).statistic == pytest.approx(expected["trend"], abs=1e-10)
    robust = log_rank_test(R.group, R.time, R.event, clusters=R.patient)
    assert robust.statistic == pytest.approx(expected["robust"], abs=1e-10)
    assert "clustered by patient" in robust.method


def test_two_groups_have_a_difference_whose_interval_agrees_with_the_p_value():
    """One step towards the log hazard ratio; trend over two groups is the same test."""
    kept = R.group < 2
    group, time, event = R.group[kept], R.time[kept], R.event[kept]
    test, trend = log_rank_test(group, time, event), log_rank_trend_test(group, time, event)
    assert test.p_value == pytest.approx(trend.p_value, abs=1e-14)
    error = (test.difference.high - test.difference.low) / 2 / 1.959963984540054
    assert (test.difference.value / error) ** 2 == pytest.approx(test.statistic, rel=1e-9)
    assert test.difference.value == pytest.approx(trend.difference.value, abs=1e-12)


def test_copies_of_a_patient_tell_nothing():
    """Three copies of each record leave the robust statistic as it is."""
    once = log_rank_trend_test(R.group, R.time, R.event, clusters=np.arange(240)).statistic
    copied = log_rank_trend_test(
        *(np.repeat(v, 3) for v in (R.group, R.time, R.event)), clusters=np.repeat(np.arange(240), 3)
    )
    assert copied.statistic == pytest.approx(once, rel=0.2)


def test_identical_groups_differ_by_nothing():
    """P = 1."""
    test = log_rank_test(np.repeat([0, 1], 240), np.tile(R.time, 2), np.tile(R.event, 2))
    assert test.p_value == pytest.approx(1, abs=1e-7)
    assert test.difference.value == pytest.approx(0, abs=1e-12)


def test_order_and_names_of_groups_do_not_matter():
    """Texts sort as they do."""
    names = np.array(["high", "low", "mid"])[R.group.astype(int)]
    order = np.random.default_rng(0).permutation(240)
    one, other = log_rank_test(names, R.time, R.event), log_rank_test(R.group[order], R.time[order], R.event[order])
    assert one.statistic == pytest.approx(other.statistic, abs=1e-10)


def test_without_events_there_is_no_test():
    """NaN with the reason, for two groups and for trend; a group that is left alone at risk adds nothing."""
    for test in (log_rank_test([0, 1], [1, 2], [0, 0]), log_rank_trend_test([0, 1], [1, 2], [0, 0])):
        assert math.isnan(test.p_value)
        assert "no event" in test.difference.reason


def test_more_groups_have_no_single_difference():
    """The reason says where to look."""
    assert "3 groups" in log_rank_test(R.group, R.time, R.event).difference.reason


def test_wrong_groups_are_refused():
    """One group, or another length."""
    with pytest.raises(OneClassError):
        log_rank_test([1, 1], [1, 2], [1, 1])
    with pytest.raises(StatisticsError, match="each of the 2 records"):
        log_rank_test([1], [1, 2], [1, 1])
