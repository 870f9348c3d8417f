"""Random numbers of one patient."""

from __future__ import annotations

import math

import numpy as np
import pytest

from einthoven.simulation.people.draws import Draws, draws_of


def _draws(seed=1):
    return Draws(np.random.default_rng(seed))


def test_the_stream_depends_on_seed_site_number_and_purpose_alone():
    """Each of the four changes the numbers; the same four give the same."""
    first = draws_of(7, site="A", number=3, purpose=1).uniform()
    others = [
        draws_of(8, site="A", number=3, purpose=1).uniform(),
        draws_of(7, site="B", number=3, purpose=1).uniform(),
        draws_of(7, site="A", number=4, purpose=1).uniform(),
        draws_of(7, site="A", number=3, purpose=2).uniform(),
    ]
    assert draws_of(7, site="A", number=3, purpose=1).uniform() == first
    assert len({first, *others}) == 5


def test_moments_are_those_of_the_distributions():
    """Mean and spread of many numbers fit."""
    draws = _draws()
    normal = [draws.normal(5, 2) for _ in range(20_000)]
    waits = [draws.exponential(3) for _ in range(20_000)]
    assert np.mean(normal) == pytest.approx(5, abs=0.06)
    assert np.std(normal) == pytest.approx(2, abs=0.05)
    assert np.mean(waits) == pytest.approx(3, abs=0.1)
    assert draws.exponential(math.inf) == math.inf


def test_a_truncated_normal_stays_within_its_bounds():
    """Also where the bounds lie far from the mean."""
    draws = _draws()
    assert all(1 <= draws.truncated_normal(0, 1, low=1, high=2) <= 2 for _ in range(500))
    assert draws.truncated_normal(0, 1, low=50, high=60) == 50


def test_one_of_chooses_as_often_as_the_weights_say():
    """Weights need not sum to 1; 0 is never chosen."""
    draws = _draws()
    chosen = [draws.one_of((2.0, 0.0, 6.0)) for _ in range(8_000)]
    assert chosen.count(1) == 0
    assert chosen.count(0) / 8_000 == pytest.approx(0.25, abs=0.02)
