"""How long a patient lives, stays with the hospital, and whether a major adverse cardiac event comes."""

from __future__ import annotations

import math
from dataclasses import dataclass

from einthoven.simulation.people.conditions import DAYS_A_YEAR
from einthoven.simulation.people.course import Course
from einthoven.simulation.people.draws import Draws
from einthoven.simulation.people.parameters import parameters, risk

__all__ = ["Fate", "draw_fate"]


@dataclass(frozen=True, slots=True)
class Fate:
    """Days from the first ECG; infinite where something doesn't come.

    Attributes
    ----------
    death : float
        Only if the hospital learns of it: not after ``last_contact``.
    mace : float
        First of new infarction, stroke, admission for heart failure, cardiac death.
    last_contact : float
    true_death : float
        Whether or not the hospital learns of it.
    """

    death: float
    mace: float
    last_contact: float
    true_death: float


def draw_fate(draws: Draws, course: Course, *, days_to_export: float) -> Fate:
    """Return when contact ends, by death, by going elsewhere, or by the export."""
    known, recent = parameters("fate"), parameters("onset.limits")["recent_days"]
    facts = course.conditions.facts
    hazard = known["yearly_at_60_men" if course.person.sex == "M" else "yearly_at_60_women"]
    slope = known["per_year_of_age"]
    hazard *= math.exp(slope * (course.person.age_years - 60) + risk("fate.hazard").log_odds(facts))
    # Gompertz: the cumulative hazard hazard / slope * (exp(slope * t) - 1) reaches an exponential number at death
    dies = math.log1p(slope * draws.exponential(1.0) / hazard) / slope * DAYS_A_YEAR
    cardiac = draws.chance(known["cardiac_share"])
    for day, _, _ in course.infarcts:
        if day > -recent and draws.chance(known["infarction_fatal"]):
            fatal = max(day, 0.0) + draws.uniform(known["fatal_least_days"], known["fatal_within_days"])
            dies, cardiac = (fatal, True) if fatal < dies else (dies, cardiac)
    leaves = min(draws.exponential(known["contact_years"]) * DAYS_A_YEAR + known["least_contact_days"], days_to_export)
    dies = max(dies, known["least_days"])
    last = min(dies, leaves)
    events = [day for day, _, _ in course.infarcts] + [course.began.get("stroke", math.inf), *course.decompensations]
    events += [dies] if cardiac else []
    first = min((day for day in events if day > recent), default=math.inf)
    return Fate(
        death=dies if dies <= leaves else math.inf,
        mace=first if first <= last else math.inf,
        last_contact=last,
        true_death=dies,
    )
