"""Events become columns of each ECG, and what is left open a note."""

from __future__ import annotations

import polars as pl

from einthoven.cohort.sources.followed_ecgs import followed_ecgs

ECGS = pl.DataFrame({"patient_id": ["b", "a"], "ecg_time": ["2020-01-01", "2020-01-01"]}).with_columns(
    pl.col("ecg_time").str.to_datetime(time_unit="us")
)


def test_each_ecg_has_the_follow_up_of_its_patient():
    """In the order of the ECGs, not of the events."""
    events = pl.DataFrame(
        {"patient_id": ["a", "b"], "last_contact": ["2020-01-11", "2019-01-01"], "death_time": ["2020-01-11", None]}
    ).with_columns(pl.col("last_contact", "death_time").str.to_datetime(time_unit="us"))
    followed = followed_ecgs(ECGS, events, by_date=True)
    assert followed.columns == {"event.death": [None, True], "event_days.death": [None, 10.0]}
    assert [note["reason"].item() for note in followed.notes] == [
        "note: death: 1 ECGs were taken after the last contact, without death; event.death is left open"
    ]


def test_without_events_nothing_is_known():
    """No columns at all."""
    assert followed_ecgs(ECGS, None, by_date=True) == ({}, [])
