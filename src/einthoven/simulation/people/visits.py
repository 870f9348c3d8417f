"""When a patient comes, why, and when ECGs are recorded: single visits and stays with several ECGs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from einthoven.simulation.hospitals import HospitalSettings
from einthoven.simulation.people.conditions import DAYS_A_YEAR
from einthoven.simulation.people.course import Course
from einthoven.simulation.people.draws import Draws
from einthoven.simulation.people.parameters import expit, parameters, risk

__all__ = ["Episode", "draw_episodes", "inpatient_probability"]

Setting = Literal["inpatient", "outpatient", "emergency"]
REASON_OF = {
    "infarction": "chest pain", "angina": "chest pain", "heart_failure": "dyspnoea", "decompensation": "dyspnoea",
    "atrial_fibrillation": "palpitations", "stroke": "stroke", "pacemaker": "syncope",
}  # fmt: skip
ADMITTED = ("infarction", "decompensation", "stroke", "pacemaker")


@dataclass(frozen=True, slots=True)
class Episode:
    """One visit or stay.

    Attributes
    ----------
    day : float
        From the first ECG of the patient.
    setting : ``inpatient``, ``outpatient`` or ``emergency``
    event : str
        New disease that led to it; empty else.
    reason : str
    ecg_days : tuple of float, ascending
    """

    day: float
    setting: Setting
    event: str
    reason: str
    ecg_days: tuple[float, ...]


def inpatient_probability(course: Course, hospital: HospitalSettings) -> float:
    """Return how likely the first visit is an admission."""
    share = hospital.inpatient_share
    return expit(math.log(share / (1 - share)) + risk("visits.inpatient").log_odds(course.conditions.facts))


def draw_episodes(draws: Draws, course: Course, hospital: HospitalSettings, *, last_day: float) -> list[Episode]:
    """Return all visits up to ``last_day``, in the order of time; the first is on day 0."""
    first = _first(draws, course, hospital)
    later = [
        _episode(draws, day, event=event, setting=setting)
        for day, event, setting in _later(draws, course, hospital, last_day)
    ]
    # a stay ends before the next one begins, and everything before contact does
    episodes = sorted([first, *later], key=lambda episode: episode.day)
    ends = [episode.day for episode in episodes[1:]] + [last_day]
    cut = []
    for episode, end in zip(episodes, ends, strict=True):
        days = tuple(day for day in episode.ecg_days if day <= min(end, last_day))
        if days:
            cut.append(Episode(episode.day, episode.setting, episode.event, episode.reason, days))
    return cut


def _first(draws: Draws, course: Course, hospital: HospitalSettings) -> Episode:
    began, recent = course.began, parameters("onset.limits")["recent_days"]
    events = [name for name in REASON_OF if -recent < began.get(name, math.inf) <= 0]
    admitted = draws.chance(inpatient_probability(course, hospital)) or any(name in ADMITTED for name in events)
    emergency = draws.chance(parameters("visits")["emergency_share"])
    setting: Setting = "inpatient" if admitted else "emergency" if emergency else "outpatient"
    return _episode(draws, 0.0, event=events[0] if events else "", setting=setting)


def _later(
    draws: Draws, course: Course, hospital: HospitalSettings, last_day: float
) -> Iterator[tuple[float, str, Setting]]:
    """Yield day, event and setting of visits after the first."""
    known = parameters("visits")
    events = [(day, "infarction") for day, _, _ in course.infarcts]
    events += [(day, "decompensation") for day in course.decompensations]
    events += [
        (course.began[name], name) for name in ("stroke", "atrial_fibrillation", "pacemaker") if name in course.began
    ]
    for day, name in events:
        delayed = day + draws.exponential(known["event_delay_days"])
        if day > 0 and delayed < last_day and draws.chance(known["event_recorded"]):
            yield delayed, name, "inpatient" if name in ADMITTED else "emergency"
    frailty = min(math.exp(draws.normal(0, known["frailty_log_sd"])), known["frailty_highest"])
    rate = risk("visits.rate")
    day = known["after_first_days"]
    while True:
        yearly = math.exp(rate.log_odds(course.facts_on(day))) * frailty * hospital.return_factor
        day += draws.exponential(DAYS_A_YEAR / yearly) + known["after_each_days"]
        if day >= last_day:
            return
        yield day, "", "inpatient" if draws.chance(known["inpatient_later"]) else "outpatient"


def _episode(draws: Draws, day: float, *, event: str, setting: Setting) -> Episode:
    known = parameters("visits")
    kind = "inpatient" if setting == "inpatient" else "outpatient"
    days = [day]
    while len(days) < known["stay_most_ecgs"] and draws.chance(known[f"more_{kind}"]):
        days.append(days[-1] + known["least_gap_days"] + draws.exponential(known[f"more_{kind}_gap_days"]))
    return Episode(day, setting, event, REASON_OF.get(event, "check-up"), tuple(days))
