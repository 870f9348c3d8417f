"""One patient of a hospital, whole: who it is, what happens, what is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

from einthoven.simulation.hospitals import HospitalSettings
from einthoven.simulation.people.calibration import dials_of
from einthoven.simulation.people.coding import draw_codes
from einthoven.simulation.people.conditions import DAYS_A_YEAR, draw_conditions
from einthoven.simulation.people.course import Course, complete_course
from einthoven.simulation.people.demography import draw_demography
from einthoven.simulation.people.dials import ECHO, Dials
from einthoven.simulation.people.draws import Draws, Purpose, draws_of
from einthoven.simulation.people.echo import echo_days, measure, measured_lvef
from einthoven.simulation.people.life import draw_first_moment, draw_life
from einthoven.simulation.people.lvef import fluctuate
from einthoven.simulation.people.parameters import parameters
from einthoven.simulation.people.person import Diagnosis, EcgVisit, EchoVisit, Person
from einthoven.simulation.people.pilot import SHUFFLED_DAY
from einthoven.simulation.people.state import state_on
from einthoven.simulation.people.visits import Episode

__all__ = ["simulate_person"]

DONOR_DAYS = 60.0  # how long the course of a patient is followed who stands in for another


@dataclass(frozen=True, slots=True)
class _Hospital:
    """A hospital with its calibrated risks."""

    settings: HospitalSettings
    dials: Dials

    def another(self, draws: Draws) -> Course:
        """Return somebody else's course, from the first ECG on."""
        person = draw_demography(draws, self.settings)
        conditions = draw_conditions(draws, person, dials=self.dials)
        return complete_course(draws, person, conditions, dials=self.dials, horizon_days=DONOR_DAYS)


@dataclass(frozen=True, slots=True)
class _Scene:
    """A visit, whose heart is seen at it, and when echoes are made on its account.

    In a hospital without memory the heart is another one at each visit, whose own first ECG was on day ``origin``.
    """

    episode: Episode
    heart: Course
    origin: float
    echo_days: tuple[float, ...]


@lru_cache(maxsize=16)
def _prepared(settings: HospitalSettings) -> _Hospital:
    return _Hospital(settings, dials_of(settings))


def simulate_person(hospital: HospitalSettings, number: int, *, seed: int) -> Person:
    """Return one patient.

    Parameters
    ----------
    hospital : HospitalSettings
        The first call for a hospital calibrates it, which takes about a second.
    number : int >= 0
    seed : int >= 0

    Returns
    -------
    Person
        The same for the same arguments, whatever else was simulated before.

    Examples
    --------
    >>> from einthoven.simulation.hospitals import preset
    >>> simulate_person(preset("A"), 3, seed=7) == simulate_person(preset("A"), 3, seed=7)
    True
    """
    ready, site = _prepared(hospital), hospital.site
    own, visiting, seen, written, recording = (
        draws_of(seed, site=site, number=number, purpose=purpose) for purpose in Purpose
    )
    begins = draw_first_moment(recording, hospital)
    person = draw_demography(own, hospital)
    conditions = draw_conditions(own, person, dials=ready.dials)
    life = draw_life(own, visiting, hospital, person=person, conditions=conditions, dials=ready.dials, begins=begins)
    course, fate, episodes = life.course, life.fate, life.episodes
    hearts = _hearts(ready, course, episodes, seed=seed, number=number)
    facts = [
        heart.facts_on(episode.ecg_days[0] - origin) for episode, (heart, origin) in zip(episodes, hearts, strict=True)
    ]
    examined = ready.dials.risk(ECHO).probability(facts[0])
    planned = echo_days(visiting, episodes, facts, ever=examined, dials=ready.dials, wait_days=hospital.echo_wait_days)
    scenes = [
        _Scene(episode, heart, origin, tuple(day for at, day in planned if at == index and day <= fate.last_contact))
        for index, (episode, (heart, origin)) in enumerate(zip(episodes, hearts, strict=True))
    ]
    writer = _Writer(ready, course, seed=seed, number=number, begins=begins)
    lvefs = _true_lvefs(seen, scenes)
    codes = draw_codes(recording, course, episodes, last_day=fate.last_contact)
    return Person(
        patient_id=writer.patient_id,
        site=site,
        number=number,
        sex=course.person.sex,
        birth_date=(begins - timedelta(days=course.person.age_years * DAYS_A_YEAR)).date(),
        height_cm=course.person.height_cm,
        weight_kg=course.person.weight_kg,
        ecgs=writer.ecgs(seen, scenes, lvefs),
        echoes=writer.echoes(written, scenes, lvefs),
        diagnoses=tuple(Diagnosis(code, writer.moment(day).date()) for day, code in sorted(codes)),
        last_contact=writer.moment(fate.last_contact),
        death=writer.moment(fate.death) if fate.death <= fate.last_contact else None,
        mace=writer.moment(fate.mace) if fate.mace <= fate.last_contact else None,
        truth=_truth(course, examined, lvefs[0][episodes[0].ecg_days[0]]),
    )


