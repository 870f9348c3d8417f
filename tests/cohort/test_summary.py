"""Counts per split."""

from __future__ import annotations

import polars as pl

from einthoven.cohort.cohort import Cohort
from einthoven.cohort.summary import summarise


def test_outcomes_are_counted_among_pairs_and_the_unverified_beside_them():
    """An ECG of two reports is one ECG and two pairs."""
    entry = [{"record_id": "x", "outcome_id": "y", "outcome": 50.0, "gap_days": 9.0}]
    frame = pl.DataFrame(
        {
            "record_id": ["a", "a", "b", "c"],
            "outcome_id": ["1", "2", "", ""],
            "patient_id": ["p", "p", "p", "q"],
            "split": ["train", "train", "train", "external"],
            "pair": ["baseline", "followup", "none", "none"],
            "y.weak": [1.0, None, None, None],
            "u.weak": [False, True, False, False],
            "history": [None, entry, None, None],
        }
    )
    train, external = summarise(Cohort.from_frame(frame), labels=("weak",))
    assert (train["ecgs"], train["patients"], train["verified_patients"]) == (2, 1, 1)
    assert (train["baseline"], train["followup"], train["with_history"]) == (1, 1, 1)
    assert train["outcomes"]["weak"] == {"positive": 1, "negative": 0, "unknown": 1, "uncertain": 1}
    assert external["verified_patients"] == 0


def test_without_pairs_every_ecg_is_judged():
    """Labels of statements."""
    frame = pl.DataFrame(
        {"record_id": ["a", "b"], "outcome_id": "", "patient_id": ["p", "q"], "split": "test", "y.AF": [1.0, 0.0]}
    )
    (test,) = summarise(Cohort.from_frame(frame), labels=("AF",))
    assert test["outcomes"]["AF"] == {"positive": 1, "negative": 1, "unknown": 0, "uncertain": 0}


def test_what_an_ecg_itself_tells_is_counted_among_all_ecgs():
    """Beside an outcome of reports, which only pairs can have."""
    frame = pl.DataFrame(
        {
            "record_id": ["a", "b", "c"],
            "outcome_id": ["1", "", ""],
            "patient_id": ["p", "p", "q"],
            "split": ["test", "test", "test"],
            "pair": ["baseline", "none", "none"],
            "y.weak": [0.0, None, None],
            "y.AF": [0.0, 1.0, None],
        }
    )
    (test,) = summarise(Cohort.from_frame(frame), labels=("weak", "AF"))
    assert test["outcomes"]["weak"] == {"positive": 0, "negative": 1, "unknown": 0, "uncertain": 0}
    assert test["outcomes"]["AF"] == {"positive": 1, "negative": 1, "unknown": 1, "uncertain": 0}
