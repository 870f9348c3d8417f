"""A hospital's table becomes canonical columns, and whatever is left out is told."""

from __future__ import annotations

import dataclasses
import gzip
import sqlite3
from datetime import date, datetime

import polars as pl
import pytest

from einthoven.cohort.tables import ColumnSettings, TableSettings, read_table_as
from einthoven.errors import CohortError, SpecificationError

at = datetime.fromisoformat  # tables know no zones
ECGS = "record_id,patient_id,ecg_time\n"


def read(folder, text, kind="ecgs", *, name="t.csv", encoding="utf-8", **settings):
    """Write a table and read it."""
    (folder / name).write_bytes(text.encode(encoding))
    return read_table_as(kind, TableSettings(file=name, **settings), folder)


def reasons(typed):
    """Return what was left out as (line, column, value, reason)."""
    return [row[1:] for row in typed.dropped.rows()]


def test_columns_are_mapped_and_typed(tmp_path):
    """Ids stay text, ages are float32, words of sex are understood, and times have no zone."""
    text = "ECG,PID,T,AGE,SEX,QRS\n007,0012,2021-03-04 10:11,63,Female,96 ms\n008,0013,20210305,,m,\n"
    columns = {
        "record_id": "ECG",
        "patient_id": "PID",
        "ecg_time": "T",
        "age_years": "AGE",
        "sex": "SEX",
        "measurement.qrs_ms": "QRS",
    }
    typed = read(tmp_path, text, columns=columns)
    assert typed.table.to_dicts() == [
        {
            "record_id": "007",
            "patient_id": "0012",
            "ecg_time": at("2021-03-04 10:11"),
            "age_years": 63.0,
            "sex": "F",
            "measurement.qrs_ms": 96.0,
        },
        {
            "record_id": "008",
            "patient_id": "0013",
            "ecg_time": at("2021-03-05"),
            "age_years": None,
            "sex": "M",
            "measurement.qrs_ms": None,
        },
    ]
    assert typed.table.schema["age_years"] == pl.Float32
    assert typed.table.schema["ecg_time"] == pl.Datetime("us")
    assert typed.dropped.is_empty()
    assert not typed.date_only


def test_missing_column_names_the_nearest_and_all_there_are(tmp_path):
    """A renamed column is found by its likeness."""
    with pytest.raises(
        CohortError,
        match=r"t\.csv has no column 'PID' for patient_id; did you mean 'PIDS'; it has E, PIDS, T: set ecgs",
    ):
        read(tmp_path, "E,PIDS,T\n1,2,2020-01-01\n", columns={"record_id": "E", "patient_id": "PID", "ecg_time": "T"})


def test_column_that_no_such_table_has_is_refused(tmp_path):
    """A slip in the study file is no new column."""
    with pytest.raises(SpecificationError, match=r"ecgs have no column 'ecg_tme'; did you mean 'ecg_time'"):
        read(tmp_path, ECGS, columns={"ecg_tme": "x"})


def test_unparsable_date_names_file_line_column_and_cell(tmp_path):
    """One line says where to look and what is accepted."""
    message = r"t\.csv, line 3: column 'ecg_time' holds 'yesterday': it is no time: accepted are YYYY-MM-DD"
    with pytest.raises(CohortError, match=message) as caught:
        read(tmp_path, ECGS + "1,1,2020-01-01\n2,1,yesterday\n")
    assert "\n" not in str(caught.value)


def test_dropping_leaves_out_the_row_where_the_time_is_needed_and_the_cell_elsewhere(tmp_path):
    """An ECG without time can't be paired; one without age can."""
    text = "record_id,patient_id,ecg_time,age_years\n1,1,2020-01-01,old\n2,1,yesterday,50\n3,,2020-01-02,51\n"
    typed = read(tmp_path, text, on_error="drop")
    assert typed.table["record_id"].to_list() == ["1"]
    assert typed.table["age_years"].to_list() == [None]
    assert sorted(reasons(typed)) == [
        (2, "age_years", "old", "it is no number in years"),
        (3, "ecg_time", "yesterday", typed.dropped.filter(pl.col("row") == 3)["reason"][0]),
        (4, "patient_id", "", "patient_id is missing; the row is left out"),
    ]
    assert "the row is left out" in typed.dropped.filter(pl.col("row") == 3)["reason"][0]


