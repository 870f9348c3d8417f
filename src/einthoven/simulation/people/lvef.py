"""The course of a patient's LVEF: an own level and changes that set in, with a fluctuation around both."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from einthoven.simulation.people.conditions import Conditions
from einthoven.simulation.people.demography import Demography
from einthoven.simulation.people.dials import Dials
from einthoven.simulation.people.draws import Draws
from einthoven.simulation.people.parameters import parameters

__all__ = ["Change", "LvefCourse", "draw_lvef_course", "fluctuate", "later_changes"]


@dataclass(frozen=True, slots=True)
class Change:
    """A step of ``size`` % that sets in on ``day`` and is complete, but for 1/e of it, after ``days``."""

    day: float
    size: float
    days: float

    def at(self, day: float) -> float:
        """Return what the change amounts to on a day."""
        return self.size * -math.expm1((self.day - day) / self.days) if day > self.day else 0.0


@dataclass(frozen=True, slots=True)
class LvefCourse:
    """An LVEF over time; days are counted from the first ECG.

    Attributes
    ----------
    own : float, %
        Of the healthy heart.
    changes : tuple of Change
    name : str
        What kind of course it is.
    """

    own: float
    changes: tuple[Change, ...]
    name: str

    def at(self, day: float) -> float:
        """Return the LVEF on a day, in %, without the fluctuation."""
        bounds = parameters("lvef.bounds")
        value = self.own + sum(change.at(day) for change in self.changes)
        return float(min(max(value, bounds["low"]), bounds["high"]))


def fluctuate(course: LvefCourse, days: Sequence[float], *, draws: Draws) -> list[float]:
    """Return the LVEF on ascending days: the course with its mean-reverting (Ornstein-Uhlenbeck) fluctuation."""
    known, bounds = parameters("lvef.fluctuation"), parameters("lvef.bounds")
    values, offset, last = [], draws.normal(0, known["sd"]), days[0] if days else 0.0
    for day in days:
        kept = math.exp((last - day) / known["days"])
        offset = offset * kept + draws.normal(0, known["sd"] * math.sqrt(1 - kept * kept))
        last = day
        values.append(min(max(course.at(day) + offset, bounds["low"]), bounds["high"]))
    return values


def draw_lvef_course(draws: Draws, person: Demography, conditions: Conditions, *, dials: Dials) -> LvefCourse:
    """Return the course up to the first ECG and what follows from it."""
    known = parameters("lvef.own")
    own = draws.truncated_normal(
        known["men" if person.sex == "M" else "women"], known["sd"], low=known["low"], high=known["high"]
    )
    if conditions.cause:
        missing = own - _level(draws, "reduced")
        return LvefCourse(own, _reduced(draws, conditions, missing), conditions.cause)
    if draws.chance(dials.risk("lvef.mild").probability(conditions.facts)):
        missing = max(own - _level(draws, "mild"), 0.0)
        day = conditions.onset_days.get("infarction", -parameters("lvef.old")["mild_days"])
        return LvefCourse(own, _after_infarction(draws, day, missing=missing), "mild")
    return LvefCourse(own, (), "healthy")


def _level(draws: Draws, kind: str) -> float:
    known = parameters(f"lvef.{kind}")
    return draws.truncated_normal(known["mean"], known["sd"], low=known["low"], high=known["high"])


def _share(draws: Draws, known: dict[str, Any], name: str) -> float:
    return draws.truncated_normal(known[f"{name}_mean"], known[f"{name}_sd"], low=0.0, high=1.0)


def _reduced(draws: Draws, conditions: Conditions, missing: float) -> tuple[Change, ...]:
    """Return changes that amount to ``missing`` % on day 0, and those of therapy where LVSD was not known before."""
    cause, new = conditions.cause, draws.chance(parameters("lvsd")["new_share"])
    if cause == "ischaemic":
        settled_days = parameters("lvef.old")["ischaemic_days"]
        return _after_infarction(draws, conditions.onset_days.get("infarction", -settled_days), missing=missing)
    known = parameters(f"lvef.{cause}")
    onset = conditions.onset_days["lvsd"]
    # what was treated before the first ECG has answered already: only the fall, to where it stands
    settled = (Change(onset, -missing, 1.0),)
    if not new:
        return (*settled, *_late_fall()) if cause == "dilated" else settled
    days, falls_on = known["fall_days"], parameters("lvef.dilated")["falls_on"]
    whole = missing / -math.expm1(onset / days)
    if whole > missing + falls_on:  # therapy halts the fall, of which ``missing`` has come about on day 0
        whole = missing + falls_on
        days = onset / math.log1p(-missing / whole)
    fall = Change(onset, -whole, days)
    return (fall, *_therapy(draws, cause, missing))


def _therapy(draws: Draws, cause: str, missing: float) -> tuple[Change, ...]:
    """Return what therapy that begins some weeks after the first ECG gives back."""
    known, times = parameters(f"lvef.{cause}"), parameters("lvef.dilated")
    begins = draws.uniform(times["therapy_least_days"], times["therapy_most_days"])
    if cause == "dilated":
        share = _share(draws, known, "answered" if draws.chance(known["answers"]) else "other")
        return (Change(begins, missing * share, known["recovery_days"]), *_late_fall())
    if cause == "valve_disease" and not draws.chance(known["operated"]):
        return ()
    return (Change(begins, missing * _share(draws, known, "recovered"), known["recovery_days"]),)


def _late_fall() -> tuple[Change, ...]:
    known = parameters("lvef.dilated")
    return (Change(known["late_fall_after_days"], -known["late_fall"], known["late_fall_days"]),)


def _after_infarction(draws: Draws, day: float, *, missing: float) -> tuple[Change, ...]:
    """Return fall and recovery; an infarction of these days recovers yet, an old one has."""
    known = parameters("lvef.infarction")
    fall = Change(day, -missing, known["fall_days"])
    if day < -parameters("onset.limits")["recent_days"]:
        return (fall,)
    # the fall is complete by the first ECG, on which the LVEF is what was drawn
    fall = Change(day, -missing, min(known["fall_days"], -day * known["fall_share_of_time"]))
    return (
        fall,
        Change(known["recovery_begins_days"], missing * _share(draws, known, "recovered"), known["recovery_days"]),
    )


def later_changes(draws: Draws, course: LvefCourse, new: dict[str, float]) -> LvefCourse:
    """Return the course with what new disease does to it.

    Parameters
    ----------
    new : dict of str to float
        Day on which ``infarction``, ``cardiomyopathy`` or ``tachycardia`` sets in.
    """
    changes, names = list(course.changes), [course.name]
    if "infarction" in new:
        known = parameters("lvef.infarction")
        lost = draws.truncated_normal(known["fall_mean"], known["fall_sd"], low=0.0, high=known["fall_high"])
        back = lost * _share(draws, known, "recovered")
        changes += [Change(new["infarction"], -lost, known["fall_days"])]
        changes += [Change(new["infarction"] + known["recovery_begins_days"], back, known["recovery_days"])]
        names.append("infarction")
    for name, cause in (("cardiomyopathy", "dilated"), ("tachycardia", "tachycardia")):
        if name not in new:
            continue
        known, limits = parameters(f"lvef.{cause}"), parameters("lvef.dilated")
        lost = draws.truncated_normal(
            known["later_fall_mean"],
            known["later_fall_sd"],
            low=limits["later_fall_least"],
            high=limits["later_fall_most"],
        )
        answer = "recovered" if cause == "tachycardia" else "other"
        if cause == "dilated" and draws.chance(known["answers"]):
            answer = "answered"
        changes += [Change(new[name], -lost, known["fall_days"])]
        back = lost * _share(draws, known, answer)
        changes += [Change(new[name] + known["unknown_days"], back, known["recovery_days"])]
        names.append(name)
    return LvefCourse(course.own, tuple(changes), " then ".join(names))
