"""Limits on the logit stay within 0 and 1 and hold their share; edges have the exact bound."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from einthoven.evaluation.statistics.logit_interval import logit_interval


@pytest.mark.parametrize("value", [1e-6, 0.02, 0.5, 0.98, 1 - 1e-6])
def test_the_share_lies_inside_however_wide_the_interval(value):
    """Never beyond 0 and 1."""
    for reach in (1e-9, 0.01, 0.5):
        found = logit_interval(value, reach, worth=10)
        assert 0 <= found.low <= value <= found.high <= 1
        assert not found.edge


def test_a_small_reach_is_the_plain_interval():
    """The logit changes nothing to first order."""
    found = logit_interval(0.7, 1e-6, worth=10)
    assert np.array([found.low, found.high]) == pytest.approx([0.7 - 1e-6, 0.7 + 1e-6], abs=1e-10)


@pytest.mark.parametrize("n", [1, 7, 200])
def test_edges_have_the_bound_of_clopper_and_pearson(n):
    """All of n, and none of n."""
    bound = stats.binomtest(n, n).proportion_ci(0.9, "exact").low
    assert logit_interval(1.0, 0.0, worth=n, level=0.9).low == pytest.approx(bound)
    assert logit_interval(0.0, 0.0, worth=n, level=0.9).high == pytest.approx(1 - bound)
    assert "exact bound" in logit_interval(1.0, 0.0, worth=n).edge


def test_a_share_between_the_edges_without_spread_has_no_interval():
    """All that is known is that it is a share."""
    found = logit_interval(0.5, 0.0, worth=4)
    assert (found.low, found.high) == (0.0, 1.0)
    assert "no interval" in found.edge
