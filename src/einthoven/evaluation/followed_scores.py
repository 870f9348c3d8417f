"""Scores beside what became of each patient: time to an event or to the end of follow-up."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from einthoven.errors import CohortError
from einthoven.evaluation.context import Context
from einthoven.evaluation.label_scores import LabelScores

__all__ = ["CAUSE", "FollowedScores", "followed_scores", "horizons"]

CAUSE = "covariate.cause"


@dataclass(frozen=True, slots=True, eq=False)
class FollowedScores:
    """The records of ``scores`` whose follow-up is known.

    Attributes
    ----------
    scores : LabelScores
    time : float64 (record,), days
    cause : float64 (record,)
        0 censored, 1 the event, 2 and above competing events.
    """

    scores: LabelScores
    time: NDArray[np.float64]
    cause: NDArray[np.float64]

    @property
    def competing(self) -> bool:
        """Whether some patient had another event first."""
        return bool((self.cause > 1).any())

    def only(self, kept: NDArray[np.bool_]) -> FollowedScores:
        """Return some records."""
        return FollowedScores(self.scores.only(kept), self.time[kept], self.cause[kept])

    def options(self, level: float) -> dict[str, Any]:
        """Return what every statistic of survival takes besides the data."""
        return {"clusters": self.scores.patient, "weights": self.scores.weight, "level": level}

    def known_at(self, horizon: float) -> LabelScores:
        """Return the scores with truth 1 for the event by ``horizon`` and 0 for none of any kind, others left out."""
        by_then = (self.time <= horizon) & (self.cause > 0)
        known = by_then | (self.time > horizon)
        truth = (by_then & (self.cause == 1)).astype(np.float64)
        return dataclasses.replace(self.scores, truth=truth).only(known)


def followed_scores(context: Context, one: LabelScores) -> FollowedScores | None:
    """Return the records with a time; None where the predictions have no times, or none for this label.

    Columns ``event`` and ``time_to_event_days`` say whether and when; ``covariate.cause``, where it is there, tells
    competing events: 0 censored, 1 the event, 2 and above another.

    Raises
    ------
    CohortError
        ``event`` and ``covariate.cause`` contradict each other.
    """
    if not (context.has("event") and context.has("time_to_event_days")):
        return None
    time, event = context.numbers("time_to_event_days", one), context.numbers("event", one)
    known = ~np.isnan(time) & ~np.isnan(event)
    if context.has(CAUSE):
        cause = context.numbers(CAUSE, one)
        wrong = known & ~np.isnan(cause) & ((cause == 1) != (event == 1))
        if wrong.any():
            raise CohortError(
                f"columns 'event' and {CAUSE!r} of label {one.label!r} contradict each other in {int(wrong.sum())} "
                "records: an event is cause 1, and cause 1 is an event"
            )
        event = np.where(np.isnan(cause), event, cause)
    if not known.any():
        return None
    return FollowedScores(one.only(known), time[known], event[known])


def horizons(context: Context, followed: FollowedScores) -> tuple[float, ...]:
    """Return the protocol's horizons, or the quartiles of the times of events in whole days."""
    if context.protocol.horizons_days:
        return context.protocol.horizons_days
    times = followed.time[followed.cause == 1]
    if times.size == 0:
        return ()
    return tuple(float(at) for at in np.unique(np.ceil(np.quantile(times, (0.25, 0.5, 0.75)))))
