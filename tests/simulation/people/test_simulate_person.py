"""Whole patients of simulated hospitals."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise

import numpy as np
import pytest

from einthoven.simulation.hospitals import preset
from einthoven.simulation.people.simulate_person import simulate_person

PEOPLE = 1_500
WINDOW = timedelta(days=14)


@lru_cache(maxsize=8)
def _people(name, n=PEOPLE, seed=11):
    return [simulate_person(preset(name), number, seed=seed) for number in range(n)]


def _pairs(person):
    """Return the echoes within 14 days of an ECG, in the order of time."""
    return [echo for echo in person.echoes if any(abs(echo.time - ecg.time) <= WINDOW for ecg in person.ecgs)]


def _lvsd_shares(people):
    """Return the share of measured LVSD at first and at later pairs, and the numbers of pairs."""
    pairs = [_pairs(person) for person in people]
    first = [echoes[0].measured["lvef"] <= 40 for echoes in pairs if echoes]
    later = [echo.measured["lvef"] <= 40 for echoes in pairs for echo in echoes[1:]]
    return np.mean(first), np.mean(later), len(first), len(later)


def _odds_ratio(people, shown):
    """Return the odds ratio of LVSD and a finding on the first ECG, with 1/2 added to each cell."""
    counts = Counter((person.truth["lvef_first"] <= 40, shown(person.ecgs[0].state)) for person in people)
    a, b, c, d = (counts[cell] + 0.5 for cell in ((True, True), (True, False), (False, True), (False, False)))
    return a * d / (b * c)


def _shows_af(state):
    return state.rhythm != "sinus"


def _shows_lbbb(state):
    return state.conduction == "lbbb"


def test_the_same_seed_gives_the_same_person_in_any_order():
    """Nothing is carried from one patient to the next."""
    hospital = preset("B")
    forward = [simulate_person(hospital, number, seed=5) for number in range(20)]
    backward = [simulate_person(hospital, number, seed=5) for number in reversed(range(20))]
    assert forward == backward[::-1]
    assert simulate_person(hospital, 3, seed=6) != forward[3]


@pytest.mark.parametrize("name", ["A", "no_memory"])
def test_prevalences_are_those_of_the_hospital(name):
    """Within four standard errors and the pilot's 5 % of the prevalence."""
    hospital, people = preset(name), _people(name)
    states = [person.ecgs[0].state for person in people]
    lvsd, _, n_pairs, _ = _lvsd_shares(people)
    for share, target, n in (
        (np.mean([_shows_af(state) for state in states]), hospital.af_prevalence, len(people)),
        (np.mean([_shows_lbbb(state) for state in states]), hospital.lbbb_prevalence, len(people)),
        (np.mean([bool(person.echoes) for person in people]), hospital.echo_share, len(people)),
        (lvsd, hospital.lvsd_prevalence, n_pairs),
    ):
        assert share == pytest.approx(target, abs=4 * np.sqrt(target * (1 - target) / n) + 0.05 * target)


def test_af_and_lbbb_are_commoner_with_lvsd_but_exist_without():
    """As in hospitals; both at odds ratios of the literature."""
    people = _people("A")
    assert 2 < _odds_ratio(people, _shows_af) < 20
    assert 4 < _odds_ratio(people, _shows_lbbb) < 60
    without = [person for person in people if person.truth["lvef_first"] > 50]
    assert sum(_shows_af(person.ecgs[0].state) for person in without) > 25
    assert sum(_shows_lbbb(person.ecgs[0].state) for person in without) > 2


def _consecutive(people):
    """Return measured LVEFs of an echo and of the one before it."""
    series = [[echo.measured["lvef"] for echo in person.echoes] for person in people]
    return np.array([pair for lvefs in series for pair in pairwise(lvefs)])


