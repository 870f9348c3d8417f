"""When each place recovers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from einthoven.simulation.clinical_state import ClinicalState
from einthoven.simulation.heart.recovery import fall, lost_early, recovered, swing
from einthoven.simulation.heart.remodelling import remodelled
from einthoven.simulation.heart.traits import HeartTraits, parameters_of, trait_space

AVERAGE = parameters_of(HeartTraits(np.zeros(len(trait_space().names))))
HEALTHY = remodelled(AVERAGE, ClinicalState(age_years=60, sex="M")).regional


def test_the_fall_is_slow_before_and_fast_behind():
    steepness = fall(AVERAGE, n=1024, step_ms=1.0, stretch=1.0)
    assert steepness.sum() == pytest.approx(1)
    assert steepness.argmax() in (0, 1023)
    assert steepness[-80] > 1.5 * steepness[80]


def test_the_fall_is_the_same_in_longer_steps():
    fine, coarse = (fall(AVERAGE, n=1024 // step, step_ms=step, stretch=1.2) for step in (1, 2))
    assert coarse == pytest.approx(2 * fine[::2], rel=0.01, abs=1e-9)


def test_what_is_activated_later_recovers_later_but_less_so():
    early, late = (recovered(AVERAGE, HEALTHY, np.full(418, at), rate_factor=1.0) for at in (0.0, 50.0))
    assert late - early == pytest.approx(np.full(418, 50 * (1 - AVERAGE.coupling)))


def test_action_potentials_are_longer_at_a_slow_rate():
    slow, fast = (recovered(AVERAGE, HEALTHY, np.zeros(418), rate_factor=factor) for factor in (1.1, 0.9))
    assert slow - fast == pytest.approx(np.full(418, 0.2 * AVERAGE.apd))


def test_the_swing_never_turns_round():
    strange = replace(AVERAGE, amplitude=np.full(15, -3.0))
    assert swing(strange, HEALTHY).min() > 0


def test_only_the_outer_layer_has_a_personal_early_loss():
    person = replace(AVERAGE, early_recovery=np.array([0.1, 0.0, 0.0, 0.0]))
    loss = lost_early(person, HEALTHY)
    assert loss[160:320] == pytest.approx(np.full(160, 0.1))
    assert (loss[:160] == 0).all()
    assert (loss[320:] == 0).all()
