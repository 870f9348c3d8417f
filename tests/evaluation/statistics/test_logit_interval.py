"""Limits on the logit stay within 0 and 1 and hold their share; edges have the exact bound."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from einthoven.evaluation.statistics.logit_interval import edge_of_share, logit_interval

EDGE = edge_of_share(50, 100)


@pytest.mark.parametrize("value", [1e-6, 0.02, 0.5, 0.98, 1 - 1e-6])
def test_the_share_lies_inside_however_wide_the_interval(value):
    """Never beyond 0 and 1."""
    for reach in (1e-9, 0.01, 0.5):
        found = logit_interval(value, reach, EDGE)
        assert 0 <= found.low <= value <= found.high <= 1
        assert not found.edge


def test_a_small_reach_is_the_plain_interval():
    """The logit changes nothing to first order."""
    found = logit_interval(0.7, 1e-6, EDGE)
    assert np.array([found.low, found.high]) == pytest.approx([0.7 - 1e-6, 0.7 + 1e-6], abs=1e-10)


@pytest.mark.parametrize("n", [1, 7, 200])
def test_edges_bound_the_part_that_counts_against_the_share(n):
    """None of n on the other side: Clopper and Pearson's upper bound of that part, at what each stands for."""
    part = stats.binomtest(0, n).proportion_ci(0.9, "exact").high
    found = edge_of_share(30, n, weight=4, level=0.9)
    assert found.low == pytest.approx(30 / (30 + 4 * n * part))
    assert found.high == 1.0
    assert "exact bound" in found.edge


def test_a_share_of_nothing_mirrors_a_share_of_all():
    """And where nobody on the other side was verified, nothing is known."""
    all_of, none_of = (logit_interval(value, 0.0, EDGE) for value in (1.0, 0.0))
    assert (none_of.low, none_of.high) == pytest.approx((1 - all_of.high, 1 - all_of.low))
    assert edge_of_share(30, 0).low == 0.0


def test_a_share_between_the_edges_without_spread_has_no_interval():
    """All that is known is that it is a share."""
    found = logit_interval(0.5, 0.0, EDGE)
    assert (found.low, found.high) == (0.0, 1.0)
    assert "no interval" in found.edge
