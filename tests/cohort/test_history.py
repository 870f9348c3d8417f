"""What was known before an ECG; above all, what was not."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from einthoven.cohort.history import HistorySettings, earlier_ecgs, earlier_pairs, without_strangers
from einthoven.cohort.pairing import PairingSettings, pair_reports
from einthoven.errors import SpecificationError

START = datetime(2020, 1, 1)  # noqa: DTZ001 - hospitals export local time without a zone
SCHEMA = {
    "record_id": pl.String,
    "patient_id": pl.String,
    "ecg_time": pl.Datetime("us"),
    "outcome_id": pl.String,
    "outcome_time": pl.Datetime("us"),
    "lvef": pl.Float64,
}


def at(days):
    return None if days is None else START + timedelta(days=days)


def rows(*entries):
    """Entries are (record, ECG's day, report or '', report's day, LVEF) of one patient."""
    values = [(record, "p", at(ecg), report, at(day), lvef) for record, ecg, report, day, lvef in entries]
    return pl.DataFrame(values, schema=SCHEMA, orient="row")


def history_of(table, record, **options):
    found = earlier_pairs(table, outcome="lvef", settings=HistorySettings(**options))
    entries = found.filter(pl.col("record_id") == record)["history"].to_list()
    return entries[0] if entries else []


def test_earlier_pairs_come_latest_first_with_value_and_distance():
    """The distance is that of the ECGs."""
    table = rows(("a", 0, "x", 2, 60), ("b", 30, "y", 31, 50), ("c", 100, "z", 101, 40))
    assert history_of(table, "c") == [
        {"record_id": "b", "outcome_id": "y", "outcome": 50.0, "gap_days": 70.0},
        {"record_id": "a", "outcome_id": "x", "outcome": 60.0, "gap_days": 100.0},
    ]


def test_an_earlier_pairs_report_that_comes_after_the_present_ecg_does_not_leak():
    """Day 0 and its echo of day 12; the present ECG is of day 10."""
    table = rows(("a", 0, "x", 12, 30), ("b", 10, "y", 20, 35))
    assert history_of(table, "b") == []


def test_the_truth_of_the_present_row_is_no_history_though_an_earlier_ecg_shares_it():
    """Two ECGs are paired with one echo that lies between them."""
    table = rows(("a", 0, "x", 5, 30), ("b", 10, "x", 5, 30))
    assert history_of(table, "b") == []


def test_two_echoes_of_one_ecg_know_nothing_of_each_other():
    """Both rows have the same ECG."""
    table = rows(("a", 10, "x", 5, 30), ("a", 10, "y", 12, 35))
    assert history_of(table, "a") == []
    assert history_of(table, "a", gap_hours=0) == []


def test_the_gap_holds_for_ecg_and_report_alike():
    """A report of 23 hours ago isn't known yet; one of 24 hours is."""
    late, in_time = (
        rows(("a", 0, "x", 9.05, 30), ("b", 10, "y", 20, 35)),
        rows(("a", 0, "x", 8.9, 3), ("b", 10, "y", 9, 4)),
    )
    assert history_of(late, "b") == []
    assert [entry["outcome_id"] for entry in history_of(in_time, "b", report_gap_days=0)] == ["x"]


def test_midnight_is_a_date_that_counts_as_the_end_of_its_day():
    """The echo of day 9 may be from 23:59; at day 10, 12:00 it is not surely a day old."""
    assert history_of(rows(("a", 0, "x", 8.9, 30), ("b", 10.5, "y", 20, 35)), "b")
    assert not history_of(rows(("a", 0, "x", 9, 30), ("b", 10.5, "y", 20, 35)), "b")
    assert history_of(rows(("a", 0, "x", 9, 30), ("b", 10.5, "y", 20, 35)), "b", gap_hours=6)


def test_an_exam_that_was_reported_twice_is_no_history_of_itself():
    """The row's truth is a correction of the report that an earlier ECG was paired with, hours later."""
    table = rows(("a", 0.1, "x", 1.2, 30), ("b", 4.1, "x corrected", 1.6, 30))
    assert history_of(table, "b") == []
    assert history_of(table, "b", report_gap_days=0)
    weeks = rows(("a", 0.1, "x", 1.2, 30), ("b", 4.1, "x corrected", 9.6, 30))
    assert history_of(weeks, "b")
    assert history_of(weeks, "b", report_gap_days=14) == []


def test_a_pair_without_the_measured_value_is_no_history():
    """There is nothing to learn from it."""
    assert history_of(rows(("a", 0, "x", 2, None), ("b", 30, "y", 31, 50)), "b") == []


def test_an_unpaired_ecg_has_a_history_when_asked_for():
    """A service scores ECGs that have no echo yet."""
    table = rows(("a", 0, "x", 2, 60), ("b", 30, "", None, None))
    assert history_of(table, "b") == []
    assert len(history_of(table, "b", unpaired=True)) == 1


def test_earlier_ecgs_are_listed_whether_paired_or_not():
    """At most as many as asked, latest first."""
    table = pl.DataFrame(
        [(name, "p", at(day)) for name, day in (("d", 30), ("a", 0), ("c", 29.5), ("b", 10))],
        schema={name: SCHEMA[name] for name in ("record_id", "patient_id", "ecg_time")},
        orient="row",
    )
    found = earlier_ecgs(table, settings=HistorySettings(earlier_ecgs=2))
    assert dict(found.iter_rows()) == {
        "b": [{"record_id": "a", "gap_days": 10.0}],
        "c": [{"record_id": "b", "gap_days": 19.5}, {"record_id": "a", "gap_days": 29.5}],
        "d": [{"record_id": "b", "gap_days": 20.0}, {"record_id": "a", "gap_days": 30.0}],
    }


