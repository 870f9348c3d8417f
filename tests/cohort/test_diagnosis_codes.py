"""Diagnosis codes in the spellings of several countries, and what can't be read counted, not lost."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from einthoven.cohort.diagnosis_codes import read_codes
from einthoven.errors import CohortError

DAY = dt.datetime(2015, 3, 1)  # noqa: DTZ001


def diagnoses(codes: list[str | None], **columns: list) -> pl.DataFrame:
    """List each code once, of one patient on one day."""
    data = {"patient_id": ["1"] * len(codes), "code": codes, "diagnosis_time": [DAY] * len(codes)} | columns
    return pl.DataFrame(data, schema_overrides={"code": pl.String})


def plain(code: str, **columns: str) -> str | None:
    """Say what one code is read as."""
    read = read_codes(diagnoses([code], **{name: [value] for name, value in columns.items()})).table
    return read["plain"].to_list()[0] if read.height else None


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("I48", "I48"),
        ("I48.0", "I480"),
        ("I480", "I480"),
        ("i48.91 ", "I4891"),
        (" I 48.0", "I480"),
        ("I25.-", "I25"),
        ("I25.1-", "I251"),
        ("I10.", "I10"),
        ("I10.X", "I10X"),
        ("E10.30+", "E1030"),
        ("H36.0*", "H360"),
        ("N08.3†", "N083"),
        ("I48.0 G", "I480"),
        ("I69.3 Z", "I693"),
        ("I70.2; L G", "I702"),
        ("I5A", "I5A"),
        ("F32.A", "F32A"),
        ("S72.001A", "S72001A"),
        ("I48.0 V", None),
        ("I48.0 A", None),
        ("4280", None),
        ("I4.80", None),
        ("I20-I25", None),
        ("I48.0, I10", None),
        ("atrial fibrillation", None),
        ("", None),
    ],
)
def test_icd_10_in_many_spellings(code, expected):
    """Letters behind a blank are ICD-10-GM's marks; those inside belong to the code."""
    assert plain(code) == expected


@pytest.mark.parametrize("system", ["9", "ICD-9-CM", "icd9cm", "ICD9", "9.0"])
def test_icd_9_cm_where_a_column_says_so(system):
    """V and E codes of it are no codes of ICD-10."""
    for code, expected in [
        ("428.0", "4280"),
        ("42731", "42731"),
        ("V45.01", "V4501"),
        ("E8859", "E8859"),
        ("I48", None),
    ]:
        assert plain(code, icd_version=system) == expected, code


@pytest.mark.parametrize("system", ["10", "ICD-10-GM 2019", "icd10cm", "I10", "KCD-7", "10.0"])
def test_systems_that_are_icd_10(system):
    """As hospitals name them."""
    assert plain("I48.0", version=system) == "I480"
    assert plain("4280", version=system) is None


def test_numbers_name_the_system_too():
    """MIMIC writes 9 and 10 as numbers."""
    read = read_codes(diagnoses(["4280", "I500", "I500"], icd_version=[9, 10, None]))
    assert sorted(read.table["coding"]) == ["icd10", "icd9cm"]
    assert read.report.other_system == 1


def test_every_row_is_counted_once():
    """The counts add up, and the malformed codes are shown as they were written, the most frequent first."""
    table = diagnoses(
        ["I48", "I48", "x", "?", "?", "I50 V", "BA00", None, "I10", "I10"], system=["10"] * 6 + ["11"] + ["10"] * 3
    )
    table = table.with_columns(
        patient_id=pl.Series(["1"] * 8 + [None, "1"]),
        diagnosis_time=pl.Series([DAY] * 9 + [None], dtype=pl.Datetime("us")),
    )
    report = read_codes(table).report
    assert report.malformed_codes == ("?", "x")
    counts = (report.read, report.malformed, report.not_confirmed, report.other_system, report.incomplete)
    assert counts == (2, 3, 1, 1, 3)
    assert sum(counts) == report.rows == table.height


def test_a_column_of_certainty_counts_as_the_mark_does():
    """Suspected and excluded diagnoses are none."""
    read = read_codes(diagnoses(["I48", "I50", "I10", "E11"], certainty=["g", "V", "a", None]))
    assert sorted(read.table["plain"]) == ["E11", "I48"]
    assert read.report.not_confirmed == 2
    with pytest.raises(CohortError, match="got 'confirmed'"):
        read_codes(diagnoses(["I48"], certainty=["confirmed"]))


def test_numbers_and_missing_columns_are_refused():
    """A code of numbers has lost its zeros."""
    with pytest.raises(CohortError, match="read the column as text"):
        read_codes(diagnoses(["428"]).with_columns(pl.col("code").cast(pl.Int64)))
    with pytest.raises(CohortError, match="have no column 'diagnosis_time'"):
        read_codes(diagnoses(["I48"]).drop("diagnosis_time"))
