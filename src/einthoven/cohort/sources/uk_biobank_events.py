"""When an event of a UK Biobank participant happened, and until when each was followed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

import polars as pl

from einthoven.errors import CohortError

__all__ = ["FollowUp", "followed_up"]

DEATH = "death"
# data-coding 819: no date, before birth, in the future, placeholder; those of birth (1902, 1903) are early, but true
UNKNOWN_DATES = [datetime.fromisoformat(day) for day in ("1900-01-01", "1901-01-01", "1909-09-09", "2037-07-07")]


class FollowUp(NamedTuple):
    """Events in the canonical columns, and the participants of whom an event has no date."""

    events: pl.DataFrame | None
    dropped: list[pl.DataFrame]


def followed_up(people: pl.DataFrame, events: Mapping[str, str], followed_until: date | None) -> FollowUp:
    """Return each participant's events and last contact.

    A participant with an event of unknown date is left out: neither that it happened nor that it didn't can be said of
    any time.

    Parameters
    ----------
    people : DataFrame
        ``patient_id``, ``line`` in the file, and ``<event>_time`` of each event.
    events : mapping of event to column
        ``death`` ends the follow-up.
    followed_until : date, optional

    Raises
    ------
    CohortError
        For events without ``followed_until``.
    """
    if not events:
        return FollowUp(None, [])
    if followed_until is None:
        raise CohortError(
            "events need data.*.followed_until: the day until which the registries are complete, such as 2022-11-30"
        )
    end = datetime.combine(followed_until, datetime.min.time())
    names = [f"{event}_time" for event in events]
    undated = people.unpivot(names, index=["line", "patient_id"], variable_name="event").filter(
        pl.col("value").is_in(UNKNOWN_DATES)
    )
    kept = people.join(undated, on="patient_id", how="anti", maintain_order="left")
    death = f"{DEATH}_time"
    last = pl.min_horizontal(pl.col(death), pl.lit(end)) if DEATH in events else pl.lit(end)
    known = [pl.when(pl.col(name) <= pl.col("last_contact")).then(pl.col(name)).alias(name) for name in names]
    followed = kept.with_columns(last_contact=last).select("patient_id", "last_contact", *known)
    dropped = undated.select(
        kind=pl.lit("events"),
        row=pl.col("line").cast(pl.Int64),
        column=pl.col("event").str.strip_suffix("_time").replace_strict(dict(events), return_dtype=pl.String),
        value=pl.col("value").dt.strftime("%Y-%m-%d"),
        reason=pl.lit("it happened on an unknown day (data-coding 819)"),
    )
    return FollowUp(followed, [dropped] if dropped.height else [])
