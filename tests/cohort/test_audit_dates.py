"""Nothing may be known of an ECG before it was taken, and times that contradict each other are told."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl
import pytest

from einthoven.cohort.audit_dates import (
    after_last_report,
    before_last_contact,
    history_from_the_future,
    outcome_before_ecg,
)

DAY = datetime.fromisoformat("2020-01-10")


def rows(**changes: list[object]) -> pl.DataFrame:
    """Four pairs of one patient, ten days apart, reports of the same day."""
    times = [DAY + timedelta(days=10 * i) for i in range(4)]
    columns: dict[str, list[object]] = {
        "record_id": ["r0", "r1", "r2", "r3"],
        "outcome_id": ["o0", "o1", "o2", "o3"],
        "patient_id": ["p"] * 4,
        "source": ["s"] * 4,
        "split": ["train"] * 4,
        "pair": ["baseline", "followup", "followup", "followup"],
        "ecg_time": times,
        "outcome_time": times,
        "outcome_gap_days": [-1.0, 0.0, 2.0, 4.0],
    }
    return pl.DataFrame(columns | changes)


def entry(record: str, outcome: str, gap: float | None) -> dict[str, object]:
    """One entry of a history."""
    return {"record_id": record, "outcome_id": outcome, "outcome": 55.0, "gap_days": gap}


def test_plain_label_before_its_ecg_is_refused():
    """The record is named."""
    check = outcome_before_ecg(rows(pair=["none"] * 4, outcome_time=[DAY] * 4))
    assert (check.found, check.refuses) == (3, True)
    assert "record r1" in check.detail


def test_share_of_reports_before_their_ecg_is_told_by_split():
    """Within a window a report may lie on either side; a reader sees how many do."""
    check = outcome_before_ecg(rows(split=["train", "train", "train", "test"]))
    assert check.found == 0
    assert "of 4 pairs 1 (25.0 %) have their report before the ECG" in check.detail
    assert check.rows[0] == ("test", "1", "0 (0.0 %)", "0 (0.0 %)", "1 (100.0 %)", "4.0")
    assert check.rows[1][:3] == ("train", "3", "1 (33.3 %)")


def test_history_of_the_past_passes():
    """Lists may be empty or missing."""
    history = [None, [entry("r0", "o0", 10.0)], [entry("r1", "o1", 10.0), entry("r0", "o0", 20.0)], []]
    check = history_from_the_future(rows(history=history))
    assert check.found == 0
    assert check.detail == "3 earlier pairs and ECGs checked"


@pytest.mark.parametrize(
    "wrong",
    [
        entry("r0", "o0", 0.0),
        entry("r0", "o0", None),
        entry("r9", "o1", 5.0),
        entry("r1", "o9", 5.0),
        entry("r2", "o2", 5.0),
        entry("r9", "o9", -1.0),
    ],
    ids=["no gap", "unknown gap", "own report", "own record", "later ECG", "negative gap"],
)
def test_history_that_was_not_known_is_refused(wrong):
    """Own truth, the future, and gaps that aren't positive; found without the code that made the history."""
    check = history_from_the_future(rows(history=[None, [wrong], None, None]))
    assert (check.found, check.refuses) == (1, True)
    assert "record r1" in check.detail


def test_report_that_came_after_the_ecg_is_no_history():
    """The earlier ECG is older, its report is not."""
    late = [DAY + timedelta(days=15), *(DAY + timedelta(days=10 * i) for i in (1, 2, 3))]
    check = history_from_the_future(rows(outcome_time=late, history=[None, [entry("r0", "o0", 10.0)], None, None]))
    assert check.found == 1


def test_list_of_earlier_ecgs_is_checked_too():
    """An ECG isn't earlier than itself."""
    earlier = [None, [{"record_id": "r1", "gap_days": 3.0}], [{"record_id": "r0", "gap_days": 20.0}], None]
    assert history_from_the_future(rows(earlier_ecgs=earlier)).found == 1


def test_event_before_its_ecg_is_refused_unless_it_is_left_open():
    """Somebody who has had the event isn't at risk of it."""
    told = {"event.death": [True, None, False, None], "event_days.death": [-3.0, -3.0, 5.0, None]}
    check = before_last_contact(rows(**told))
    assert (check.found, check.refuses) == (1, True)
    assert "death of record r0" in check.detail
    assert before_last_contact(rows()).detail == "the cohort has no follow-up"


def test_ecgs_that_no_report_could_follow_are_told():
    """The archive of ECGs goes on for longer than that of the reports."""
    times = [DAY + timedelta(days=days) for days in (0, 10, 20, 200)]
    check = after_last_report(rows(ecg_time=times, pair=["baseline", "followup", "none", "none"]))
    assert (check.found, check.refuses) == (1, False)
    assert "record r3" in check.detail
