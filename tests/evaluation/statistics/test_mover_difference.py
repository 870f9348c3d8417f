from __future__ import annotations

import numpy as np
import pytest

from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.mover_difference import mover_difference
from einthoven.evaluation.statistics.proportion import proportion


def share(k, n, level=0.95):
    return proportion(np.arange(n) < k, method="wilson", level=level)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [  # Newcombe 1998, table II, method 10
        ((56, 70, 48, 80), (0.0524, 0.3339)),
        ((9, 10, 3, 10), (0.1705, 0.8090)),
        ((6, 7, 2, 7), (0.0582, 0.8062)),
        ((5, 56, 0, 29), (-0.0381, 0.1926)),
        ((0, 10, 0, 20), (-0.1611, 0.2775)),
        ((10, 10, 0, 20), (0.6791, 1.0000)),
    ],
)
def test_of_two_wilson_intervals_it_is_newcombes_published_interval(counts, expected):
    """His examples, to all four printed digits."""
    a, b, c, d = counts
    test = mover_difference(share(a, b), share(c, d), clusters=b + d)
    assert (test.difference.low, test.difference.high) == pytest.approx(expected, abs=6e-5)


def test_the_p_value_agrees_with_the_interval():
    """Below 5 % exactly where the 95 % interval leaves out 0; both ways round."""
    for k in range(5, 16):
        test = mover_difference(share(k, 20), share(5, 20), clusters=40)
        outside = test.difference.low > 0 or test.difference.high < 0
        assert (test.p_value < 0.05) == outside
        back = mover_difference(share(5, 20), share(k, 20), clusters=40)
        assert back.p_value == pytest.approx(test.p_value)


def test_equal_estimates_have_p_1():
    """Also without any width."""
    assert mover_difference(share(3, 9), share(3, 9), clusters=18).p_value == 1
    point = Estimate(1.0, 1.0, 1.0, 5, 5, 5, "none")
    assert mover_difference(point, point, clusters=10).p_value == 1
