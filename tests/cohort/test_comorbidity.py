"""Conditions at the ECG's date: never from the future, by published lists of codes."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from einthoven.cohort.comorbidity import CodeList, code_lists, comorbidities
from einthoven.errors import CohortError, SpecificationError


def day(number: float) -> dt.datetime:
    """Return a time so many days after the first of January 2015."""
    return dt.datetime(2015, 1, 1) + dt.timedelta(days=number)  # noqa: DTZ001


def ecgs(*rows: tuple[str | None, float | None]) -> pl.DataFrame:
    """ECGs of (patient, day)."""
    data = [(f"e{i}", patient, None if number is None else day(number)) for i, (patient, number) in enumerate(rows)]
    schema = {"record_id": pl.String, "patient_id": pl.String, "ecg_time": pl.Datetime("us")}
    return pl.DataFrame(data, schema=schema, orient="row")


def diagnoses(*rows: tuple[str | None, str | None, float | None]) -> pl.DataFrame:
    """Diagnoses of (patient, code, day)."""
    data = [(patient, code, None if number is None else day(number)) for patient, code, number in rows]
    schema = {"patient_id": pl.String, "code": pl.String, "diagnosis_time": pl.Datetime("us")}
    return pl.DataFrame(data, schema=schema, orient="row")


def has(
    table: pl.DataFrame, codes: pl.DataFrame, condition: str = "atrial_fibrillation", **options
) -> list[bool | None]:
    """Whether each ECG's patient had the condition."""
    return comorbidities(table, codes, conditions=[condition], **options).table[condition].to_list()


def test_a_code_counts_from_its_time_on_and_for_its_patient_alone():
    """What was recorded after an ECG says nothing of it."""
    table = ecgs(("1", 9.5), ("1", 10.6), ("1", 400.5), ("2", 10.6))
    assert has(table, diagnoses(("1", "I48.0", 10.5))) == [False, True, True, False]


def test_the_order_and_number_of_ecgs_stays():
    """Rows of one ECG with several reports come back as they came."""
    table = pl.concat([ecgs(("2", 1.5), ("1", 20.5)), ecgs(("2", 1.5))])
    result = comorbidities(
        table, diagnoses(("1", "I48", 3), ("1", "I489", 5)), conditions=["diabetes", "atrial_fibrillation"]
    )
    assert result.table.columns == ["record_id", "diabetes", "atrial_fibrillation"]
    assert result.table["record_id"].to_list() == ["e0", "e1", "e0"]
    assert result.table["atrial_fibrillation"].to_list() == [False, True, False]


def test_a_window_before_the_ecg():
    """Counted from the ECG's day, the first day of the window included."""
    codes = diagnoses(("1", "I48", 10), ("1", "I48", 100.7))
    table = ecgs(("1", 11.5), ("1", 40.5), ("1", 41.5), ("1", 100.5), ("1", 130.9), ("1", 131.9))
    assert has(table, codes, lookback_days=30) == [True, True, False, False, True, False]
    assert has(table, codes) == [True] * 6


def test_codes_of_the_ecgs_day_without_an_hour():
    """They count by default; left out they count from the next day on. With hours known, the hours decide."""
    whole, hour = diagnoses(("1", "I48", 10)), diagnoses(("1", "I48", 10.5))
    table = ecgs(("1", 10.3), ("1", 10.6), ("1", 11.0))
    assert has(table, whole) == [True, True, True]
    assert has(table, whole, same_day=False) == [False, False, True]
    assert has(table, hour) == has(table, hour, same_day=False) == [False, True, True]
    assert has(table, whole, same_day=False, lookback_days=1) == [False, False, True]
    assert has(ecgs(("1", 11.3)), whole, same_day=False, lookback_days=0) == [False]


def test_ecgs_that_have_a_day_only():
    """A code with an hour of that day counts as one without: by same_day."""
    table = ecgs(("1", 9), ("1", 10), ("1", 11))
    for codes in (diagnoses(("1", "I48", 10)), diagnoses(("1", "I48", 10.5))):
        assert has(table, codes) == [False, True, True]
        assert has(table, codes, same_day=False) == [False, False, True]
    assert has(table, diagnoses(("1", "I48", 10.5)), ecg_date_only=False) == [False, False, True]
    dates = table.with_columns(pl.col("ecg_time").dt.date())
    assert has(dates, diagnoses(("1", "I48", 10.5))) == [False, True, True]