def test_ecgs_that_left_the_cohort_leave_the_histories_too():
    """Nobody will have scored them."""
    entries = [{"record_id": name, "outcome_id": "x", "outcome": 50.0, "gap_days": 9.0} for name in ("gone", "a")]
    table = pl.DataFrame({"record_id": ["a", "b"], "outcome_id": ["1", "2"], "history": [[entries[0]], entries]})
    assert without_strangers(table)["history"].to_list() == [None, [entries[1]]]
    whole = pl.DataFrame({"record_id": ["a", "gone"], "outcome_id": ["1", "2"], "history": [[entries[0]], None]})
    assert without_strangers(whole).equals(whole)


@pytest.mark.parametrize("wrong", [{"gap_hours": -1}, {"earlier_ecgs": -1}, {"report_gap_days": -1}])
def test_negative_settings_are_refused(wrong):
    """They say what is accepted."""
    with pytest.raises(SpecificationError, match="0 to 1,000,000"):
        HistorySettings(**wrong)


# times in quarters of a day, so that equal moments, shared days and exact gaps all occur
timelines = st.lists(st.tuples(st.sampled_from("pq"), st.integers(0, 160)), min_size=1, max_size=14)


def cohort_rows(ecg_quarters, report_quarters, per_report):
    ecgs = pl.DataFrame(
        [(f"e{i}", patient, at(quarter / 4)) for i, (patient, quarter) in enumerate(ecg_quarters)],
        schema={"record_id": pl.String, "patient_id": pl.String, "ecg_time": pl.Datetime("us")},
        orient="row",
    )
    reports = pl.DataFrame(
        [(f"r{i}", patient, at(quarter / 4), float(i)) for i, (patient, quarter) in enumerate(report_quarters)],
        schema={
            "outcome_id": pl.String,
            "patient_id": pl.String,
            "outcome_time": pl.Datetime("us"),
            "lvef": pl.Float64,
        },
        orient="row",
    )
    found = pair_reports(ecgs, reports, settings=PairingSettings(per_report=per_report))
    joined = ecgs.join(found, on="record_id", how="left").join(reports, on=["outcome_id", "patient_id"], how="left")
    return joined.with_columns(pl.col("outcome_id").fill_null(""))


@settings(max_examples=80, deadline=None)
@given(
    timelines, timelines, st.sampled_from([0, 6, 24]), st.sampled_from(["nearest", "all"]), st.sampled_from([0, 1, 5])
)
def test_no_future_ever_enters_a_history_and_no_known_past_is_missing(ecgs, reports, gap, per_report, apart):
    """Against the definition, spelled out pair by pair, over random timelines."""
    table = cohort_rows(ecgs, reports, per_report)
    options = HistorySettings(gap_hours=gap, report_gap_days=apart, unpaired=True)
    found = earlier_pairs(table, outcome="lvef", settings=options)
    listed = {
        (row["record_id"], row["outcome_id"]): [(e["record_id"], e["outcome_id"]) for e in row["history"]]
        for row in found.to_dicts()
    }
    pairs = [row for row in table.to_dicts() if row["outcome_id"]]
    for row in table.to_dicts():
        bound, own = row["ecg_time"] - timedelta(hours=gap), row["outcome_time"]
        expected = {
            (pair["record_id"], pair["outcome_id"])
            for pair in pairs
            if pair["patient_id"] == row["patient_id"]
            and surely_past(pair["ecg_time"]) <= bound
            and pair["ecg_time"] < row["ecg_time"]
            and surely_past(pair["outcome_time"]) <= bound
            and pair["outcome_id"] != row["outcome_id"]
            and (own is None or abs(pair["outcome_time"] - own) >= timedelta(days=apart))
        }
        got = listed.get((row["record_id"], row["outcome_id"]), [])
        assert len(got) == len(set(got))
        assert set(got) == expected


@settings(max_examples=60, deadline=None)
@given(timelines, st.sampled_from([0, 6, 24]), st.integers(1, 4))
def test_earlier_ecgs_are_the_latest_of_the_past(quarters, gap, most):
    """Against the definition; with no gap, ECGs of the same moment are no past."""
    ecgs = cohort_rows(quarters, [("p", 0)], "nearest").unique("record_id")
    found = earlier_ecgs(ecgs, settings=HistorySettings(gap_hours=gap, earlier_ecgs=most))
    listed = {row["record_id"]: [entry["record_id"] for entry in row["earlier_ecgs"]] for row in found.to_dicts()}
    times = {row["record_id"]: (row["patient_id"], row["ecg_time"]) for row in ecgs.to_dicts()}
    for record, (patient, time) in times.items():
        own = sorted((when, other) for other, (owner, when) in times.items() if owner == patient)
        past = [
            other
            for place, (when, other) in enumerate(own)
            if when < time and all(surely_past(at) <= time - timedelta(hours=gap) for at, _ in own[: place + 1])
        ]
        assert listed.get(record, []) == past[::-1][:most]


def surely_past(time):
    """Return when a thing had surely happened: a midnight is a date, and counts as the end of its day."""
    return time + timedelta(days=1) if time == time.replace(hour=0, minute=0, second=0) else time
