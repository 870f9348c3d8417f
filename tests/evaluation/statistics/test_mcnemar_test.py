from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from einthoven.errors import StatisticsError
from einthoven.evaluation.statistics.mcnemar_test import mcnemar_test
from fakes.compared_scores import compared_scores


def answers(both, only_a, only_b, neither):
    """Return two readers' hits from the four cells."""
    a = [1] * both + [1] * only_a + [0] * only_b + [0] * neither
    b = [1] * both + [0] * only_a + [1] * only_b + [0] * neither
    return np.array(a), np.array(b)


def test_p_value_is_the_exact_binomial_one_of_disagreements():
    """Agreements don't count."""
    for agreements in (0, 50):
        result = mcnemar_test(*answers(agreements, 12, 3, agreements))
        assert result.p_value == pytest.approx(stats.binomtest(12, 15).pvalue)
        assert result.difference.value == pytest.approx(9 / (15 + 2 * agreements))


def test_interval_is_walds_with_half_a_record_in_each_cell():
    """Agresti and Min's formula, from the four cells."""
    result = mcnemar_test(*answers(794, 150, 86, 570))
    shares = np.array([794, 150, 86, 570]) + 0.5
    n = shares.sum()
    difference = (shares[1] - shares[2]) / n
    error = math.sqrt((shares[1] + shares[2]) / n - difference**2) / math.sqrt(n)
    limits = (difference - 1.959963984540054 * error, difference + 1.959963984540054 * error)
    assert (result.difference.low, result.difference.high) == pytest.approx(limits, rel=1e-12)


def test_readers_that_never_disagree_do_not_differ():
    """P = 1, statistic 0, and an interval that still has a width."""
    result = mcnemar_test(*answers(10, 0, 0, 5))
    assert (result.statistic, result.p_value, result.difference.value) == (0.0, 1.0, 0.0)
    assert result.difference.low < 0 < result.difference.high


def test_numbers_equal_those_of_r():
    """binom.test's exact p value, and McNemar's chi-squared as the square of the statistic."""
    data = compared_scores()
    expected, positive = data.expected["mcnemar"], data.truth == 1
    result = mcnemar_test((data.a >= 0.4)[positive], (data.b >= 0.4)[positive])
    assert result.p_value == pytest.approx(expected["exact"], rel=1e-12)
    assert result.statistic**2 == pytest.approx(expected["chi_squared"], rel=1e-12)


def test_copies_of_records_add_nothing_when_patients_are_named():
    """Neither to p nor to the interval: both are those of the patients."""
    a, b = answers(40, 12, 4, 20)
    single = mcnemar_test(a, b)
    for copies in (2, 9):
        often = mcnemar_test(np.repeat(a, copies), np.repeat(b, copies), clusters=np.repeat(np.arange(76), copies))
        assert (often.p_value, often.statistic) == pytest.approx((single.p_value, single.statistic))
        assert (often.difference.low, often.difference.high) == pytest.approx(
            (single.difference.low, single.difference.high)
        )
        assert "clustered by patient" in often.method


def test_p_of_repeated_patients_is_the_share_of_changes_of_sign():
    """All signs of ten patients' net answers, by hand."""
    rng = np.random.default_rng(2)
    patient = rng.integers(0, 10, 40)
    a, b = (rng.random(40) < share for share in (0.7, 0.4))
    net = np.bincount(patient, a.astype(float) - b, 10)
    sums = [np.dot(signs, np.abs(net)) for signs in itertools.product([-1, 1], repeat=10)]
    expected = min(1.0, 2 * np.mean(np.array(sums) >= abs(net.sum())))
    result = mcnemar_test(a, b, clusters=patient)
    assert result.p_value == pytest.approx(expected)
    assert result.statistic == pytest.approx(net.sum() / math.sqrt((net**2).sum()))


def test_patients_of_one_record_are_no_clusters():
    """To the last digit."""
    a, b = answers(40, 12, 4, 20)
    assert mcnemar_test(a, b, clusters=np.arange(76)[::-1]) == mcnemar_test(a, b)


def test_very_many_disagreements_are_tested_by_the_normal_law():
    """Which is the same there, to four digits."""
    many, fewer = (mcnemar_test(*answers(0, one, other, 0)) for one, other in ((10_150, 10_000), (9_800, 9_652)))
    assert "exact" not in many.method
    assert "exact" in fewer.method
    assert many.p_value == pytest.approx(stats.binomtest(10_150, 20_150).pvalue, rel=1e-4)
    assert fewer.p_value == pytest.approx(stats.binomtest(9_800, 19_452).pvalue, rel=1e-9)


def test_weights_count_records_as_often():
    """The difference and its interval are those of repeated records of a patient."""
    a, b = answers(40, 12, 4, 20)
    times = np.random.default_rng(0).integers(1, 4, 76)
    rows = np.repeat(np.arange(76), times)
    weighted = mcnemar_test(a, b, weights=times)
    repeated = mcnemar_test(a[rows], b[rows], clusters=rows)
    assert weighted.difference.value == pytest.approx(repeated.difference.value)
    assert weighted.difference.low == pytest.approx(repeated.difference.low)
    assert weighted.statistic == pytest.approx(repeated.statistic)
    assert mcnemar_test(a, b, weights=np.full(76, 2.5)) == mcnemar_test(a, b)


def test_no_record_is_a_result_with_a_reason():
    """As for shares."""
    result = mcnemar_test([], [])
    assert math.isnan(result.p_value)
    assert result.difference.reason == "there is no record"


def test_malformed_answers_are_refused():
    """Scores, and readers of different records."""
    with pytest.raises(StatisticsError, match="0 or 1"):
        mcnemar_test([0.3, 1], [0, 1])
    with pytest.raises(StatisticsError, match="same records, got 2 and 1"):
        mcnemar_test([0, 1], [0])