def test_lines_are_those_of_the_file_when_cells_hold_line_breaks(tmp_path):
    """Reports are free text of several lines."""
    text = 'patient_id,outcome_time,report\n1,2020-01-01,"EF 55 %\nno effusion\n\nend"\n\n2,someday,EF\n'
    with pytest.raises(CohortError, match="line 7: column 'outcome_time' holds 'someday'"):
        read(tmp_path, text, "reports")
    typed = read(tmp_path, text.replace("someday", "2020-01-02"), "reports")
    assert typed.lines.to_list() == [2, 7]
    assert typed.table["report"][0] == "EF 55 %\nno effusion\n\nend"
    assert typed.table["outcome_id"].to_list() == ["line 2", "line 7"]
    assert typed.date_only


def test_torn_row_is_refused_or_reported(tmp_path):
    """An unquoted delimiter shifts all cells behind it."""
    text = ECGS + "1,1,2020-01-01\n2,1,2020-01-01,extra\n3,2020-01-01\n"
    with pytest.raises(
        CohortError, match=r"line 3 can't be read: it has 4 cells where the header has 3 \(2 such rows\)"
    ):
        read(tmp_path, text)
    typed = read(tmp_path, text, on_error="drop")
    assert typed.table.height == 1
    assert typed.dropped["row"].to_list() == [3, 4]


def test_implausible_values_are_left_out_and_reported(tmp_path):
    """Slips of typing go; a whole column of them is a wrong unit."""
    rows = [f"{i},2020-01-01,{55 + i % 5}" for i in range(60)]
    rows[7] = "7,2020-01-01,555"
    typed = read(tmp_path, "patient_id,outcome_time,lvef\n" + "\n".join(rows), "reports", columns={"lvef": "lvef"})
    assert reasons(typed) == [(9, "lvef", "555", "outside 1 to 100 %")]
    assert typed.table["lvef"].null_count() == 1


def test_fractions_without_unit_are_refused_and_with_it_are_percent(tmp_path):
    """0.55 would pass as half a percent."""
    text = "patient_id,outcome_time,EF\n" + "\n".join(f"{i},2020-01-01,0.{40 + i}" for i in range(20))
    with pytest.raises(
        CohortError, match=r"20 of 20 cells of column 'EF' can't be true.*'0\.40' in line 2.*lvef\.unit"
    ):
        read(tmp_path, text, "reports", columns={"lvef": "EF"})
    typed = read(tmp_path, text, "reports", columns={"lvef": ColumnSettings("EF", unit="fraction")})
    assert typed.table["lvef"][0] == pytest.approx(40)
    assert any("read in fraction and kept in %" in note for note in typed.notes)


def test_times_after_the_export_are_left_out(tmp_path):
    """A date of next year is a slip of typing."""
    typed = read(tmp_path, ECGS + "1,1,2020-01-01\n2,1,2029-01-01\n", export_date=date(2021, 6, 1))
    assert typed.table["record_id"].to_list() == ["1"]
    assert reasons(typed)[0][:3] == (3, "ecg_time", "2029-01-01")
    assert "later than the export of 2021-06-01" in reasons(typed)[0][3]


def test_row_that_repeats_another_is_left_out_once(tmp_path):
    """Exports are often concatenated."""
    typed = read(tmp_path, ECGS + "1,1,2020-01-01\n1,1,2020-01-01\n2,1,2020-01-02\n")
    assert typed.table["record_id"].to_list() == ["1", "2"]
    assert typed.lines.to_list() == [2, 4]
    assert reasons(typed) == [(3, "record_id", "1", "the row repeats an earlier one")]