def test_patients_without_any_diagnosis_are_no_or_unknown():
    """A row of another condition is enough to be covered; an ECG without a time is unknown."""
    codes = diagnoses(("1", "I48", 1), ("2", "J45", 500), ("4", "?", None))
    table = ecgs(("1", 5.5), ("2", 5.5), ("3", 5.5), ("1", None), (None, 5.5))
    assert has(table, codes) == [True, False, False, None, None]
    assert has(table, codes, absent="unknown") == [True, False, None, None, None]
    assert has(table, codes, lookback_days=30) == [True, False, False, None, None]


def test_lists_of_ones_own():
    """Beginnings of codes, ranges, or both codings."""
    codes = diagnoses(("1", "I42.1", 1), ("2", "I42.20", 1), ("3", "I43", 1), ("4", "i422", 1))
    table = ecgs(*[(str(patient), 5.5) for patient in range(1, 5)])
    own = {"hcm": ["I42.1-I42.2"], "muscle": CodeList(icd10=("I42", "I43")), "first": ["I421"], "row": ("I43",)}
    found = comorbidities(table, codes, conditions=own).table
    assert found["hcm"].to_list() == [True, True, False, True]
    assert found["muscle"].to_list() == [True] * 4
    assert found["first"].to_list() == [True, False, False, False]
    assert comorbidities(table, codes, conditions=own, lookback_days=30).table.equals(found)


def test_both_codings_in_one_table():
    """A system column tells them apart: E885 is a fall in one and a metabolic disorder in the other."""
    codes = diagnoses(("1", "42731", 1), ("2", "I480", 1), ("3", "42731", 1), ("4", "E8501", 1), ("5", "E8501", 1))
    codes = codes.with_columns(icd_version=pl.Series([9, 10, 10, 9, 10]))
    table = ecgs(*[(str(patient), 5.5) for patient in range(1, 6)])
    result = comorbidities(table, codes, conditions=["atrial_fibrillation", "amyloidosis"])
    assert result.table["atrial_fibrillation"].to_list() == [True, True, False, False, False]
    assert result.table["amyloidosis"].to_list() == [False, False, False, False, True]
    assert result.report.malformed == 1


def test_tables_without_rows():
    """Nobody has anything, and nothing fails."""
    assert has(ecgs(("1", 1.5)), diagnoses()) == [False]
    assert has(ecgs(("1", 1.5)), diagnoses(), lookback_days=3, absent="unknown") == [None]
    assert has(ecgs(), diagnoses(("1", "I48", 1))) == []
    assert has(ecgs(("1", 1.5)), diagnoses(("1", None, 1))) == [False]
    nothing = pl.DataFrame({"patient_id": [], "code": [], "diagnosis_time": []})
    assert has(ecgs(("1", 1.5)), nothing) == has(ecgs(("1", 1.5)), nothing, lookback_days=3) == [False]


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        (["diabetis"], "no list of codes for 'diabetis'; did you mean 'diabetes'"),
        ([], "a list of names"),
        ("diabetes", "a list of names"),
        ({"af": "I48"}, "condition 'af': write a list"),
        ({"af": []}, "condition 'af': a list of codes is empty"),
        ({"af": ["48"]}, "condition 'af': '48' is no beginning of icd10 codes"),
        ({"af": ["I25-I20"]}, "is no range of codes"),
        ({"af": ["I20-J25"]}, "is no range of codes"),
        ({"af": ["I20-I25.1"]}, "is no beginning"),
        ({"record_id": ["I48"]}, "can't be called 'record_id'"),
    ],
)
def test_conditions_that_mean_nothing_are_refused(conditions, message):
    """Each message says what to write."""
    with pytest.raises(SpecificationError, match=message):
        comorbidities(ecgs(("1", 1.5)), diagnoses(), conditions=conditions)


def test_other_mistakes_are_refused():
    """A missing column and a window into the future."""
    with pytest.raises(CohortError, match="the ECGs have no column 'ecg_time'"):
        has(ecgs(("1", 1.5)).drop("ecg_time"), diagnoses())
    with pytest.raises(CohortError, match="'diagnosis_time' holds dates or times, got String"):
        has(ecgs(("1", 1.5)), diagnoses(("1", "I48", 1)).with_columns(pl.col("diagnosis_time").cast(pl.String)))
    with pytest.raises(CohortError, match="patient_id is Int64 in the ECGs and String in the diagnoses"):
        has(ecgs(("1", 1.5)).with_columns(pl.col("patient_id").cast(pl.Int64)), diagnoses(("1", "I48", 1)))
    with pytest.raises(SpecificationError, match="lookback_days is a number of days"):
        has(ecgs(("1", 1.5)), diagnoses(), lookback_days=-1)


