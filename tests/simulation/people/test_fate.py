"""How long patients live and stay."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from einthoven.simulation.people.conditions import Conditions
from einthoven.simulation.people.draws import Draws
from einthoven.simulation.people.fate import draw_fate
from fakes.healthy_course import healthy_course


def _course(age, facts=None, **changes):
    course = replace(healthy_course("M", age), conditions=Conditions(facts or {}, {}, "", {}))
    return replace(course, **changes)


def _fates(course, n=1_500):
    draws = Draws(np.random.default_rng(5))
    return [draw_fate(draws, course, days_to_export=3_650.0) for _ in range(n)]


def _dead(fates):
    return np.mean([fate.true_death < 1_826 for fate in fates])


def test_the_old_and_the_sick_die_sooner():
    """Five years: mortality rises with age, LVSD, heart failure and kidney disease."""
    young, old = _dead(_fates(_course(50.0))), _dead(_fates(_course(80.0)))
    sick = _dead(_fates(_course(80.0, {"lvsd": 1.0, "heart_failure": 1.0, "chronic_kidney_disease": 1.0})))
    assert young < 0.06 < old < sick - 0.15


def test_nothing_is_known_after_the_last_contact():
    """A death after it isn't learned of; the export ends all contact."""
    for fate in _fates(_course(75.0, decompensations=(900.0,)), 500):
        assert fate.last_contact <= 3_650.0
        assert fate.death == fate.last_contact or fate.death == float("inf")
        assert fate.mace <= fate.last_contact or fate.mace == float("inf")
        assert fate.true_death >= fate.last_contact


def test_an_admission_for_heart_failure_is_a_mace():
    """Of those who are still there."""
    fates = _fates(_course(40.0, decompensations=(30.0, 60.0)), 300)
    assert np.mean([fate.mace == 30.0 for fate in fates]) > 0.9


def test_one_in_ten_new_infarctions_is_fatal_within_a_month():
    """At an age at which hardly anybody else dies."""
    fates = _fates(_course(40.0, infarcts=((100.0, "anterior", 0.5),)))
    assert 0.06 < np.mean([100 < fate.true_death < 131 for fate in fates]) < 0.15
