from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from einthoven.errors import StatisticsError
from einthoven.evaluation.statistics.mcnemar_test import mcnemar_test


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


def test_copies_of_records_add_nothing_when_patients_are_named():
    """The variance over patients ignores copies."""
    a, b = answers(40, 12, 4, 20)
    once = mcnemar_test(np.repeat(a, 2), np.repeat(b, 2), clusters=np.repeat(np.arange(76), 2))
    often = mcnemar_test(np.repeat(a, 9), np.repeat(b, 9), clusters=np.repeat(np.arange(76), 9))
    assert (once.p_value, once.difference.low) == pytest.approx((often.p_value, often.difference.low))
    assert once.p_value == pytest.approx(2 * stats.norm.sf(8 / math.sqrt(76 / 75 * (16 - 64 / 76))))
    assert "clustered by patient" in once.method


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
