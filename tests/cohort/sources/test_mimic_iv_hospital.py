"""Diagnoses count from the discharge, deaths from the end of their day, and the living until a year after discharge."""

from __future__ import annotations

import polars as pl
import pytest

from einthoven.cohort.comorbidity import comorbidities
from einthoven.errors import CohortError
from fakes.mimic_iv_ecg_folder import make_mimic_iv_ecg


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """Return a small folder's settings."""
    return make_mimic_iv_ecg(tmp_path_factory.mktemp("mimic"))


def texts(table, *columns):
    return table.select(pl.col(*columns).cast(pl.String).str.slice(0, 19)).rows()


def test_diagnoses_count_from_the_discharge(source):
    """Codes are given after the stay; the version stands beside them, and others' patients are left out."""
    assert texts(source.load().diagnoses, "patient_id", "code", "diagnosis_time", "icd_version") == [
        ("10000001", "I5021", "2150-01-09 12:00:00", "10"),
        ("10000001", "E119", "2150-05-04 12:00:00", "10"),
        ("10000002", "4280", "2150-02-03 12:00:00", "9"),
    ]


def test_codes_of_both_versions_are_comorbidities(source):
    """Heart failure in ICD-9 before the ECG, and in ICD-10; an ECG before the discharge knows nothing."""
    data = source.load()
    ecgs = pl.DataFrame({name: data.columns[name] for name in ("record_id", "patient_id", "ecg_time")})
    found = comorbidities(ecgs, data.diagnoses, conditions=["heart_failure", "diabetes"]).table
    assert found["heart_failure"].to_list() == [True, True, False, False] * 2
    assert found["diabetes"].to_list() == [False] * 8  # coded in May, ECGs are of March


def test_the_living_are_followed_for_a_year_after_their_last_discharge(source):
    """Without any stay, until the last ECG."""
    events = source.load().events
    assert texts(events, "patient_id", "last_contact", "death_time") == [
        ("10000001", "2151-05-04 12:00:00", None),
        ("10000002", "2150-09-01 23:59:59", "2150-09-01 23:59:59"),
        ("10000003", "2150-03-03 14:30:00", "2150-03-03 14:30:00"),
        ("10000004", "2150-03-02 08:30:00", None),
    ]


def test_deaths_are_counted_from_each_ecg(source):
    """The third patient's first ECG was two days before the death in hospital."""
    data = source.load()
    assert data.columns["event.death"][:4] == [False, True, True, False]
    assert data.columns["event_days.death"][2] == 2.25
    assert data.columns["event_days.death"][3] == 1.0


def test_an_unreadable_time_is_named(tmp_path):
    """File, line and column."""
    source = make_mimic_iv_ecg(tmp_path)
    (tmp_path / "hosp" / "patients.csv.gz").unlink()
    (tmp_path / "hosp" / "patients.csv").write_text(
        "subject_id,gender,anchor_age,anchor_year,dod\n10000001,F,60,2150,soon\n"
    )
    with pytest.raises(CohortError, match=r"patients\.csv, line 2: column 'dod' holds 'soon': it must be a date"):
        source.load()