def test_lvef_remembers_but_in_the_hospital_without_memory():
    """Two echoes of a patient agree; without memory, and with shuffled reports, they don't."""
    assert np.corrcoef(_consecutive(_people("A")).T)[0, 1] > 0.55
    assert abs(np.corrcoef(_consecutive(_people("no_memory")).T)[0, 1]) < 0.3
    assert abs(np.corrcoef(_consecutive(_people("shuffled")).T)[0, 1]) < 0.3


def test_reports_tell_of_the_patient_but_in_the_hospital_with_shuffled_reports():
    """The measured LVEF follows the true one of the day."""
    for name, related in (("A", True), ("no_memory", True), ("shuffled", False)):
        echoes = [echo for person in _people(name) for echo in person.echoes]
        correlation = np.corrcoef([echo.lvef for echo in echoes], [echo.measured["lvef"] for echo in echoes])[0, 1]
        assert (correlation > 0.6) if related else (abs(correlation) < 0.15), name


def test_who_is_examined_has_lvsd_more_often():
    """Verification bias, whose truth is kept."""
    people = _people("A")
    low = {
        examined: np.mean([person.truth["lvef_first"] <= 40 for person in people if bool(person.echoes) is examined])
        for examined in (True, False)
    }
    assert low[True] > 3 * low[False]
    assert np.mean([person.truth["lvef_first"] <= 40 for person in people]) < low[True]
    assert all(0 < person.truth["echo_probability"] < 1 for person in people)


def test_lvsd_is_commoner_at_follow_up():
    """Who has it is examined again: as in hospital B of the study that the preset is made after."""
    first, later, _, n_later = _lvsd_shares([*_people("A"), *_people("B")])
    assert n_later > 80
    assert later > 1.2 * first


@pytest.mark.parametrize("name", ["A", "no_memory"])
def test_nothing_is_recorded_after_death_or_the_last_contact(name):
    """And the last contact is not after the export."""
    hospital = preset(name)
    for person in _people(name)[:1_000]:
        last = person.last_contact
        assert last <= datetime.combine(hospital.end, time.max)
        moments = [*(ecg.time for ecg in person.ecgs), *(echo.time for echo in person.echoes)]
        moments += [moment for moment in (person.death, person.mace) if moment is not None]
        assert max(moments) <= last
        assert person.death is None or person.death == last
        assert all(diagnosis.date <= last.date() for diagnosis in person.diagnoses)
        assert [ecg.time for ecg in person.ecgs] == sorted(ecg.time for ecg in person.ecgs)
        assert [echo.time for echo in person.echoes] == sorted(echo.time for echo in person.echoes)


def test_age_on_an_ecg_is_that_of_the_birth_date():
    """To a few days; within the hospital's bounds on the first ECG."""
    hospital = preset("A")
    for person in _people("A")[:500]:
        for ecg in person.ecgs:
            assert ecg.state.age_years == pytest.approx((ecg.time.date() - person.birth_date).days / 365.25, abs=0.02)
            assert ecg.state.sex == person.sex
        assert hospital.age_min <= person.ecgs[0].state.age_years <= hospital.age_max


def test_ids_are_unique_within_a_hospital():
    """Patients, ECGs and reports."""
    people = _people("A")
    records = [ecg.record_id for person in people for ecg in person.ecgs]
    reports = [echo.report_id for person in people for echo in person.echoes]
    assert len(set(records)) == len(records)
    assert len(set(reports)) == len(reports)
    assert len({person.patient_id for person in people}) == len(people)


def test_patients_come_once_or_twice_and_a_few_often():
    """Half of them have one ECG, some ten and more, as in a hospital's archive."""
    counts = np.array([len(person.ecgs) for person in _people("A")])
    assert counts.min() == 1
    assert 0.35 < (counts == 1).mean() < 0.65
    assert 0.002 < (counts >= 10).mean() < 0.08
    assert 1.8 < counts.mean() < 3.0


def test_a_control_has_the_patients_of_a_but_for_what_it_takes_away():
    """Traits of ECGs are no part of a person: without them the people are the same."""
    for a, traitless in zip(_people("A")[:200], _people("no_traits", 200), strict=True):
        assert a == traitless
