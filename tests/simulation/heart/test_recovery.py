"""When each place recovers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from einthoven.simulation.clinical_state import ClinicalState
from einthoven.simulation.heart.recovery import course, fall
from einthoven.simulation.heart.remodelling import remodelled
from einthoven.simulation.heart.traits import HeartTraits, parameters_of, trait_space

AVERAGE = parameters_of(HeartTraits(np.zeros(len(trait_space().names))))
HEALTHY = remodelled(AVERAGE, ClinicalState(age_years=60, sex="M")).regional


def test_the_fall_is_slow_before_and_fast_behind():
    steepness = fall(AVERAGE, n=1024, stretch=1.0)
    assert steepness.sum() == pytest.approx(1)
    assert steepness.argmax() in (0, 1023)
    assert steepness[-80] > 1.5 * steepness[80]


def test_what_is_activated_later_recovers_later_but_less_so():
    early = course(AVERAGE, HEALTHY, np.zeros(418), rate_factor=1.0)
    late = course(AVERAGE, HEALTHY, np.full(418, 50.0), rate_factor=1.0)
    gained = late.recovered_ms - early.recovered_ms
    assert gained == pytest.approx(np.full(418, 50 * (1 - AVERAGE.coupling)))


def test_action_potentials_are_longer_at_a_slow_rate():
    slow = course(AVERAGE, HEALTHY, np.zeros(418), rate_factor=1.1)
    fast = course(AVERAGE, HEALTHY, np.zeros(418), rate_factor=0.9)
    assert (slow.recovered_ms - fast.recovered_ms) == pytest.approx(np.full(418, 0.2 * AVERAGE.apd))


def test_the_swing_never_turns_round():
    strange = replace(AVERAGE, amplitude=np.full(15, -3.0))
    assert course(strange, HEALTHY, np.zeros(418), rate_factor=1.0).swing.min() > 0
