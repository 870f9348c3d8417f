"""The heart on the day of an ECG."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from einthoven.simulation.people.course import Own
from einthoven.simulation.people.draws import Draws
from einthoven.simulation.people.state import fibrillation_probability, state_on
from einthoven.simulation.people.visits import Episode
from fakes.healthy_course import healthy_course

VISIT = Episode(0.0, "outpatient", "", "check-up", (0.0,))
HEALTHY = healthy_course("M", 60.0)


def _states(course, n=400, *, day=0.0, lvef=62.0, visit=VISIT):
    draws = Draws(np.random.default_rng(2))
    return [state_on(draws, course, visit, day=day, lvef=lvef, age_years=60.0, sex="M") for _ in range(n)]


def _mean(states, name):
    return np.mean([getattr(state, name) for state in states])


def test_a_healthy_heart_is_in_sinus_rhythm_with_normal_intervals():
    """Nobody has what the course doesn't hold."""
    states = _states(HEALTHY)
    assert {state.rhythm for state in states} == {"sinus"}
    assert {state.conduction for state in states} == {"normal"}
    assert _mean(states, "heart_rate_bpm") == pytest.approx(69, abs=1.5)
    assert _mean(states, "pr_ms") == pytest.approx(169, abs=2)
    assert _mean(states, "potassium_mmol_l") == pytest.approx(4.2, abs=0.05)
    assert max(state.lvh for state in states) == 0.0


def test_conditions_show_from_their_day_on():
    """An LBBB that begins later isn't there yet."""
    course = replace(HEALTHY, began={"left_bundle_branch_block": 100.0})
    assert {state.conduction for state in _states(course, 20, day=99.0)} == {"normal"}
    assert {state.conduction for state in _states(course, 20, day=101.0)} == {"lbbb"}


def test_preexcitation_and_right_bundle_with_front_fascicle_have_their_names():
    """Two blocks make one pattern; what hides the other comes first."""
    both = replace(HEALTHY, began={"right_bundle_branch_block": -9.0, "left_anterior_block": -9.0})
    hidden = replace(HEALTHY, began={"preexcitation": -9.0, "left_bundle_branch_block": -9.0})
    assert {state.conduction for state in _states(both, 20)} == {"rbbb_lafb"}
    assert {state.conduction for state in _states(hidden, 20)} == {"wpw"}
    assert _mean(_states(hidden, 20), "pr_ms") < 120


def test_an_infarct_ages_with_the_ecg():
    """An ECG on the day shows an acute one, one before it shows none."""
    course = replace(HEALTHY, infarcts=((50.0, "inferior", 0.4),))
    assert all(state.infarcts == () for state in _states(course, 5, day=49.0))
    (infarct,) = _states(course, 1, day=50.5)[0].infarcts
    assert (infarct.territory, infarct.size) == ("inferior", 0.4)
    assert infarct.age_days == pytest.approx(0.5)


def test_paroxysmal_af_comes_and_goes_and_persistent_af_stays():
    """Found on the ECG for which it was the reason."""
    paroxysmal = replace(HEALTHY, began={"atrial_fibrillation": -300.0})
    persistent = replace(paroxysmal, persistent_from=-100.0)
    assert 0 < fibrillation_probability(paroxysmal, day=0.0) < 0.5
    assert fibrillation_probability(paroxysmal, day=0.0, event="atrial_fibrillation") > 0.7
    assert fibrillation_probability(persistent, day=0.0) == 1.0
    assert fibrillation_probability(HEALTHY, day=0.0) == 0.0
    assert {state.rhythm for state in _states(persistent, 20)} == {"fibrillation"}


def test_a_weak_heart_beats_faster_and_beta_blockers_slow_it():
    """Rate follows the LVEF of the day and the drugs of the day."""
    weak = _mean(_states(HEALTHY, lvef=25.0), "heart_rate_bpm")
    assert weak > _mean(_states(HEALTHY), "heart_rate_bpm") + 5
    slowed = replace(HEALTHY, treated={"beta_blocker": -10.0})
    assert _mean(_states(slowed, lvef=25.0), "heart_rate_bpm") < weak - 4


def test_kidney_disease_raises_potassium_and_diuretics_lower_it():
    """Means differ by what the parameters say."""
    kidney = replace(HEALTHY, began={"chronic_kidney_disease": -9.0})
    diuretic = replace(HEALTHY, treated={"thiazide": -9.0})
    assert _mean(_states(kidney), "potassium_mmol_l") > 4.35
    assert _mean(_states(diuretic), "potassium_mmol_l") < 4.05


def test_a_long_pr_interval_is_a_block_of_the_first_degree():
    """Above 200 ms and only there, in sinus rhythm."""
    slow = replace(HEALTHY, own=Own(0.9, 0.0, 2.0, *(0.0 for _ in range(7))))
    for state in _states(slow, 100):
        if state.av_block in {"none", "first"}:
            assert (state.av_block == "first") == (state.pr_ms > 200)