@pytest.mark.parametrize(
    ("condition", "inside", "outside"),
    [
        ("diabetes", "E10.9 E11.2 E14 E13.65", "E15 E23.2 O24.4"),
        ("hypertension", "I10 I11.9 I12.0 I13.2 I15.1", "I27.0 I14 R03.0"),
        ("ischaemic_heart_disease", "I20.0 I21.4 I25.10", "I26 I30"),
        ("chronic_kidney_disease", "N18.3 N18.9 N19 I12.0 Z99.2 Z94.0", "N17.9 I12.9 Z94.1"),
        ("heart_failure", "I50.1 I11.0 I42.0 I42.9 I25.5", "I42.1 I51.7 I11.9"),
        ("atrial_fibrillation", "I48.0 I48.91 I48", "I47.1 I49.9"),
        ("stroke", "I60.9 I61 I63.9 I64", "I62.0 I65.2 G45.9 I69.3"),
        ("copd", "J44.1 J43.9", "J45.9 J40"),
        ("charlson_malignancy", "C50.9 C34 C97 C85.9", "C44.3 C77 D05"),
        ("elixhauser_depression", "F32.A F33.1 F20.4", "F31.6 F20.0"),
    ],
)
def test_shipped_lists_hold_what_their_names_say(condition, inside, outside):
    """Some codes at the borders of each list."""
    codes = [*inside.split(), *outside.split()]
    table = ecgs(*[(code, 5.5) for code in codes])
    found = has(table, diagnoses(*[(code, code, 1) for code in codes]), condition)
    assert found == [True] * len(inside.split()) + [False] * len(outside.split())


def test_every_shipped_list_has_words_a_source_and_codes():
    """And the lists of Charlson (17) and Elixhauser (31) are complete."""
    lists = code_lists()
    assert all(entry.words and "ICD-10" in entry.source for entry in lists.values())
    assert all(entry.prefixes() for entry in lists.values())
    assert sum(name.startswith("charlson_") for name in lists) == 17
    assert sum(name.startswith("elixhauser_") for name in lists) == 31
    assert lists["hypertension"].icd10 == ("I10", "I11-I13", "I15")
    assert list(code_lists(["stroke", "copd"])) == ["stroke", "copd"]


PATIENTS = st.sampled_from(["1", "2", "3"])
TIMES = st.one_of(st.none(), st.integers(0, 12).map(lambda quarter: quarter / 4 + 100))
CODES = st.sampled_from(["I48.0", "i489", "I50", "?", None])


def plainly(
    row: dict, codes: list[dict], *, lookback: int | None, same_day: bool, absent: str, day_only: bool
) -> bool | None:
    """One ECG, in plain Python."""
    time = row["ecg_time"]
    if time is None or (absent == "unknown" and row["patient_id"] not in {code["patient_id"] for code in codes}):
        return None
    for code in codes:
        recorded = code["diagnosis_time"]
        if code["patient_id"] != row["patient_id"] or code["code"] not in {"I48.0", "i489"} or recorded is None:
            continue
        by_days = day_only or recorded.time() == dt.time()
        days = (time.date() - recorded.date()).days
        before = (days > 0 or (days == 0 and same_day)) if by_days else recorded <= time
        if before and (lookback is None or days <= lookback):
            return True
    return False


@given(
    st.lists(st.tuples(PATIENTS, TIMES), max_size=6),
    st.lists(st.tuples(PATIENTS, CODES, TIMES), max_size=8),
    st.sampled_from([None, 0, 1, 2]),
    st.booleans(),
    st.sampled_from(["no", "unknown"]),
    st.booleans(),
)
@settings(max_examples=200, deadline=None)
def test_conditions_agree_with_a_plain_evaluation_of_each_ecg(  # noqa: PLR0917 - one argument per strategy
    rows, recorded, lookback, same_day, absent, day_only
):
    """All options together, over times that often coincide."""
    if day_only:
        rows = [(patient, number and float(int(number))) for patient, number in rows]
    table, codes = ecgs(*rows), diagnoses(*recorded)
    options = {"same_day": same_day, "absent": absent}
    found = has(table, codes, lookback_days=lookback, ecg_date_only=day_only, **options)
    listed = codes.to_dicts()
    expected = [plainly(row, listed, lookback=lookback, day_only=day_only, **options) for row in table.to_dicts()]
    assert found == expected
