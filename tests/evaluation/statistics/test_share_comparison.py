from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from einthoven.evaluation.statistics import share_comparison
from einthoven.evaluation.statistics.share_comparison import compare_shares

R = json.loads((Path(__file__).parents[2] / "reference" / "baseline.json").read_text(encoding="utf-8"))["shares"]


@pytest.mark.parametrize("name", R)
def test_equals_r(name):
    """chisq.test without correction where all expected counts reach 5, otherwise fisher.test."""
    case = R[name]
    found = compare_shares(np.array(case["table"]))
    exact = case["least"] < 5
    assert found.name.startswith("Fisher's exact" if exact else "chi-square")
    # of the largest table 20,000 are drawn, whose p value has a standard error of 0.0003
    tolerance = {"abs": 0.0015} if "drawn" in found.name else {"rel": 1e-6}
    assert found.p_value == pytest.approx(case["fisher" if exact else "chi_square"], **tolerance)


def test_drawn_tables_agree_with_counted_ones(monkeypatch):
    """And the seed decides which are drawn."""
    table = np.array(R["wide"]["table"])
    counted = compare_shares(table)
    assert counted.name == "Fisher's exact (Freeman-Halton)"
    monkeypatch.setattr(share_comparison, "TABLES", 50)
    few, again, other = (compare_shares(table, seed=seed) for seed in (0, 0, 1))
    assert few.p_value == again.p_value
    assert other.p_value != few.p_value
    assert few.p_value == pytest.approx(counted.p_value, abs=0.3)
    assert "50 tables drawn" in few.name


def test_empty_rows_and_columns_change_nothing():
    """A category that nobody has is none."""
    table = np.array([[3, 1], [1, 3]])
    padded = np.array([[3, 0, 1], [0, 0, 0], [1, 0, 3]])
    assert compare_shares(padded).p_value == compare_shares(table).p_value


def test_one_category_or_group_has_no_test():
    """And says so."""
    for table in ([[3, 4]], [[3], [4]], [[0, 0], [1, 2]], [[0, 0], [0, 0]]):
        found = compare_shares(np.array(table))
        assert math.isnan(found.p_value)
        assert found.name.startswith("no test")
