"""Events of participants: death ends the follow-up, and an unknown day is no day."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from einthoven.cohort.sources.uk_biobank_events import followed_up
from einthoven.errors import CohortError

PEOPLE = pl.DataFrame(
    {
        "line": [2, 3, 4, 5],
        "patient_id": ["a", "b", "c", "d"],
        "death_time": [None, "2020-02-02", "2023-05-05", None],
        "af_time": ["2019-01-02", None, None, "1901-01-01"],
    }
).with_columns(pl.col("death_time", "af_time").str.to_datetime(time_unit="us"))
EVENTS = {"death": "p40000_i0", "af": "p131350"}


def rows(table):
    return table.with_columns(pl.col(pl.Datetime).dt.strftime("%Y-%m-%d")).rows()


def test_death_ends_the_follow_up_and_what_comes_after_its_end_is_not_known():
    """The third participant died after the registries were complete: alive on that day."""
    followed = followed_up(PEOPLE, EVENTS, date(2022, 11, 30))
    assert rows(followed.events) == [
        ("a", "2022-11-30", None, "2019-01-02"),
        ("b", "2020-02-02", "2020-02-02", None),
        ("c", "2022-11-30", None, None),
    ]


def test_who_has_an_event_on_an_unknown_day_is_left_out_and_named():
    """Neither yes nor no would be right at any time."""
    (dropped,) = followed_up(PEOPLE, EVENTS, date(2022, 11, 30)).dropped
    assert dropped.rows() == [
        ("events", 5, "p131350", "1901-01-01", "it happened on an unknown day (data-coding 819)"),
    ]


def test_without_events_nothing_is_followed():
    """A study of labels alone."""
    assert followed_up(PEOPLE, {}, None) == (None, [])


def test_the_end_of_the_registries_must_be_said():
    """Nobody without an event is free of it for ever."""
    with pytest.raises(CohortError, match=r"events need data\.\*\.followed_until"):
        followed_up(PEOPLE, EVENTS, None)
