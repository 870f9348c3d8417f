"""A patient's heart over years: what was there at the first ECG, and what comes after it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from einthoven.simulation.clinical_state import Territory
from einthoven.simulation.people.conditions import DAYS_A_YEAR, Conditions
from einthoven.simulation.people.demography import Demography
from einthoven.simulation.people.dials import Dials
from einthoven.simulation.people.draws import Draws
from einthoven.simulation.people.lvef import LvefCourse, draw_lvef_course, later_changes
from einthoven.simulation.people.parameters import parameters

__all__ = ["Course", "Own", "complete_course"]

INCIDENT = (
    "hypertension", "diabetes", "chronic_kidney_disease", "atrial_fibrillation", "left_bundle_branch_block",
    "right_bundle_branch_block", "pacemaker", "infarction", "stroke", "cardiomyopathy",
)  # fmt: skip
MANY_TIMES = ("infarction", "stroke")  # come again in those who had them


@dataclass(frozen=True, slots=True)
class Own:
    """What stays with a patient: deviations from others of the same age and disease, in standard deviations.

    ``congenital_qt`` is a rank in [0, 1).
    """

    congenital_qt: float
    heart_rate: float
    pr: float
    potassium: float
    atrial_ectopy: float
    ventricular_ectopy: float
    wall: float
    cavity: float
    atrium: float
    right: float


@dataclass(frozen=True, slots=True)
class Course:
    """All that happens to a patient; days are counted from the first ECG.

    Attributes
    ----------
    person : Demography
    conditions : Conditions
        At the first ECG.
    began : dict of str to float
        The day each condition begins, also after the first ECG.
    infarcts : tuple of (day, territory, size)
    lvef : LvefCourse
    persistent_from : float
        The day from which AF never ends by itself; infinite for those who never come to that.
    flutter : bool
        Atrial flutter rather than fibrillation.
    decompensations : tuple of float
        Days of admission for heart failure.
    treated : dict of str to float
        Drugs: the day each is begun.
    own : Own
    """

    person: Demography
    conditions: Conditions
    began: dict[str, float]
    infarcts: tuple[tuple[float, Territory, float], ...]
    lvef: LvefCourse
    persistent_from: float
    flutter: bool
    decompensations: tuple[float, ...]
    treated: dict[str, float]
    own: Own

    def has(self, name: str, day: float) -> bool:
        """Return whether a condition has begun by a day."""
        return self.began.get(name, math.inf) <= day

    def facts_on(self, day: float) -> dict[str, float]:
        """Return what the patient has on a day, for the risks of ``parameters.toml``."""
        facts = dict.fromkeys((name for name, began in self.began.items() if began <= day), 1.0)
        facts |= self.person.facts
        facts["age"] += day / DAYS_A_YEAR / 10
        return facts


def complete_course(
    draws: Draws, person: Demography, conditions: Conditions, *, dials: Dials, horizon_days: float
) -> Course:
    """Return the course that follows from what a person has at the first ECG."""
    lvef = draw_lvef_course(draws, person, conditions, dials=dials)
    new = _incidents(draws, conditions, dials=dials, horizon_days=horizon_days)
    persistent_from = _persistent_from(draws, conditions, new)
    tachycardia = parameters("lvef.tachycardia")
    later = {name: day for name, day in new.items() if name in {"infarction", "cardiomyopathy"}}
    weakened = draws.chance(tachycardia["share_of_new_persistent"]) and not dials.independent
    recent = parameters("onset.limits")["recent_days"]
    if weakened and recent < persistent_from < horizon_days:
        later["tachycardia"] = persistent_from
    lvef = later_changes(draws, lvef, later) if later else lvef
    began = conditions.onset_days | {name: day for name, day in new.items() if name not in conditions.onset_days}
    if "cardiomyopathy" in later:
        _failing(draws, began, later["cardiomyopathy"])
    return Course(
        person=person,
        conditions=conditions,
        began=began,
        infarcts=_infarcts(draws, conditions, new),
        lvef=lvef,
        persistent_from=persistent_from,
        flutter=draws.chance(parameters("fibrillation")["flutter_share"]),
        decompensations=_decompensations(draws, conditions, began, dials=dials, horizon_days=horizon_days),
        treated=_treated(draws, began),
        own=Own(draws.uniform(), *(draws.normal() for _ in range(9))),
    )


def _failing(draws: Draws, began: dict[str, float], day: float) -> None:
    """Add LVSD, and heart failure when it is noticed, to what a new cardiomyopathy leads to."""
    known = parameters("lvef.dilated")
    noticed = draws.uniform(known["failure_least_days"], known["failure_most_days"])
    began.setdefault("lvsd", day + known["lvsd_after_days"])
    began.setdefault("heart_failure", day + noticed)


def _incidents(draws: Draws, conditions: Conditions, *, dials: Dials, horizon_days: float) -> dict[str, float]:
    """Return the day of new disease; constant hazards, given what there was at the first ECG."""
    new = {}
    for name in INCIDENT:
        yearly = math.exp(dials.risk(f"incidence.{name}").log_odds(conditions.facts))
        day = draws.exponential(DAYS_A_YEAR / yearly)
        if day < horizon_days and (name in MANY_TIMES or name not in conditions.facts):
            new[name] = day + parameters("onset.limits")["recent_days"]
    return new


def _persistent_from(draws: Draws, conditions: Conditions, new: Mapping[str, float]) -> float:
    """Return the day from which AF is persistent; the tachycardia that weakens a heart is."""
    began = conditions.onset_days.get("atrial_fibrillation", new.get("atrial_fibrillation", math.inf))
    known = parameters("fibrillation")
    later = draws.exponential(DAYS_A_YEAR / known["persistent_per_year"])
    if draws.chance(known["persistent_at_once"]):
        later = 0.0
    if conditions.cause == "tachycardia":
        return min(began, conditions.onset_days["lvsd"])
    return began + later


def _infarcts(
    draws: Draws, conditions: Conditions, new: Mapping[str, float]
) -> tuple[tuple[float, Territory, float], ...]:
    known = parameters("infarct")
    days = [conditions.onset_days["infarction"]] if "infarction" in conditions.onset_days else []
    days += [new["infarction"]] if "infarction" in new else []
    found = []
    for day in days:
        weights = known["with_lvsd" if conditions.cause == "ischaemic" and day <= 0 else "else"]
        territory = get_args(Territory)[draws.one_of(weights)]
        mean = known["size_with_lvsd" if conditions.cause == "ischaemic" and day <= 0 else "size"]
        size = draws.truncated_normal(mean, known["size_sd"], low=known["smallest"], high=1.0)
        found.append((day, territory, size))
    return tuple(found)


def _decompensations(
    draws: Draws, conditions: Conditions, began: Mapping[str, float], *, dials: Dials, horizon_days: float
) -> tuple[float, ...]:
    """Return the days of admission for heart failure, as long as it is known."""
    facts = conditions.facts
    if "heart_failure" in began:
        facts = facts | {"heart_failure": 1.0}
    mean_days = DAYS_A_YEAR / math.exp(dials.risk("incidence.decompensation").log_odds(facts))
    recent, pause = parameters("onset.limits")["recent_days"], parameters("visits")["after_decompensation_days"]
    day = max(began.get("heart_failure", 0.0), recent)
    days = [day] if day > recent else []
    while (day := day + draws.exponential(mean_days) + pause) < horizon_days:
        days.append(day)
    return tuple(days)


def _treated(draws: Draws, began: Mapping[str, float]) -> dict[str, float]:
    """Return when drugs are begun, each for the first of the conditions that call for it."""
    treated, begins = {}, parameters("drug_begins")
    for drug, shares in parameters("drugs").items():
        if drug == "source":
            continue
        days = [
            began[name] + draws.uniform(begins["least_days"], begins["most_days"])
            for name, share in shares.items()
            if name in began and draws.chance(share)
        ]
        if days:
            treated[drug] = min(days)
    return treated
