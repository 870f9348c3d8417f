"""Ages follow from birth dates, and an ECG that contradicts its patient is left out."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest

from einthoven.cohort.tables.ages import with_patients
from einthoven.cohort.tables.doubled_rows import no_rows
from einthoven.errors import CohortError

at = datetime.fromisoformat


def ecgs(**columns):
    """Return rows of ECGs of patients a, b, c in 2020."""
    table = pl.DataFrame({"record_id": list("123"), "patient_id": list("abc"), "ecg_time": [at("2020-01-01")] * 3})
    return no_rows(table.with_columns(**{name: pl.Series(values) for name, values in columns.items()}), lines())


def lines():
    """Return the lines that three rows begin on."""
    return pl.Series([2, 3, 4])


def patients(**columns):
    """Return the table of patients a and b."""
    return pl.DataFrame({"patient_id": ["a", "b"], **columns})


def test_what_the_ecg_leaves_open_the_patient_says():
    """Sex and age are filled; a patient who isn't in the table stays unknown."""
    known = patients(sex=["F", "M"], birth_date=[at("1950-01-01"), None])
    table = with_patients(ecgs(), known, name="x").table
    assert table["sex"].to_list() == ["F", "M", "U"]
    assert table["age_years"].to_list() == [pytest.approx(70, abs=0.01), None, None]
    assert table.schema["age_years"] == pl.Float32


def test_what_the_ecg_says_stays():
    """The age at the ECG may be rounded to whole years."""
    known = patients(sex=["U", "M"], birth_date=[at("1950-01-01"), at("1960-01-01")])
    table = with_patients(ecgs(sex=["F", "M", "M"], age_years=[71.5, 59.0, 30.0]), known, name="x").table
    assert table["sex"].to_list() == ["F", "M", "M"]
    assert table["age_years"].to_list() == [71.5, 59, 30]


@pytest.mark.parametrize(
    ("ecg", "patient", "reason"),
    [
        ({"sex": ["M", "U", "U"]}, {"sex": ["F", "F"]}, "the sex is M here and F"),
        ({"age_years": [67.5, 60.0, 1.0]}, {"birth_date": [at("1950-01-01"), at("1960-01-01")]}, "the age is 67.5"),
        ({}, {"birth_date": [at("2020-06-01"), at("1960-01-01")]}, "before the patient was born"),
    ],
)
def test_ecg_that_contradicts_its_patient_is_left_out(ecg, patient, reason):
    """One contradiction may be a slip; it is told with its line."""
    rows = with_patients(ecgs(**ecg), patients(**patient), name="x")
    assert rows.table["record_id"].to_list() == ["2", "3"]
    assert rows.lines.to_list() == [3, 4]
    assert rows.dropped["row"].to_list() == [2]
    assert reason in rows.dropped["reason"][0]


def test_many_contradictions_are_another_table():
    """Then the two tables number their patients in two ways."""
    with pytest.raises(CohortError, match=r"x: 2 of 3 ECGs contradict the table of patients, the first in line 2"):
        with_patients(ecgs(sex=["M", "M", "U"]), patients(sex=["F", "F"]), name="x")


def test_groups_and_covariates_of_patients_reach_their_ecgs():
    """What the ECG has itself goes before."""
    known = patients(**{"group.race": ["x", "y"], "covariate.bmi": [20.0, 30.0], "site": ["A", "B"]})
    table = with_patients(ecgs(**{"covariate.bmi": [21.0, None, None]}), known, name="x").table
    assert table["covariate.bmi"].to_list() == [21, 30, None]
    assert table["group.race"].to_list() == ["x", "y", None]
    assert table["site"].to_list() == ["A", "B", None]
