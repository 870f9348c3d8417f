"""Echocardiograms: when, and what they measure."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.simulation.clinical_state import ClinicalState
from einthoven.simulation.hospitals import HospitalSettings
from einthoven.simulation.people.dials import Dials
from einthoven.simulation.people.draws import Draws
from einthoven.simulation.people.echo import echo_days, lvsd_probability, measure, measured_lvef
from einthoven.simulation.people.visits import Episode


def _draws():
    return Draws(np.random.default_rng(4))


def _of(*shares):
    return HospitalSettings(echo_methods=shares)


def test_the_eye_reads_in_steps_and_errs_more_than_simpson():
    """Both are right on average."""
    draws = _draws()
    simpson = np.array([measured_lvef(draws, 47.0, _of(1.0, 0.0, 0.0))[0] for _ in range(4_000)])
    visual = np.array([measured_lvef(draws, 47.0, _of(0.0, 0.0, 1.0))[0] for _ in range(4_000)])
    assert set(visual % 5) == {0.0}
    assert simpson.mean() == pytest.approx(47.0, abs=0.3)
    assert visual.mean() == pytest.approx(47.0, abs=0.4)
    assert simpson.std() == pytest.approx(4.5, abs=0.3)
    assert visual.std() > simpson.std()


@pytest.mark.parametrize("lvef", [30.0, 40.0, 43.0, 50.0])
def test_the_probability_of_reading_lvsd_is_how_often_it_is_read(lvef):
    """By the closed form and by drawing, with the fluctuation of the course."""
    draws, hospital = _draws(), _of(0.4, 0.3, 0.3)
    read = [measured_lvef(draws, lvef + draws.normal(0, 2.2), hospital)[0] <= 40 for _ in range(6_000)]
    assert np.mean(read) == pytest.approx(lvsd_probability(lvef, hospital), abs=0.02)


def test_a_weak_ventricle_is_wide():
    """Diameters and filling pressures go with the LVEF, and the systolic one is the smaller."""
    draws = _draws()
    wide, normal = (
        [
            measure(draws, ClinicalState(age_years=60.0, sex="M", lvef=lvef), lvef, cavity=0.0, facts={})
            for _ in range(400)
        ]
        for lvef in (22.0, 62.0)
    )
    for name, difference in (("lvidd_mm", 8.0), ("lvids_mm", 12.0), ("e_over_e", 3.0)):
        means = [np.mean([echo[name] for echo in echoes if name in echo]) for echoes in (wide, normal)]
        assert means[0] > means[1] + difference, name
    assert all(echo["lvids_mm"] < echo["lvidd_mm"] for echo in normal if {"lvids_mm", "lvidd_mm"} <= set(echo))
    assert all(0 <= echo.get(valve, 0.0) <= 3 for echo in wide for valve in ("mr", "ar", "as", "tr"))


def test_some_reports_hold_the_lvef_alone():
    """What wasn't measured is missing."""
    draws = _draws()
    state = ClinicalState(age_years=60.0, sex="F", lvef=60.0)
    echoes = [measure(draws, state, 60.0, cavity=0.0, facts={}) for _ in range(500)]
    assert 0.03 < np.mean([set(echo) == {"lvef"} for echo in echoes]) < 0.15


def test_an_inpatient_is_examined_within_days_and_an_outpatient_after_weeks():
    """Some outpatients before the ECG."""
    draws = _draws()

    def gaps(setting):
        visit = [Episode(0.0, setting, "", "check-up", (0.0,))]
        return np.array([
            day
            for _ in range(1_000)
            for _, day in echo_days(draws, visit, [{}], ever=1.0, dials=Dials(), wait_days=20.0)
        ])  # fmt: skip

    inpatient, outpatient = gaps("inpatient"), gaps("outpatient")
    assert inpatient.size == outpatient.size == 1_000
    assert inpatient.min() >= 0
    assert np.median(inpatient) < 2
    assert np.median(np.abs(outpatient)) == pytest.approx(20.0, rel=0.15)
    assert 0.15 < (outpatient < 0).mean() < 0.35


def test_nobody_is_examined_who_is_not_sent():
    """Without a first echo and without new disease there is none."""
    visits = [Episode(float(day), "outpatient", "", "check-up", (float(day),)) for day in (0, 300, 600)]
    assert echo_days(_draws(), visits, [{}] * 3, ever=0.0, dials=Dials(), wait_days=20.0) == []
