from __future__ import annotations

import numpy as np
import pytest

from einthoven.evaluation.statistics.alerts_per_1000 import alerts_per_1000
from fakes.decisions import calls, metric_of_r, sample


def test_interval_is_the_exact_binomial_one():
    """By R's binom.test, five tables."""
    for decision, truth, expected in metric_of_r("alerts_per_1000"):
        found = alerts_per_1000(decision, truth)
        assert (found.value, found.low, found.high) == pytest.approx(expected, rel=1e-10)


def test_alerts_are_weighed():
    """The share of the weight that is called positive."""
    decision, truth, patient, weight = sample()
    found = alerts_per_1000(decision, truth, clusters=patient, weights=weight)
    assert found.value == pytest.approx(1000 * np.average(decision, weights=weight))


def test_no_alert_is_0_with_an_upper_limit():
    """And the truth decides nothing."""
    found = alerts_per_1000(*calls([0, 0, 4, 96]))
    assert found.value == found.low == 0
    assert found.high == pytest.approx(1000 * (1 - 0.025 ** (1 / 100)))
    assert alerts_per_1000([1, 0], [0, 0]) == alerts_per_1000([1, 0], [1, 1])
