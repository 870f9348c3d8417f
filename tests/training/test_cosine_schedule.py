"""The learning rate of each step."""

from __future__ import annotations

import math

import pytest

from einthoven.training.cosine_schedule import cosine_learning_rate


def test_rates_are_those_of_the_formula():
    """Written out here once more, for a hundred steps of which ten rise."""
    for step in range(100):
        if step < 10:
            expected = 0.5 * (step + 1) / 11
        else:
            expected = 0.1 + 0.4 * (0.5 + 0.5 * math.cos(math.pi * (step - 10) / 90))
        rate = cosine_learning_rate(step, total_steps=100, warm_up=0.1, largest=0.5, smallest=0.1)
        assert rate == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("total_steps", [1, 2, 3, 50])
@pytest.mark.parametrize("warm_up", [0.0, 0.05, 0.5, 0.99])
def test_runs_of_any_length_reach_the_largest_rate_once_and_never_stand_still(total_steps, warm_up):
    """The last step moves the weights, too."""
    rates = [
        cosine_learning_rate(step, total_steps=total_steps, warm_up=warm_up, largest=2.0) for step in range(total_steps)
    ]
    assert max(rates) == 2.0
    assert rates.count(2.0) == 1
    assert min(rates) > 0
