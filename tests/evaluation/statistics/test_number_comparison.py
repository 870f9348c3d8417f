from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from einthoven.evaluation.statistics.number_comparison import compare_numbers, is_skewed

R = json.loads((Path(__file__).parents[2] / "reference" / "baseline.json").read_text(encoding="utf-8"))
DATA = {name: np.array(values, dtype=float) for name, values in R["data"].items()}


def split(name, groups, records=90):
    """Return a variable of the first records by group."""
    return [DATA[name][:records][DATA["group"][:records] == group] for group in groups]


@pytest.mark.parametrize(
    ("values", "skewed", "expected", "test"),
    [
        (("normal", (0, 1)), False, "welch", "Welch's t"),
        (("skewed", (0, 1)), True, "wilcoxon_ties", "Mann-Whitney"),
        (("distinct", (0, 1), 40), True, "wilcoxon_exact", "Mann-Whitney"),
        (("normal", (0, 1, 2)), False, "oneway", "Welch's ANOVA"),
        (("skewed", (0, 1, 2)), True, "kruskal", "Kruskal-Wallis"),
    ],
)
def test_equals_r(values, skewed, expected, test):
    """t.test, wilcox.test with ties and exact, oneway.test, kruskal.test."""
    found = compare_numbers(split(*values), skewed=skewed)
    assert found.p_value == pytest.approx(R["numbers"][expected], rel=1e-9)
    assert found.name == test


def test_welchs_analysis_of_two_groups_is_his_t_test():
    """F is the square of t."""
    from einthoven.evaluation.statistics.number_comparison import _welch

    groups = split("normal", (0, 1))
    t = compare_numbers(groups, skewed=False)
    f = _welch(groups, "")
    assert (f.statistic, f.p_value) == pytest.approx((t.statistic**2, t.p_value), rel=1e-10)


def test_the_rule_looks_at_the_shape_alone():
    """Exponential values are skewed, normal ones and constants are not."""
    assert is_skewed(DATA["skewed"])
    assert not is_skewed(DATA["normal"])
    assert not is_skewed(np.ones(9))
    assert is_skewed(-DATA["skewed"])


@pytest.mark.parametrize(
    "groups", [[[1.0, 2], [3.0]], [[1.0, 1], [1.0, 1]], [[1.0, 1], [2.0, 3], [4.0, 5]], [[1.0, 2]]]
)
def test_no_test_without_a_spread_is_told(groups):
    """One patient, one value, one group."""
    found = compare_numbers([np.array(group) for group in groups], skewed=False)
    assert math.isnan(found.p_value)
    assert found.name.startswith("no test: ")
