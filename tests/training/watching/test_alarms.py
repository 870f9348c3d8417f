"""Alarms come once, stay known, and don't come where nothing is wrong."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from einthoven.training.watching.alarms import Alarms
from einthoven.training.watching.spread import Spread, spread

HEALTHY = Spread(effective_rank=60.0, normalised_deviation=0.4, dead_share=0.02)


def _see(alarms, step, **changes):
    return alarms.see_spread(step, dataclasses.replace(HEALTHY, **changes), width=192)


@pytest.mark.parametrize(
    ("change", "name", "words"),
    [
        ({"effective_rank": 1.2}, "effective_rank", "1.2 of 192 directions"),
        ({"effective_rank": 5.0}, "effective_rank", "the highest so far were 60.0"),
        ({"normalised_deviation": 0.001}, "normalised_deviation", "point the same way"),
        ({"dead_share": 0.5}, "dead_dimensions", "50% of 192 dimensions"),
    ],
)
def test_each_kind_of_collapse_raises_its_alarm(change, name, words):
    alarms = Alarms(total_steps=9)
    assert _see(alarms, 10) == []
    (sentence,) = _see(alarms, 20, **change)
    assert words in sentence
    assert sentence.startswith("step 20: ")
    assert alarms.active == (name,)


def test_collapsed_and_half_collapsed_embeddings_alarm_and_healthy_ones_do_not():
    generator = np.random.default_rng(0)
    healthy = generator.standard_normal((300, 32)) + 1
    half = healthy.copy()
    half[:, ::2] = 3
    collapsed = np.ones((300, 32)) + 1e-7 * healthy
    found = {}
    for name, embeddings in {"healthy": healthy, "half": half, "collapsed": collapsed}.items():
        alarms = Alarms(total_steps=9)
        alarms.see_spread(5, spread(embeddings), width=32)
        found[name] = alarms.active
    assert found == {
        "healthy": (),
        "half": ("dead_dimensions",),
        "collapsed": ("dead_dimensions", "effective_rank", "normalised_deviation"),
    }


def test_the_first_tenth_of_the_steps_raises_no_alarm_of_collapse():
    """Random weights may put all embeddings next to each other."""
    alarms = Alarms(total_steps=1000)
    assert _see(alarms, 0, effective_rank=1.2, normalised_deviation=0.003) == []
    assert _see(alarms, 99, effective_rank=1.2, normalised_deviation=0.003) == []
    assert alarms.active == ()
    assert len(_see(alarms, 100, effective_rank=1.2, normalised_deviation=0.003)) == 2


def test_an_alarm_is_told_once_goes_off_and_is_told_again():
    alarms = Alarms(total_steps=9)
    told = [bool(_see(alarms, step, dead_share=share)) for step, share in enumerate((0.1, 0.5, 0.6, 0.1, 0.5), start=1)]
    assert told == [False, True, False, False, True]
    (alarm,) = alarms.raised
    assert (alarm.first_step, alarm.last_step) == (2, 5)


def test_a_gradient_far_above_the_usual_alarms():
    alarms = Alarms(total_steps=9)
    for step in range(1, 21):
        assert alarms.see_gradient(step, 1.0 + 0.1 * (step % 3)) == []
    (sentence,) = alarms.see_gradient(21, 50.0)
    assert "norm is 50 where 1.1 is usual" in sentence
    assert alarms.active == ("gradient_norm",)
    assert alarms.see_gradient(22, 1.0) == []
    assert alarms.active == ()


def test_the_first_gradients_have_nothing_to_be_compared_with():
    alarms = Alarms(total_steps=9)
    assert [alarms.see_gradient(step, norm) for step, norm in ((1, 0.01), (2, 100.0))] == [[], []]


def test_a_restored_state_goes_on_in_the_same_way():
    first, second = Alarms(total_steps=9), Alarms(total_steps=9)
    for step in range(1, 15):
        first.see_gradient(step, 1.0)
    _see(first, 14, dead_share=0.5)
    second.load_state_dict(first.state_dict())
    for alarms in (first, second):
        alarms.see_gradient(15, 30.0)
        _see(alarms, 15, effective_rank=1.0)
    assert first.raised == second.raised
    assert first.active == second.active
    assert len(first.raised) == 3
