"""Ages, sexes and times in the spellings of recorders."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from einthoven.ecg.formats.patient_words import age_between, age_in_years, as_date, joined_date_time, parse_timestamp


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("20021122091000", "2002-11-22T09:10:00"),
        ("20021122091000.000-0100", "2002-11-22T09:10:00-01:00"),
        ("2020-05-18T15:48:11Z", "2020-05-18T15:48:11+00:00"),
        ("200211220910", "2002-11-22T09:10:00"),
        ("20021122", "2002-11-22T00:00:00"),
        ("2002-11-22 09:10:00,5", "2002-11-22T09:10:00.500000"),
    ],
)
def test_timestamps_are_read_with_their_zone(text, iso):
    assert parse_timestamp(text).isoformat() == iso


@pytest.mark.parametrize("text", ["", "20021322", "20020230", "00000000", "11/22/2002", "2002", "20021122256199", "x"])
def test_what_is_no_time_is_none(text):
    assert parse_timestamp(text) is None


def test_a_day_without_a_clock_begins_at_midnight():
    assert joined_date_time("2002-11-22", "09:10:00", zone="Z") == datetime(2002, 11, 22, 9, 10, tzinfo=UTC)
    assert joined_date_time("20021122", "unknown").isoformat() == "2002-11-22T00:00:00"
    assert joined_date_time("", "09:10:00") is None


def test_ages_follow_from_dates_and_units():
    assert age_between(date(1960, 1, 1), datetime(2000, 1, 1, tzinfo=UTC)) == pytest.approx(40.0, abs=0.01)
    assert age_between(date(2001, 1, 1), date(2000, 1, 1)) is None
    assert age_between(None, date(2000, 1, 1)) is None
    assert age_in_years(730.5, "Days") == 2
    assert age_in_years(3, "fortnights") is None
    assert age_in_years(-1) is None
    assert as_date("19600102") == date(1960, 1, 2)
    assert as_date("x") is None
