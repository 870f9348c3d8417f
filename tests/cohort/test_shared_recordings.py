"""Whoever shares a recording with somebody who is tested leaves what is learnt from, with all ECGs; it is counted."""

from __future__ import annotations

import polars as pl

from einthoven.cohort.near_duplicates import NearDuplicate
from einthoven.cohort.shared_recordings import COPIES, SHARED, without_shared_recordings


def pair(first: str, second: str) -> NearDuplicate:
    """Return two records of one recording."""
    return NearDuplicate(first, second, 0.99, 0.0, 1.0, 9.0)


def left(records: dict[str, tuple[str, str]], *found: tuple[str, str], hashes: dict[str, str] | None = None):
    """Return the record ids that stay, and the steps; records are id -> (patient, split)."""
    rows = pl.DataFrame(
        {
            "record_id": list(records),
            "patient_id": [patient for patient, _ in records.values()],
            "split": [split for _, split in records.values()],
            "signal_hash": [(hashes or {}).get(record, record) for record in records],
        }
    )
    flow = []
    kept = without_shared_recordings(rows, [pair(*ids) for ids in found], flow)
    return "".join(kept["record_id"]), [(step.label, step.records, step.patients) for step in flow]


def test_all_ecgs_of_a_tested_person_leave_training_whatever_they_are_called():
    """Record b of patient 2 is record a of patient 1, who is tested: c, patient 2's other ECG, leaves as well."""
    records = {"a": ("1", "test"), "b": ("2", "train"), "c": ("2", "train"), "d": ("3", "train")}
    assert left(records, ("a", "b")) == ("ad", [(SHARED, 2, 1)])


def test_persons_are_linked_by_way_of_others():
    """1 is 2 and 2 is 3, though 1 and 3 share nothing; 5 and 6 are one person of the training split and stay."""
    records = {
        "a": ("1", "external"), "b": ("2", "train"), "c": ("2", "train"), "d": ("3", "train"),
        "e": ("5", "train"), "f": ("6", "train"),
    }  # fmt: skip
    assert left(records, ("a", "b"), ("c", "d"), ("e", "f")) == ("aef", [(SHARED, 3, 2)])


def test_validation_is_kept_from_training_and_test_from_both():
    """What judges is never given up for what is learnt from."""
    records = {"a": ("1", "validation"), "b": ("2", "train"), "c": ("3", "validation"), "d": ("4", "test")}
    assert left(records, ("a", "b"), ("c", "d")) == ("ad", [(SHARED, 2, 2)])


def test_the_same_samples_are_a_link_too_and_of_copies_in_one_split_the_first_stays():
    """Also between two splits that are judged, of which neither is learnt from."""
    records = {
        "a": ("1", "test"), "b": ("2", "train"), "c": ("3", "train"), "d": ("4", "train"), "e": ("5", "external"),
    }  # fmt: skip
    hashes = {"a": "x", "b": "x", "e": "x", "c": "y", "d": "y"}
    assert left(records, hashes=hashes) == ("ac", [(SHARED, 1, 1), (COPIES, 2, 2)])


def test_an_ecg_that_left_before_still_tells_who_is_whom():
    """HR1 is a copy of ECG 1, which left with its tested patient; the patient is tested by another ECG."""
    known = pl.DataFrame(
        {
            "record_id": ["arrays:9", "ptb_xl:1", "other:HR1"],
            "patient_id": ["ptb_xl:p", "ptb_xl:p", "other:HR1"],
            "split": ["test", "train", "train"],
            "signal_hash": list("xyz"),
        }
    )
    flow = []
    rows = known.filter(pl.col("record_id") != "ptb_xl:1")
    kept = without_shared_recordings(rows, [pair("other:HR1", "ptb_xl:1")], flow, known=known)
    assert kept["record_id"].to_list() == ["arrays:9"]
    assert [(step.label, step.records) for step in flow] == [(SHARED, 1)]


def test_a_cohort_that_shares_nothing_stays_as_it_is():
    """Without a step in the flow; a recording twice in one patient is no leak."""
    records = {"a": ("1", "test"), "b": ("1", "test"), "c": ("2", "train")}
    assert left(records, ("a", "b")) == ("abc", [])
