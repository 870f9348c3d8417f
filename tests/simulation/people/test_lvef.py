"""Courses of the LVEF."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.simulation.people.conditions import Conditions
from einthoven.simulation.people.demography import Demography
from einthoven.simulation.people.dials import Dials
from einthoven.simulation.people.draws import Draws
from einthoven.simulation.people.lvef import Change, LvefCourse, draw_lvef_course, fluctuate, later_changes

MAN = Demography(sex="M", age_years=60.0, height_cm=172.0, weight_kg=70.0)


def _draws(seed=1):
    return Draws(np.random.default_rng(seed))


def _courses(cause, onsets, n=300):
    draws = _draws()
    facts = {"lvsd": 1.0} if cause else {}
    conditions = Conditions(facts | MAN.facts, onsets, cause, {})
    return [draw_lvef_course(draws, MAN, conditions, dials=Dials()) for _ in range(n)]


def test_a_change_sets_in_on_its_day_and_is_two_thirds_done_after_its_time():
    """1 - 1/e of the step, by hand."""
    change = Change(day=10.0, size=-20.0, days=30.0)
    assert change.at(9.9) == 0.0
    assert change.at(40.0) == pytest.approx(-20.0 * (1 - np.exp(-1)))
    assert change.at(1e6) == pytest.approx(-20.0)


def test_a_course_stays_within_what_echoes_report():
    """No LVEF below 8 or above 80 %."""
    course = LvefCourse(60.0, (Change(0.0, -200.0, 1.0), Change(100.0, 900.0, 1.0)), "made up")
    assert (course.at(50.0), course.at(300.0)) == (8.0, 80.0)


@pytest.mark.parametrize(
    ("cause", "onsets"),
    [
        ("ischaemic", {"lvsd": -900.0, "infarction": -800.0}),
        ("ischaemic", {"lvsd": -900.0, "infarction": -0.1}),
        ("ischaemic", {"lvsd": -900.0}),
        ("dilated", {"lvsd": -12.0}),
        ("dilated", {"lvsd": -20_000.0}),
        ("tachycardia", {"lvsd": -60.0}),
        ("valve_disease", {"lvsd": -1000.0}),
    ],
)
def test_lvsd_is_there_at_the_first_ecg_whatever_its_cause(cause, onsets):
    """What was drawn for day 0 is what the course gives on day 0."""
    levels = [course.at(0.0) for course in _courses(cause, onsets)]
    assert max(levels) <= 40.2
    assert 25 < np.mean(levels) < 36


def test_a_heart_without_lvsd_is_above_40():
    """Healthy or mildly reduced."""
    levels = [course.at(0.0) for course in _courses("", {})]
    assert min(levels) > 40


def test_an_infarction_of_these_days_recovers_in_part():
    """Stunned myocardium comes back within months; that of an old infarction doesn't."""
    new = _courses("ischaemic", {"lvsd": -900.0, "infarction": -0.5})
    old = _courses("ischaemic", {"lvsd": -900.0, "infarction": -800.0})
    assert np.mean([course.at(300.0) - course.at(0.0) for course in new]) > 5
    assert np.mean([course.at(300.0) - course.at(0.0) for course in old]) == pytest.approx(0.0, abs=0.01)


def test_a_heart_weakened_by_tachycardia_recovers_more_than_a_dilated_one():
    """Rate control undoes most of it within months."""
    gains = {
        cause: np.mean([course.at(500.0) - course.at(0.0) for course in _courses(cause, {"lvsd": -300.0})])
        for cause in ("tachycardia", "dilated")
    }
    assert gains["tachycardia"] > gains["dilated"] + 2


def test_new_disease_lowers_the_lvef_from_its_day_on():
    """Before it the course is the same."""
    course = LvefCourse(62.0, (), "healthy")
    sick = later_changes(_draws(), course, {"cardiomyopathy": 100.0})
    assert sick.at(99.0) == course.at(99.0)
    assert sick.at(450.0) < course.at(450.0) - 2
    assert sick.name == "healthy then cardiomyopathy"


def test_the_fluctuation_returns_to_the_patients_own_course():
    """Days apart two LVEFs differ little, years apart by sqrt(2) of the spread; on average they are the course."""
    draws, course = _draws(), LvefCourse(60.0, (), "healthy")
    near = [fluctuate(course, (0.0, 1.0), draws=draws) for _ in range(2_000)]
    far = [fluctuate(course, (0.0, 2_000.0), draws=draws) for _ in range(2_000)]
    assert np.mean(near) == pytest.approx(60.0, abs=0.2)
    assert np.std(np.diff(near)) < 0.5
    assert np.std(np.diff(far)) == pytest.approx(2.2 * np.sqrt(2), rel=0.06)
