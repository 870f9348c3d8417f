"""Events are counted from each ECG on; what came before it is left open."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest

from einthoven.cohort.tables.follow_up import follow_up_columns, with_deaths

at = datetime.fromisoformat
ECG = "2020-01-10 12:00"


def follow(*, died=None, last=None, by_date=False):
    """Return event and days of one ECG of one patient, and the notes."""
    ecgs = pl.DataFrame({"patient_id": ["a"], "ecg_time": [at(ECG)]})
    times = {"last_contact": last, "death_time": died}
    events = pl.DataFrame({"patient_id": ["a"]}).with_columns(
        pl.lit(at(time) if time else None, pl.Datetime("us")).alias(name) for name, time in times.items()
    )
    found = follow_up_columns(ecgs, events, by_date=by_date)
    return *found.table.row(0), found.notes


@pytest.mark.parametrize(
    ("known", "event", "days"),
    [
        ({"died": "2020-01-20 12:00", "last": "2020-01-20 12:00"}, True, 10),
        ({"died": "2020-01-20 12:00"}, True, 10),
        ({"last": "2020-01-15 18:00"}, False, 5.25),
        ({"last": "2020-01-20", "by_date": True}, False, 10),
        ({"died": "2020-01-10", "last": "2020-01-10", "by_date": True}, True, 0),
        ({}, None, None),
    ],
)
def test_event_and_days(known, event, days):
    """The event, or the last contact without it; calendar days where hours are unknown."""
    assert follow(**known)[:2] == (event, days)
    assert follow(**known)[2] == ()


@pytest.mark.parametrize(
    ("known", "note"),
    [
        ({"died": "2020-01-09", "last": "2020-01-09"}, "death: 1 ECGs were taken after the patient's death"),
        ({"last": "2020-01-09"}, "death: 1 ECGs were taken after the last contact, without death"),
    ],
)
def test_what_came_before_the_ecg_is_left_open_and_told(known, note):
    """No one who had the event is at risk of a first one."""
    event, days, notes = follow(**known)
    assert (event, days) == (None, None)
    assert notes[0].startswith(note)


def test_contact_after_death_is_told():
    """One of the two dates is wrong."""
    assert "1 patients have a last contact after their death" in follow(died="2020-01-20", last="2020-01-25")[2][0]


def test_patient_without_follow_up_is_open():
    """Not in the table is not free of events."""
    ecgs = pl.DataFrame({"patient_id": ["b", "a"], "ecg_time": [at(ECG)] * 2})
    events = pl.DataFrame({"patient_id": ["a"], "last_contact": [at("2020-02-01")], "mace_time": [at("2020-01-11")]})
    table = follow_up_columns(ecgs, events, by_date=True).table
    assert table.to_dict(as_series=False) == {"event.mace": [None, True], "event_days.mace": [None, 1]}


def test_deaths_of_the_patients_join_the_events():
    """Events that know of deaths themselves are left as they are."""
    patients = pl.DataFrame({"patient_id": ["a", "c"], "death_time": [at("2020-01-11"), None]})
    events = pl.DataFrame({"patient_id": ["b"], "last_contact": [at("2020-02-01")]})
    joined = with_deaths(events, patients)
    assert joined.rows() == [("b", at("2020-02-01"), None)]  # nobody would know of the living that they lived
    assert with_deaths(None, patients) is None
    own = events.with_columns(death_time=pl.lit(at("2020-01-31")))
    assert with_deaths(own, patients) is own
    assert with_deaths(events, patients.drop("death_time")) is events
    assert with_deaths(None, None) is None
