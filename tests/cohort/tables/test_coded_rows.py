"""Diagnoses without a usable code are left out; many of them are another coding system."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest

from einthoven.cohort.tables.coded_rows import without_unusable_codes
from einthoven.cohort.tables.doubled_rows import no_rows
from einthoven.errors import CohortError


def diagnoses(*codes, **columns):
    """Return a diagnosis per code that begin on line 2."""
    day = datetime.fromisoformat("2020-01-01")
    table = pl.DataFrame({"patient_id": "a", "code": codes, "diagnosis_time": day, **columns})
    return no_rows(table, pl.int_range(2, 2 + len(codes), eager=True))


def test_usable_codes_stay_as_they_are_written():
    """Whoever looks for conditions reads them again."""
    rows = diagnoses("I25.1", "i48", "E10.2†")
    assert without_unusable_codes(rows, name="t") is rows


def test_unusable_codes_are_left_out_with_their_line():
    """A word, and a diagnosis that was excluded."""
    rows = without_unusable_codes(diagnoses("I10", "flu", "I21.9 A"), name="t")
    assert rows.table["code"].to_list() == ["I10"]
    assert rows.dropped.select("row", "value").rows() == [(3, "flu"), (4, "I21.9 A")]


def test_a_column_may_say_the_coding_system():
    """ICD-9 codes are codes where they are declared, and an empty certainty is none."""
    rows = diagnoses("427.31", "I10", system=["ICD-9", "ICD-10"], certainty=[None, "G"])
    assert without_unusable_codes(rows, name="t").table.height == 2


def test_many_unusable_codes_are_refused():
    """Then nobody said what they are."""
    with pytest.raises(CohortError, match=r"t: 5 of 6 codes can't be used, the first is '428\.0' in line 3"):
        without_unusable_codes(diagnoses("I10", *["428.0"] * 5), name="t")