def _hearts(
    ready: _Hospital, course: Course, episodes: Sequence[Episode], *, seed: int, number: int
) -> list[tuple[Course, float]]:
    """Return whose heart is seen at each visit, and the day of the visit on which that heart's days are counted."""
    if ready.settings.control != "no_memory":
        return [(course, 0.0)] * len(episodes)
    return [
        (ready.another(_donor(ready, seed=seed, number=number, index=index)), episode.ecg_days[0])
        for index, episode in enumerate(episodes)
    ]


def _donor(ready: _Hospital, *, seed: int, number: int, index: int) -> Draws:
    return draws_of(seed, site=ready.settings.site, number=number, purpose=len(Purpose) + 1 + index)


def _true_lvefs(draws: Draws, scenes: Sequence[_Scene]) -> list[dict[float, float]]:
    """Return the LVEF of each visit by day; one fluctuation runs through all visits of one heart."""
    found: list[dict[float, float]] = [{} for _ in scenes]
    groups = (
        [list(range(len(scenes)))]
        if not scenes or scenes[0].heart is scenes[-1].heart
        else [[at] for at in range(len(scenes))]
    )
    for group in groups:
        days = sorted((day, at) for at in group for day in (*scenes[at].episode.ecg_days, *scenes[at].echo_days))
        origin, heart = scenes[group[0]].origin, scenes[group[0]].heart
        values = fluctuate(heart.lvef, [day - origin for day, _ in days], draws=draws)
        for (day, at), value in zip(days, values, strict=True):
            found[at][day] = value
    return found


class _Writer:
    """Gives ids and times to what is recorded of one patient."""

    def __init__(self, ready: _Hospital, course: Course, *, seed: int, number: int, begins: datetime) -> None:
        self._ready, self._course, self._begins = ready, course, begins
        self._seed, self._number = seed, number
        self.patient_id = f"{ready.settings.site}{number:07d}"

    def moment(self, day: float) -> datetime:
        """Return a day as a moment, to the second."""
        return self._begins + timedelta(seconds=int(day * 86_400))

    def ecgs(self, draws: Draws, scenes: Sequence[_Scene], lvefs: Sequence[dict[float, float]]) -> tuple[EcgVisit, ...]:
        visits: list[EcgVisit] = []
        for scene, lvef in zip(scenes, lvefs, strict=True):
            for day in scene.episode.ecg_days:
                state = state_on(
                    draws,
                    scene.heart,
                    scene.episode,
                    day=day - scene.origin,
                    lvef=lvef[day],
                    age_years=round(self._course.person.age_years + day / DAYS_A_YEAR, 3),
                    sex=self._course.person.sex,
                )
                record_id = f"{self.patient_id}E{len(visits) + 1:03d}"
                visits.append(EcgVisit(record_id, self.moment(day), state, scene.episode.reason))
        return tuple(visits)

    def echoes(
        self, draws: Draws, scenes: Sequence[_Scene], lvefs: Sequence[dict[float, float]]
    ) -> tuple[EchoVisit, ...]:
        planned = sorted((day, index) for index, scene in enumerate(scenes) for day in scene.echo_days)
        visits = []
        for count, (day, index) in enumerate(planned):
            scene, lvef = scenes[index], lvefs[index][day]
            state = state_on(
                draws,
                scene.heart,
                scene.episode,
                day=day - scene.origin,
                lvef=lvef,
                age_years=self._course.person.age_years + day / DAYS_A_YEAR,
                sex=self._course.person.sex,
            )
            shown = self._of_another(count) if self._ready.settings.control == "shuffled" else lvef
            measured, method = measured_lvef(draws, shown, self._ready.settings)
            others = measure(
                draws,
                replace(state, lvef=shown),
                measured,
                cavity=scene.heart.own.cavity,
                facts=scene.heart.facts_on(day - scene.origin),
            )
            report_id, writer = f"{self.patient_id}R{count + 1:02d}", draws.one_of(self._ready.settings.writers)
            visits.append(EchoVisit(report_id, self.moment(day), round(lvef, 2), others, method, writer))
        return tuple(visits)

    def _of_another(self, count: int) -> float:
        """Return the LVEF of somebody else who was examined in this hospital."""
        draws = _donor(self._ready, seed=self._seed, number=self._number, index=count)
        while True:
            other = self._ready.another(draws)
            if draws.chance(self._ready.dials.risk(ECHO).probability(other.conditions.facts)):
                return other.lvef.at(SHUFFLED_DAY) + draws.normal(0, parameters("lvef.fluctuation")["sd"])


def _truth(course: Course, echo_probability: float, lvef: float) -> dict[str, float | str]:
    """Return what no table of the hospital holds."""
    facts = {f"first_{name}": 1.0 for name in course.conditions.facts if name not in {"age", "male", "bmi"}}
    return {
        "lvef_course": course.lvef.name,
        "lvef_own": round(course.lvef.own, 2),
        "lvef_first": round(lvef, 2),
        "cause": course.conditions.cause,
        "echo_probability": round(echo_probability, 5),
        **facts,
    }
