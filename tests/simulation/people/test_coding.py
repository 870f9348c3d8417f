"""Codes of diagnosis."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from einthoven.simulation.people.coding import draw_codes
from einthoven.simulation.people.draws import Draws
from einthoven.simulation.people.visits import Episode
from fakes.healthy_course import healthy_course

COURSE = healthy_course("F", 70.0)
VISITS = [Episode(day, "outpatient", "", "check-up", (day,)) for day in (0.0, 400.0)]


def _codes(course, visits, n=1_500, *, last_day=3_000.0):
    draws = Draws(np.random.default_rng(6))
    return [{code: day for day, code in draw_codes(draws, course, visits, last_day=last_day)} for _ in range(n)]


def test_heart_failure_is_coded_in_three_of_four_at_one_visit_and_later_in_more():
    """Sensitivity of one visit; what is missed at the first may be coded at the next."""
    failing = replace(COURSE, began={"heart_failure": -100.0})
    once, twice = (
        np.mean([any(code.startswith("I50") for code in codes) for codes in _codes(failing, VISITS[:n])])
        for n in (1, 2)
    )
    assert 0.7 < once < 0.8
    assert 0.9 < twice < 0.97


def test_a_disease_is_not_coded_before_it_begins():
    """At the visits after its onset, with a delay."""
    later = replace(COURSE, began={"diabetes": 200.0})
    days = [day for codes in _codes(later, VISITS) for code, day in codes.items() if code.startswith(("E11", "E14"))]
    assert len(days) > 1_000
    assert min(days) >= 400.0
    assert np.mean(days) > 405.0


def test_a_few_codes_are_wrong():
    """One in a hundred patients without hypertension has its code."""
    wrong = np.mean([any(code.startswith(("I10", "I11")) for code in codes) for codes in _codes(COURSE, VISITS)])
    assert 0.003 < wrong < 0.025


def test_nothing_is_coded_after_the_last_contact():
    """The delay may pass it."""
    failing = replace(COURSE, began={"heart_failure": -100.0, "diabetes": -900.0})
    assert all(day <= 5.0 for codes in _codes(failing, VISITS[:1], last_day=5.0) for day in codes.values())
