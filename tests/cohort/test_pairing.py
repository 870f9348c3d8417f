"""Pairs of ECG and report."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from einthoven.cohort.pairing import PairingSettings, baseline_or_followup, holds_dates, pair_reports
from einthoven.errors import SpecificationError

START = datetime(2020, 1, 1)  # noqa: DTZ001 - hospitals export local time without a zone


def table(key, rows, time):
    """Rows are (id, patient, days after START)."""
    return pl.DataFrame(
        {
            key: [row[0] for row in rows],
            "patient_id": [row[1] for row in rows],
            time: [None if row[2] is None else START + timedelta(days=row[2]) for row in rows],
        },
        schema={key: pl.String, "patient_id": pl.String, time: pl.Datetime("us")},
    )


def pairs(ecgs, reports, *, by_date=False, **options):
    left, right = table("record_id", ecgs, "ecg_time"), table("outcome_id", reports, "outcome_time")
    found = pair_reports(left, right, settings=PairingSettings(**options), by_date=by_date)
    return [(row["record_id"], row["outcome_id"]) for row in found.to_dicts()]


def test_the_nearest_ecg_within_the_window_is_taken():
    """On either side of the report; another patient's ECG is never near."""
    ecgs = [("early", "p", 0.0), ("near", "p", 8.0), ("late", "p", 15.0), ("other", "q", 10.0)]
    assert pairs(ecgs, [("echo", "p", 10.0)]) == [("near", "echo")]


def test_the_bound_of_the_window_is_included_and_beyond_it_there_is_no_pair():
    """Exactly 14 days apart is a pair, a second more isn't."""
    assert pairs([("a", "p", 0.0)], [("echo", "p", 14.0)]) == [("a", "echo")]
    assert pairs([("a", "p", 0.0)], [("echo", "p", 14.0 + 1 / 86_400)]) == []


@pytest.mark.parametrize(("ties", "expected"), [("ecg_first", "before"), ("report_first", "after")])
def test_ties_are_broken_by_the_stated_rule(ties, expected):
    """Two ECGs are five days away."""
    ecgs = [("after", "p", 15.0), ("before", "p", 5.0)]
    assert pairs(ecgs, [("echo", "p", 10.0)], ties=ties) == [(expected, "echo")]


def test_of_two_ecgs_of_one_moment_the_first_id_is_taken():
    """Whatever the order of the rows."""
    ecgs = [("b", "p", 9.0), ("a", "p", 9.0)]
    assert pairs(ecgs, [("echo", "p", 10.0)]) == pairs(ecgs[::-1], [("echo", "p", 10.0)]) == [("a", "echo")]


def test_two_echoes_may_share_one_ecg_unless_each_ecg_takes_its_nearest():
    """Both reports have no nearer ECG."""
    ecgs, reports = [("a", "p", 5.0)], [("x", "p", 4.0), ("y", "p", 9.0)]
    assert pairs(ecgs, reports) == [("a", "x"), ("a", "y")]
    assert pairs(ecgs, reports, per_ecg="nearest") == [("a", "x")]


def test_all_ecgs_in_the_window_may_be_asked_for():
    """One pair for each."""
    ecgs = [("a", "p", 0.0), ("b", "p", 9.0), ("c", "p", 30.0)]
    assert pairs(ecgs, [("echo", "p", 10.0)], per_report="all") == [("a", "echo"), ("b", "echo")]


@pytest.mark.parametrize(
    ("side", "expected"), [("ecg_first", "before"), ("report_first", "after"), ("either", "after")]
)
def test_a_side_may_be_asked_for(side, expected):
    """The nearer ECG is on the other side."""
    ecgs = [("before", "p", 3.0), ("after", "p", 11.0)]
    assert pairs(ecgs, [("echo", "p", 10.0)], side=side) == [(expected, "echo")]


def test_dates_without_hours_are_compared_as_days():
    """At 23:00 of the fourteenth day after a dated report the ECG is 14 days away, not more."""
    ecgs, reports = [("a", "p", 14 + 23 / 24)], [("echo", "p", 0.0)]
    assert pairs(ecgs, reports) == []
    assert pairs(ecgs, reports, by_date=True) == [("a", "echo")]


def test_rows_without_a_time_pair_with_nothing():
    """Neither ECG nor report."""
    assert pairs([("a", "p", None), ("b", "p", 1.0)], [("x", "p", None)]) == []


def test_a_negative_window_is_refused():
    """It says what is accepted."""
    with pytest.raises(SpecificationError, match="0 to 36,525"):
        PairingSettings(window_days=-1)


def test_follow_up_is_a_later_ecg_with_another_report():
    """A second report of the baseline's ECG, and a second ECG of its report, belong to the baseline."""
    entries = [
        ("p", "a", "1", 0, 1),
        ("p", "a", "2", 0, 2),  # the same ECG
        ("p", "b", "1", 1, 1),  # the same report
        ("p", "c", "3", 9, 0),
        ("p", "d", "", -9, None),
        ("q", "e", "4", 0, 0),
    ]
    rows = pl.DataFrame(
        {
            "patient_id": [entry[0] for entry in entries],
            "record_id": [entry[1] for entry in entries],
            "outcome_id": [entry[2] for entry in entries],
            "ecg_time": [START + timedelta(days=entry[3]) for entry in entries],
            "outcome_time": [None if entry[4] is None else START + timedelta(days=entry[4]) for entry in entries],
        }
    )
    named = {(row["record_id"], row["outcome_id"]): row["pair"] for row in baseline_or_followup(rows).to_dicts()}
    assert named == {
        ("a", "1"): "baseline",
        ("a", "2"): "baseline",
        ("b", "1"): "baseline",
        ("c", "3"): "followup",
        ("d", ""): "none",
        ("e", "4"): "baseline",
    }


def test_a_column_holds_dates_when_too_many_times_are_midnight():
    """One clock time among dates doesn't hide them; one midnight among clock times is a chance."""
    clocks = [START + timedelta(days=day, hours=10) for day in range(200)]
    dates = [START + timedelta(days=day) for day in range(200)]
    assert not holds_dates(pl.Series([*clocks, dates[0]]))
    assert holds_dates(pl.Series([*dates, clocks[0]]))
    assert not holds_dates(pl.Series([None], dtype=pl.Datetime("us")))


timelines = st.lists(st.tuples(st.sampled_from("pq"), st.integers(0, 40)), max_size=12)


@settings(max_examples=60, deadline=None)
@given(timelines, timelines, st.sampled_from(["either", "ecg_first", "report_first"]))
def test_no_report_has_a_nearer_ecg_than_the_one_it_was_given(ecg_days, report_days, side):
    """Compared with a search through all ECGs, over random timelines."""
    ecgs = [(f"e{i:02}", patient, float(day)) for i, (patient, day) in enumerate(ecg_days)]
    reports = [(f"r{i:02}", patient, float(day)) for i, (patient, day) in enumerate(report_days)]
    expected = []
    for report, patient, day in reports:
        near = [
            (abs(day - at), at > day, at, name)
            for name, owner, at in ecgs
            if owner == patient and abs(day - at) <= 14
            and (side == "either" or (at <= day if side == "ecg_first" else at >= day))
        ]  # fmt: skip
        expected += [(min(near)[3], report)] if near else []
    assert pairs(ecgs, reports, side=side) == sorted(expected)
