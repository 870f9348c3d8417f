"""Sex, age, height and weight."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest

from einthoven.simulation.hospitals import HospitalSettings
from einthoven.simulation.people.demography import draw_demography
from einthoven.simulation.people.draws import Draws


def _people(n=3_000, **settings):
    draws = Draws(np.random.default_rng(7))
    return [draw_demography(draws, HospitalSettings(**settings)) for _ in range(n)]


def test_age_and_sex_are_the_hospitals():
    """Mean, spread and share of men, where the cuts are far."""
    people = _people(age_mean=60.0, age_sd=8.0, male_share=0.3)
    ages = [person.age_years for person in people]
    assert np.mean(ages) == pytest.approx(60.0, abs=0.6)
    assert np.std(ages) == pytest.approx(8.0, abs=0.4)
    assert np.mean([person.sex == "M" for person in people]) == pytest.approx(0.3, abs=0.04)


def test_ages_stay_within_their_bounds_also_when_these_are_narrow():
    """A hospital for the old."""
    ages = [person.age_years for person in _people(500, age_min=80.0, age_max=85.0, age_mean=81.0, age_sd=30.0)]
    assert min(ages) >= 80.0
    assert max(ages) < 85.0


def test_a_rank_fixes_the_age():
    """The median is the mean of a distribution that is cut symmetrically; other ranks are those of the normal one."""
    hospital = HospitalSettings(age_mean=60.0, age_sd=5.0, age_min=20.0, age_max=100.0)
    draws = Draws(np.random.default_rng(8))
    assert draw_demography(draws, hospital, rank=0.5).age_years == pytest.approx(60.0, abs=1e-6)
    expected = NormalDist(60.0, 5.0).inv_cdf(0.9)
    assert draw_demography(draws, hospital, rank=0.9).age_years == pytest.approx(expected, abs=1e-6)


def test_men_are_taller_and_nobody_is_without_weight():
    """Means of height differ by about 13 cm; body mass index stays within its bounds."""
    people = _people()
    men, women = ([person.height_cm for person in people if person.sex == sex] for sex in "MF")
    assert np.mean(men) - np.mean(women) == pytest.approx(13.0, abs=1.0)
    index = [person.weight_kg / (person.height_cm / 100) ** 2 for person in people]
    assert min(index) > 14.9
    assert max(index) < 48.2
