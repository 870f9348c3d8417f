"""Codes of diagnosis as a hospital records them: late, incomplete, now and then wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from einthoven.simulation.people.course import Course
from einthoven.simulation.people.draws import Draws
from einthoven.simulation.people.parameters import parameters
from einthoven.simulation.people.visits import Episode

__all__ = ["draw_codes"]


def draw_codes(
    draws: Draws, course: Course, episodes: Sequence[Episode], *, last_day: float
) -> Iterable[tuple[float, str]]:
    """Yield day and ICD-10 code; what isn't recorded at one visit may be at the next.

    Parameters
    ----------
    last_day : float
        Of contact: nothing is recorded after it.
    """
    known = parameters("codes")
    for name, coded in known["of"].items():
        code = coded["codes"][int(draws.uniform() * len(coded["codes"]))]
        false, delay = draws.chance(known["false_share"]), draws.exponential(known["delay_days"])
        chances = [draws.chance(coded["sensitivity"]) for _ in episodes[:2]]
        at = [episode for episode in episodes if course.has(name, episode.day)]
        if at:
            found = next((visit.day for visit, seen in zip(at, chances, strict=False) if seen), None)
        else:
            found = episodes[0].day if false else None
        if found is not None and found + delay <= last_day:
            yield found + delay, code