def test_one_id_with_two_contents_is_refused_with_both(tmp_path):
    """Nobody knows which is true."""
    text = ECGS + "1,1,2020-01-01\n1,1,2020-01-02\n2,1,2020-01-02\n"
    with pytest.raises(CohortError, match=r"'1': ecg_time is 2020-01-01 \(line 2\) and 2020-01-02 \(line 3\)"):
        read(tmp_path, text)
    assert read(tmp_path, text, on_error="drop").table["record_id"].to_list() == ["2"]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            "7,F,1950-01-01\n7,M,1950-01-01\n",
            r"patient '7' has two sexes, 'F' \(line 2\) and 'M' \(line 3\): two patients with one",
        ),
        (
            "7,F,1950-01-01\n7,F,1981-05-06\n",
            r"two birth dates, 1950-01-01 \(line 2\) and 1981-05-06 \(line 3\): two patients",
        ),
    ],
)
def test_two_patients_with_one_id_are_refused(tmp_path, rows, message):
    """Patient and both values are named."""
    text = "patient_id,sex,birth_date\n" + rows + "8,M,1960-01-01\n"
    with pytest.raises(CohortError, match=message):
        read(tmp_path, text, "patients")
    typed = read(tmp_path, text, "patients", on_error="drop")
    assert typed.table["patient_id"].to_list() == ["8"]
    assert typed.dropped["row"].to_list() == [2, 3]


def test_rows_of_a_patient_complete_each_other(tmp_path):
    """An empty cell contradicts nothing."""
    typed = read(tmp_path, "patient_id,sex,birth_date\n7,,1950-01-01\n7,M,\n", "patients")
    assert typed.table.rows() == [("7", "M", at("1950-01-01"))]
    assert typed.lines.to_list() == [2]


def test_sex_that_changes_from_ecg_to_ecg_is_refused(tmp_path):
    """Two patients share an id in the archive."""
    text = "record_id,patient_id,ecg_time,sex\n1,7,2020-01-01,F\n2,7,2020-01-02,U\n3,7,2020-01-03,M\n"
    with pytest.raises(CohortError, match=r"patient '7' has two sexes, 'F' \(line 2\) and 'M' \(line 4\)"):
        read(tmp_path, text)


def test_numbers_of_sex_have_to_be_stated(tmp_path):
    """1 is a man here and a woman there."""
    text = "record_id,patient_id,ecg_time,sex\n1,7,2020-01-01,1\n2,8,2020-01-01,0\n"
    with pytest.raises(CohortError, match=r"holds '1': it is no sex: state what it means"):
        read(tmp_path, text)
    columns = {"sex": ColumnSettings(values={"0": "M", "1": "F"})}
    assert read(tmp_path, text, columns=columns).table["sex"].to_list() == ["F", "M"]


def test_events_are_any_columns_of_times(tmp_path):
    """An empty cell is an event that did not happen; a patient of whom nothing is known says nothing."""
    text = "patient_id,last_contact,DOD,MACE\n1,2022-01-01,,2021-05-01\n2,,2021-02-03,\n3,,,\n"
    typed = read(tmp_path, text, "events", columns={"death_time": "DOD", "mace_time": "MACE"})
    assert typed.table.columns == ["death_time", "mace_time", "patient_id", "last_contact"]
    assert typed.table["patient_id"].to_list() == ["1", "2"]
    assert reasons(typed) == [(4, "patient_id", "3", "neither an event nor a contact is known")]


