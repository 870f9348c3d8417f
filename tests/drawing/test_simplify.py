"""Simplification leaves out what a pen would not show, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.drawing.simplify import simplify


@pytest.mark.parametrize("seed", range(5))
def test_every_sample_stays_within_the_tolerance_of_the_line(seed):
    rng = np.random.default_rng(seed)
    x, y = np.arange(2000) / 500, np.cumsum(rng.normal(size=2000))
    kept_x, kept_y = simplify(x, y, tolerance=0.5)
    assert kept_x.size < x.size
    assert np.abs(np.interp(x, kept_x, kept_y) - y).max() <= 0.5 + 1e-9


def test_gaps_stay_gaps():
    y = np.sin(np.arange(100.0) / 5)
    y[40:50] = np.nan
    kept_x, kept_y = simplify(np.arange(100.0), y, tolerance=0.01)
    assert np.isnan(kept_y[(kept_x >= 40) & (kept_x < 50)]).all()
    assert {39.0, 50.0} <= set(kept_x)


def test_a_straight_line_keeps_its_ends():
    kept_x, _ = simplify(np.arange(50.0), np.arange(50.0), tolerance=0.01)
    assert kept_x.tolist() == [0.0, 49.0]
