"""What a person has at the first ECG."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.simulation.people.conditions import draw_conditions
from einthoven.simulation.people.demography import Demography
from einthoven.simulation.people.dials import AF, LBBB, LVSD, Dials
from einthoven.simulation.people.draws import Draws

COMMON = {LVSD: 4.0, AF: 3.0, LBBB: 4.0}  # log odds: so that few people show what is related


def _people(n=3_000, *, independent=False, age=None):
    """Return the conditions of men of different ages."""
    draws = Draws(np.random.default_rng(3))
    dials = Dials(shifts=COMMON, independent=independent)
    ages = [age if age is not None else draws.uniform(40, 85) for _ in range(n)]
    return [
        draw_conditions(draws, Demography("M", at, 172.0, 70.0), dials=dials) for at in ages
    ]  # fmt: skip


def _odds_ratio(people, one, other):
    table = np.full((2, 2), 0.5)
    for person in people:
        table[int(one in person.facts), int(other in person.facts)] += 1
    return table[1, 1] * table[0, 0] / (table[1, 0] * table[0, 1])


@pytest.mark.parametrize("finding", ["atrial_fibrillation", "left_bundle_branch_block"])
def test_af_and_lbbb_go_with_lvsd_unless_the_hospital_makes_them_independent(finding):
    """The odds ratio is that of the parameters among people of one age, and 1 under independence at all ages."""
    assert _odds_ratio(_people(age=60.0), "lvsd", finding) > 3
    assert _odds_ratio(_people(independent=True), "lvsd", finding) == pytest.approx(1.0, abs=0.25)


def test_independence_rules_out_lvsd_by_tachycardia():
    """It would make AF more frequent with LVSD."""
    assert {person.cause for person in _people(independent=True)} <= {"", "ischaemic", "dilated", "valve_disease"}
    assert "tachycardia" in {person.cause for person in _people()}


def test_the_old_have_more_of_everything_but_preexcitation():
    """Hypertension, kidney disease, AF and blocks rise with age."""
    young, old = _people(1_500, age=40.0), _people(1_500, age=80.0)
    for name in ("hypertension", "chronic_kidney_disease", "atrial_fibrillation", "right_bundle_branch_block"):
        assert sum(name in person.facts for person in old) > sum(name in person.facts for person in young), name


def test_every_onset_lies_before_the_first_ecg_and_after_birth():
    """Whatever there is at the first ECG has begun."""
    for person in _people(500, age=50.0):
        assert all(-50 * 365.25 < day < 0 for day in person.onset_days.values())
        assert set(person.onset_days) <= set(person.facts)


def test_lvsd_has_a_cause_and_nothing_else_has():
    """Tachycardia needs AF, a valve valve disease."""
    for person in _people(1_000):
        assert bool(person.cause) == ("lvsd" in person.facts)
        assert person.cause != "tachycardia" or "atrial_fibrillation" in person.facts
        assert person.cause != "valve_disease" or "valve_disease" in person.facts