def test_codes_that_say_nothing_are_left_out(tmp_path):
    """Words are no codes, and a diagnosis that was excluded is none of the patient's."""
    rows = [
        "1,I25.1,2020-01-01",
        "1,i251,2020-01-01",
        "2,I48.9 G,2020-01-01",
        "2,flu,2020-01-01",
        "2,I21.9 A,2020-01-01",
    ]
    typed = read(tmp_path, "patient_id,code,diagnosis_time\n" + "\n".join(rows), "diagnoses")
    assert typed.table["code"].to_list() == ["I25.1", "i251", "I48.9 G"]
    assert [row[:3] for row in reasons(typed)] == [(5, "code", "flu"), (6, "code", "I21.9 A")]
    text = "patient_id,code,diagnosis_time\n" + "".join(f"{i},427.31,2020-01-0{i}\n" for i in range(1, 7))
    with pytest.raises(
        CohortError, match=r"6 of 6 codes can't be used, the first is '427\.31' in line 2.*columns\.system"
    ):
        read(tmp_path, text, "diagnoses")


def test_column_of_free_choice_is_number_or_text_never_a_guess(tmp_path):
    """Half numbers, half words is a spelling of nothing that was not stated."""
    text = "patient_id,outcome_time,x,y\n1,2020-01-01,1.5,mild\n2,2020-01-01,none seen,severe\n3,2020-01-01,2.5,mild\n"
    columns = {"perfusion": "x", "finding": "y"}
    with pytest.raises(
        CohortError, match=r"2 cells of column 'x' are numbers and 1 are not, the first is 'none seen' in line 3"
    ):
        read(tmp_path, text, "reports", columns=columns)
    typed = read(tmp_path, text, "reports", columns=columns, missing=("none seen",))
    assert typed.table["perfusion"].to_list() == [1.5, None, 2.5]
    assert typed.table["finding"].to_list() == ["mild", "severe", "mild"]
    columns["perfusion"] = ColumnSettings("x", unit="text")
    assert read(tmp_path, text, "reports", columns=columns).table["perfusion"].to_list() == ["1.5", "none seen", "2.5"]


def test_ids_that_became_floats_become_whole_with_a_note(tmp_path):
    """Data frames write whole numbers with gaps as floats."""
    typed = read(tmp_path, ECGS + "1,15709.0,2020-01-01\n2,15710.0,2020-01-01\n")
    assert typed.table["patient_id"].to_list() == ["15709", "15710"]
    assert any(note.startswith("patient_id: all ids end in .0") for note in typed.notes)


def test_parquet_csv_and_database_give_the_same_table(tmp_path):
    """What crosses is the table, wherever it lies."""
    frame = pl.DataFrame(
        {
            "record_id": [1, 2],
            "patient_id": ["a", "b"],
            "ecg_time": [at("2020-01-01 10:00"), at("2020-01-02 11:00")],
            "age_years": [50.5, None],
        }
    )
    frame.write_parquet(tmp_path / "t.parquet")
    frame.write_csv(tmp_path / "t.csv")
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress((tmp_path / "t.csv").read_bytes()))
    with sqlite3.connect(tmp_path / "t.db") as connection:
        connection.execute("CREATE TABLE ecgs (record_id INTEGER, patient_id TEXT, ecg_time TEXT, age_years REAL)")
        rows = [(row[0], row[1], str(row[2]), row[3]) for row in frame.rows()]
        connection.executemany("INSERT INTO ecgs VALUES (?, ?, ?, ?)", rows)
    connection.close()
    asked = [
        TableSettings(file="t.csv"),
        TableSettings(file="t.csv.gz"),
        TableSettings(file="t.parquet"),
        TableSettings(sql="ecgs", database="t.db"),
        TableSettings(sql="SELECT * FROM ecgs ORDER BY record_id", database="t.db"),
    ]
    tables = [read_table_as("ecgs", settings, tmp_path).table for settings in asked]
    assert tables[0]["record_id"].to_list() == ["1", "2"]
    assert all(table.equals(tables[0]) for table in tables)


def test_empty_table_says_so(tmp_path):
    """A header alone is no table."""
    with pytest.raises(CohortError, match=r"t\.csv has no row below its header"):
        read(tmp_path, ECGS)


