"""Ids that mean two people, or two ids that mean one, are told."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from einthoven.cohort.audit_patients import (
    age_against_time,
    changing_sex,
    implausible_age,
    shared_signals,
    torn_patients,
)

START = datetime.fromisoformat("2010-01-01")


def rows(**changes: list[object]) -> pl.DataFrame:
    """Three ECGs of p, five years apart, and one of q."""
    columns: dict[str, list[object]] = {
        "record_id": ["r0", "r1", "r2", "r3"],
        "patient_id": ["p", "p", "p", "q"],
        "source": ["s"] * 4,
        "split": ["train", "train", "train", "test"],
        "sex": ["F", "U", "F", "M"],
        "age_years": [50.0, 55.0, 60.0, 20.0],
        "ecg_time": [START + timedelta(days=1826 * i) for i in range(3)] + [START],
    }
    return pl.DataFrame(columns | changes)


def test_patients_who_are_themselves_pass():
    """An unknown sex is no other sex."""
    for check in (torn_patients, changing_sex, age_against_time, implausible_age):
        assert check(rows()).found == 0


def test_patient_in_two_splits_is_refused():
    """The patient is named."""
    check = torn_patients(rows(split=["train", "test", "train", "test"]))
    assert (check.found, check.refuses) == (1, True)
    assert "patient p" in check.detail


def test_patient_of_two_sexes_is_told():
    """An id that means two people."""
    check = changing_sex(rows(sex=["F", "M", "F", "M"]))
    assert (check.found, check.refuses) == (1, False)
    assert "patient p" in check.detail


def test_age_that_stands_still_or_falls_is_told():
    """Ages of one moment in all rows, or of two people; hidden ages above 89 stand still and are no mistake."""
    still = age_against_time(rows(age_years=[50.0, 50.0, 50.0, 20.0]))
    assert (still.found, still.refuses) == (1, False)
    assert "patient p, 5 years off at record r1" in still.detail
    assert age_against_time(rows(age_years=[50.0, 55.0, 40.0, 20.0])).found == 1
    assert age_against_time(rows(age_years=[90.0, 90.0, 90.0, 20.0])).found == 0
    assert age_against_time(rows(age_years=[50.0, 54.0, 61.0, None])).found == 1
    assert age_against_time(rows(age_years=[None] * 4)).detail == "no ECG has both an age and a time"


def test_implausible_age_is_told():
    """The record is named."""
    assert "r3" in implausible_age(rows(age_years=[50.0, 55.0, 60.0, 300.0])).detail


def test_patients_who_share_an_ecg_are_told_even_if_it_was_left_out():
    """The doubled ECG of q isn't in the cohort, and q may still be p."""
    manifest = pl.DataFrame(
        {
            "record_id": ["r0", "r1", "r2", "r3", "r4"],
            "patient_id": ["p", "p", "p", "q", "q"],
            "signal_hash": ["a", "b", "b", "c", "a"],
        }
    )
    check = shared_signals(rows(), manifest)
    assert (check.found, check.refuses) == (1, False)
    assert "patients p and q; 1 across splits" in check.detail
