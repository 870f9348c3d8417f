"""Visits and their ECGs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from einthoven.simulation.hospitals import HospitalSettings
from einthoven.simulation.people.draws import Draws
from einthoven.simulation.people.visits import draw_episodes
from fakes.healthy_course import healthy_course

COURSE = healthy_course("F", 60.0)


def _visits(course, n=600, *, last_day=2_000.0, **settings):
    draws = Draws(np.random.default_rng(9))
    return [draw_episodes(draws, course, HospitalSettings(**settings), last_day=last_day) for _ in range(n)]


def test_the_first_ecg_is_on_day_0_and_all_are_in_order_up_to_the_last_contact():
    """A stay ends before the next visit begins."""
    for episodes in _visits(COURSE, 200, last_day=700.0):
        days = [day for episode in episodes for day in episode.ecg_days]
        assert days[0] == 0.0
        assert days == sorted(days)
        assert days[-1] <= 700.0


def test_a_new_infarction_brings_most_to_the_hospital_within_days():
    """Admitted for chest pain, with several ECGs."""
    course = replace(COURSE, infarcts=((500.0, "anterior", 0.5),))
    acute = [episode for episodes in _visits(course) for episode in episodes if episode.event == "infarction"]
    assert 0.65 * 600 < len(acute) < 0.85 * 600
    assert {episode.setting for episode in acute} == {"inpatient"}
    assert {episode.reason for episode in acute} == {"chest pain"}
    assert np.median([episode.day for episode in acute]) - 500.0 < 1.0
    assert np.mean([len(episode.ecg_days) for episode in acute]) > 1.5


def test_an_infarction_of_these_days_is_the_reason_for_the_first_ecg():
    """And leads to no second visit of its own."""
    course = replace(COURSE, infarcts=((-0.5, "inferior", 0.4),), began={"infarction": -0.5})
    for episodes in _visits(course, 50):
        assert (episodes[0].event, episodes[0].setting) == ("infarction", "inpatient")
        assert all(episode.event == "" for episode in episodes[1:])


def test_a_hospital_that_sees_its_patients_more_often_says_so():
    """Twice the rate, about twice the later visits."""
    later = [sum(len(episodes) - 1 for episodes in _visits(COURSE, return_factor=factor)) for factor in (1.0, 2.0)]
    assert 1.4 < later[1] / later[0] < 2.6
