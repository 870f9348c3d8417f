"""The course of a simulated life in which nothing happens."""

from __future__ import annotations

from typing import Literal

from einthoven.simulation.people.conditions import Conditions
from einthoven.simulation.people.course import Course, Own
from einthoven.simulation.people.demography import Demography
from einthoven.simulation.people.lvef import LvefCourse

__all__ = ["healthy_course"]

BODY = {"F": (158.0, 60.0), "M": (172.0, 70.0)}


def healthy_course(sex: Literal["F", "M"], age_years: float) -> Course:
    """Return a course without any condition, with an average heart."""
    return Course(
        person=Demography(sex, age_years, *BODY[sex]),
        conditions=Conditions({}, {}, "", {}),
        began={},
        infarcts=(),
        lvef=LvefCourse(62.0, (), "healthy"),
        persistent_from=float("inf"),
        flutter=False,
        decompensations=(),
        treated={},
        own=Own(0.9, *(0.0 for _ in range(9))),
    )