def test_table_is_a_file_or_a_query():
    """Both, or neither, is a slip in the study file."""
    with pytest.raises(SpecificationError, match="got neither"):
        TableSettings()
    with pytest.raises(SpecificationError, match="got both"):
        TableSettings(file="a.csv", sql="a", database="b")
    with pytest.raises(SpecificationError, match="sql needs 'database'"):
        TableSettings(sql="a")
    assert dataclasses.replace(TableSettings(file="a.csv"), on_error="drop").on_error == "drop"


def test_record_ids_are_made_of_files_and_told_apart(tmp_path):
    """Two folders may hold files of one name."""
    text = "path,patient_id,ecg_time\na/1.xml,1,2020-01-01\nb/2.xml,1,2020-01-02\n"
    assert read(tmp_path, text).table["record_id"].to_list() == ["1", "2"]
    typed = read(tmp_path, text.replace("b/2", "b/1"))
    assert typed.table["record_id"].to_list() == ["a/1", "b/1"]


def test_ranges_among_numbers_become_limits(tmp_path):
    """Readers write what they saw."""
    text = "patient_id,outcome_time,lvef\n1,2020-01-01,50-55\n2,2020-01-01,60\n"
    typed = read(tmp_path, text, "reports", columns={"lvef": "lvef"})
    assert typed.table.select("lvef", "lvef.low", "lvef.high").rows() == [(52.5, 50, 55), (60, 60, 60)]
    assert any("1 cells are ranges or bounds" in note for note in typed.notes)


def test_table_of_which_nothing_is_left_says_why(tmp_path):
    """The commonest reason is named."""
    with pytest.raises(CohortError, match=r"t\.csv: no row can be used, 2 because patient_id is missing"):
        read(tmp_path, ECGS + "1,,2020-01-01\n2,,2020-01-01\n")
    with pytest.raises(CohortError, match="no row can be used, 2 because record_id occurs twice"):
        read(tmp_path, ECGS + "1,1,2020-01-01\n1,2,2020-01-01\n", on_error="drop")


def test_rows_without_an_id_are_left_out_or_named_by_their_line(tmp_path):
    """An ECG has to be found again, a report has not."""
    typed = read(tmp_path, ECGS + "1,1,2020-01-01\n,1,2020-01-02\n,2,2020-01-02\n")
    assert typed.table["record_id"].to_list() == ["1"]
    assert typed.dropped["row"].to_list() == [3, 4]
    typed = read(tmp_path, "outcome_id,patient_id,outcome_time\na,1,2020-01-01\n,1,2020-01-02\n", "reports")
    assert typed.table["outcome_id"].to_list() == ["a", "line 3"]
    typed = read(tmp_path, "path,patient_id,ecg_time\n1.xml,1,2020-01-01\n,1,2020-01-01\n,2,2020-01-02\n")
    assert typed.table["record_id"].to_list() == ["1"]


def test_reports_that_repeat_each_other_are_one(tmp_path):
    """Two reports of a day that differ are two."""
    text = "patient_id,outcome_time,lvef\n1,2020-01-01,50\n1,2020-01-01,50\n1,2020-01-01,55\n"
    typed = read(tmp_path, text, "reports", columns={"lvef": "lvef"})
    assert typed.table.select("outcome_id", "lvef").rows() == [("line 2", 50), ("line 4", 55)]
    assert reasons(typed) == [(3, "patient_id", "1", "the row repeats an earlier one")]


def test_lists_in_cells_are_refused(tmp_path):
    """Parquet can hold them; a canonical column can't."""
    frame = pl.DataFrame({"patient_id": [["1"]], "outcome_time": ["2020-01-01"]})
    frame.write_parquet(tmp_path / "t.parquet")
    with pytest.raises(CohortError, match=r"column 'patient_id' holds List\(String\), not one text"):
        read_table_as("reports", TableSettings(file="t.parquet"), tmp_path)
