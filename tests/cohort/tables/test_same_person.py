"""One id is one person: rows complete each other, and contradictions are refused or left out."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest

from einthoven.cohort.tables.doubled_rows import no_rows
from einthoven.cohort.tables.same_person import ages_note, merge_patients, one_sex_each
from einthoven.errors import CohortError

at = datetime.fromisoformat


def rows(**columns):
    """Return rows that begin on line 2."""
    table = pl.DataFrame(columns, strict=False)
    return no_rows(table, pl.int_range(2, 2 + table.height, eager=True))


def test_each_patient_has_one_row():
    """Unknown sexes and empty cells contradict nothing; the rows that went are told."""
    merged = merge_patients(
        rows(patient_id=["a", "b", "a", "a"], sex=["U", "M", "F", "F"], site=[None, "x", None, "y"]), name="t"
    )
    assert merged.table.rows() == [("a", "F", "y"), ("b", "M", "x")]
    assert merged.lines.to_list() == [2, 3]
    assert merged.dropped["row"].to_list() == [4, 5]


def test_the_first_contradiction_is_shown_with_its_lines():
    """Any column counts, and so do two deaths."""
    with pytest.raises(CohortError, match=r"t: patient 'a' has two values of site, 'x' \(line 2\) and 'y' \(line 4\)"):
        merge_patients(rows(patient_id=["a", "b", "a"], site=["x", "x", "y"]), name="t")
    times = [at("2020-01-01"), None, at("2020-01-02 10:00")]
    with pytest.raises(CohortError, match=r"two deaths, 2020-01-01 \(line 2\) and 2020-01-02 10:00:00 \(line 4\)"):
        merge_patients(rows(patient_id=["a", "a", "a"], death_time=times), name="t")


def test_patients_with_two_sexes_can_be_left_out():
    """All of their rows go."""
    found = one_sex_each("ecgs", rows(patient_id=["a", "b", "a"], sex=["F", "M", "M"]), name="t", on_error="drop")
    assert found.table.rows() == [("b", "M")]
    assert found.dropped["row"].to_list() == [2, 4]


def test_ages_that_fit_no_birth_date_are_noted():
    """Ten years in one: a slip of typing, or two patients."""
    ecgs = pl.DataFrame(
        {
            "patient_id": ["a", "a", "b", "b"],
            "ecg_time": [at("2010-01-01"), at("2011-01-01")] * 2,
            "age_years": [50.0, 51.9, 50.0, 60.0],
        }
    )
    assert ages_note(ecgs) == ["ages and times of ECGs don't fit one birth date in 1 patients, the first is 'b'"]
    assert ages_note(ecgs.head(2)) == []
    assert ages_note(ecgs.drop("age_years")) == []
