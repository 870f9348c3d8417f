from __future__ import annotations

import numpy as np
import pytest

from einthoven.evaluation.statistics.dominance import dominance


@pytest.mark.parametrize(("n", "ranks", "values"), [(1, 1, 1), (2, 2, 2), (17, 5, 4), (64, 64, 64), (100, 33, 200)])
def test_sums_are_those_over_all_pairs(n, ranks, values):
    """With ties in both, uneven weights, and gaps between ranks."""
    rng = np.random.default_rng(n)
    x, y = rng.integers(0, ranks, n), rng.integers(0, values, n).astype(float)
    before, after = rng.uniform(0.1, 3, n), rng.uniform(0.1, 3, n)
    found = dominance(x, y, before_weight=before, after_weight=after)
    for name, ahead, weight in (("before", x[None] < x[:, None], before), ("after", x[None] > x[:, None], after)):
        for side, where in (
            ("below", y[None] < y[:, None]),
            ("level", y[None] == y[:, None]),
            ("above", y[None] > y[:, None]),
        ):
            expected = (ahead & where) @ weight
            np.testing.assert_allclose(getattr(found, f"{name}_{side}"), expected, atol=1e-12)


def test_nothing_is_counted_among_none():
    """No observation, no sum."""
    empty = np.zeros(0)
    assert dominance(empty.astype(int), empty, before_weight=empty, after_weight=empty).before_below.size == 0
