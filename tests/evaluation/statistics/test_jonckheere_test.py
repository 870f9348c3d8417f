from __future__ import annotations

import numpy as np
import pytest

from einthoven.errors import InvalidScoreError, OneClassError, StatisticsError
from einthoven.evaluation.statistics.auroc import auroc
from einthoven.evaluation.statistics.jonckheere_test import jonckheere_test
from fakes.survival_reference import survival_reference

R = survival_reference()


def test_statistic_equals_that_of_r():
    """``cor.test(method = "kendall")``, with ties in both."""
    test = jonckheere_test(R.score, R.severity)
    assert test.statistic == pytest.approx(R.numbers["trends"]["kendall_z"], abs=1e-10)
    assert test.p_value == pytest.approx(R.numbers["trends"]["kendall_p"], rel=1e-9)


def test_with_two_grades_somers_d_is_twice_the_area_less_one():
    """The area under the ROC curve of the higher grade."""
    truth = R.severity > 1
    assert jonckheere_test(R.score, truth).difference.value == pytest.approx(2 * auroc(R.score, truth).value - 1)


def test_error_is_that_of_leaving_patients_out():
    """By the jackknife over patients."""
    found = jonckheere_test(R.score, R.severity, clusters=R.patient)
    left = [
        jonckheere_test(R.score[k], R.severity[k]).difference.value
        for k in (R.patient != p for p in np.unique(R.patient))
    ]
    error = np.sqrt(np.sum((np.array(left) - np.mean(left)) ** 2))
    assert found.difference.value / found.statistic == pytest.approx(error, rel=0.02)
    assert found.difference.low < found.difference.value < found.difference.high


def test_perfect_and_absent_order_have_intervals():
    """All pairs agree, or all scores are one."""
    test = jonckheere_test(np.arange(20.0), np.arange(20) // 5)
    assert (test.difference.value, test.difference.high) == (1.0, 1.0)
    assert test.difference.low == pytest.approx(2 * 0.025**0.1 - 1)
    patients = np.arange(20) // 2
    copied = jonckheere_test(np.arange(20.0), np.arange(20) // 5, clusters=patients)
    assert copied.statistic == pytest.approx(test.statistic / np.sqrt(2))
    tied = jonckheere_test(np.ones(20), np.arange(20) // 5)
    assert (tied.difference.value, tied.p_value, tied.statistic) == (0.0, 1.0, 0.0)


def test_wrong_input_is_refused():
    """One grade, NaN in either."""
    with pytest.raises(OneClassError):
        jonckheere_test([1.0, 2.0], [3, 3])
    with pytest.raises(InvalidScoreError):
        jonckheere_test([1.0, np.nan], [2, 3])
    with pytest.raises(StatisticsError, match="severity must be finite"):
        jonckheere_test([1.0, 2.0], [np.nan, 3])
