from __future__ import annotations

import numpy as np
import pytest

from einthoven.errors import StatisticsError, UnknownNameError
from einthoven.evaluation.statistics.multiplicity import adjusted_p_values
from fakes.compared_scores import compared_scores


@pytest.mark.parametrize("method", ["holm", "benjamini_hochberg"])
def test_adjusted_p_values_equal_those_of_r(method):
    """With ties, a p value of 0 and one that is missing."""
    expected = compared_scores().expected["adjust"]
    given = np.array([np.nan if p is None else p for p in expected["p"]])
    wanted = [np.nan if p is None else p for p in expected[method]]
    assert adjusted_p_values(given, method=method) == pytest.approx(wanted, rel=1e-14, nan_ok=True)


def test_the_order_of_tests_does_not_matter():
    """Each p value keeps its adjusted one."""
    p = np.random.default_rng(0).random(20)
    order = np.random.default_rng(1).permutation(20)
    assert np.array_equal(adjusted_p_values(p)[order], adjusted_p_values(p[order]))


def test_one_p_value_and_none_stay_as_they_are():
    """A family of one needs no correction; neither does the method none."""
    assert adjusted_p_values([0.03]).tolist() == [0.03]
    assert adjusted_p_values([]).size == 0
    assert adjusted_p_values([0.03, 0.5], method="none").tolist() == [0.03, 0.5]
    assert np.isnan(adjusted_p_values([np.nan, np.nan])).all()


def test_wrong_input_is_refused():
    """What is no p value, and a correction that doesn't exist."""
    with pytest.raises(StatisticsError, match=r"\[0, 1\], got 1.2"):
        adjusted_p_values([0.1, 1.2])
    with pytest.raises(StatisticsError, match="one axis"):
        adjusted_p_values([[0.1]])
    with pytest.raises(UnknownNameError, match="holm"):
        adjusted_p_values([0.1], method="hol")
