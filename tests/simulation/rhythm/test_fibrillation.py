"""Intervals in fibrillation are irregular, independent and have the mean asked for."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.simulation.rhythm.fibrillation import fibrillation_intervals, mean_wait, wait


@pytest.mark.parametrize("impulses", [0.5, 1.6, 3.0])
def test_the_wait_has_the_survival_that_its_hazard_says(impulses):
    draws = wait(np.random.default_rng(1).standard_exponential(200_000), impulses=impulses)
    for x in (0.3, 0.8, 1.0, 1.5):
        steps = np.linspace(0, x, 2001)
        hazard = impulses * np.trapezoid(np.minimum(steps, 1), steps)
        assert np.mean(draws > x) == pytest.approx(np.exp(-hazard), abs=0.004)
    assert draws.mean() == pytest.approx(mean_wait(impulses), rel=0.01)


def test_the_mean_interval_is_the_one_asked_for():
    means = [fibrillation_intervals(0.7, n=2000, random=np.random.default_rng(seed)).mean() for seed in range(20)]
    assert np.mean(means) == pytest.approx(0.7, rel=0.01)


def test_intervals_vary_by_a_fifth_and_each_is_independent_of_the_one_before():
    for seed in range(10):
        rr = fibrillation_intervals(0.7, n=5000, random=np.random.default_rng(seed))
        assert 0.08 < rr.std() / rr.mean() < 0.35
        assert abs(np.corrcoef(rr[1:], rr[:-1])[0, 1]) < 0.05
        assert rr.min() > 0.2


def test_the_node_never_conducts_faster_than_it_can():
    assert fibrillation_intervals(0.27, n=2000, random=np.random.default_rng(0)).min() >= 0.22
