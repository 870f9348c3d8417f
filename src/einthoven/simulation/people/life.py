"""A patient's course, fate and visits together: everything but what is recorded at the visits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from einthoven.simulation.hospitals import HospitalSettings
from einthoven.simulation.people.conditions import Conditions
from einthoven.simulation.people.course import Course, complete_course
from einthoven.simulation.people.demography import Demography
from einthoven.simulation.people.dials import Dials
from einthoven.simulation.people.draws import Draws
from einthoven.simulation.people.fate import Fate, draw_fate
from einthoven.simulation.people.parameters import parameters
from einthoven.simulation.people.visits import Episode, draw_episodes

__all__ = ["Life", "draw_first_moment", "draw_life"]


@dataclass(frozen=True, slots=True)
class Life:
    """What happens to a patient, and when that leads to a visit."""

    course: Course
    fate: Fate
    episodes: list[Episode]


def draw_first_moment(draws: Draws, hospital: HospitalSettings) -> datetime:
    """Return when the first ECG is recorded: any day between start and end, mostly by daylight."""
    known = parameters("visits.hour")
    day = hospital.start + timedelta(days=int(draws.uniform() * ((hospital.end - hospital.start).days + 1)))
    hour = draws.truncated_normal(known["mean"], known["sd"], low=0.0, high=23.9)
    return datetime.combine(day, time.min) + timedelta(seconds=int(hour * 3600))


def draw_life(
    draws: Draws,
    visiting: Draws,
    hospital: HospitalSettings,
    *,
    person: Demography,
    conditions: Conditions,
    dials: Dials,
    begins: datetime,
) -> Life:
    """Return what follows the first ECG.

    Parameters
    ----------
    draws, visiting : Draws
        For course and fate; for visits.
    person, conditions
        At the first ECG.
    begins : datetime
        When that was.
    """
    to_export = (datetime.combine(hospital.end, time.max) - begins) / timedelta(days=1)
    course = complete_course(draws, person, conditions, dials=dials, horizon_days=to_export)
    fate = draw_fate(draws, course, days_to_export=to_export)
    return Life(course, fate, draw_episodes(visiting, course, hospital, last_day=fate.last_contact))
