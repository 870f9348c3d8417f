"""When lines and looks are due."""

from __future__ import annotations

import pytest

from einthoven.training.watching.watch_plan import WatchPlan


@pytest.mark.parametrize("total", [1, 7, 49, 100, 10_000])
@pytest.mark.parametrize("every", [0, 3, 10])
def test_the_looks_left_are_those_that_come(total, every):
    plan = WatchPlan(total, 10, every)
    for step in {0, 1, total // 2, total - 1, total}:
        assert plan.looks_left(step) == sum(plan.looks(later) for later in range(step + 1, total + 1))


@pytest.mark.parametrize("total", [500, 1234, 100_000])
def test_about_fifty_looks_are_taken_where_nobody_says_how_many(total):
    assert 50 <= sum(WatchPlan(total, 10).looks(step) for step in range(1, total + 1)) <= 52
