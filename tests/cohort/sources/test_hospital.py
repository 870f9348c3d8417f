"""A hospital's export becomes a source: what is known of each ECG, where it lies, and what was left out."""

from __future__ import annotations

import sys
import types
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import polars as pl
import pydantic
import pytest

from einthoven.cohort.pairing import PairingSettings, pair_reports
from einthoven.cohort.sources.hospital import Hospital
from einthoven.cohort.tables import ColumnSettings, TableSettings
from einthoven.ecg.formats import read
from einthoven.errors import CohortError, SpecificationError
from fakes.hospital_export import HospitalTruth, write_hospital_export

at = datetime.fromisoformat


def hospital(folder: Path, truth: HospitalTruth, **settings) -> Hospital:
    """Return the source as a study file would set it, without reading of texts unless asked for."""
    values = {"path": str(folder), "report_quantities": ()} | truth.settings | settings
    return pydantic.TypeAdapter(Hospital).validate_python(values)


@pytest.fixture
def export(tmp_path):
    """Write an export without signals."""
    return tmp_path, write_hospital_export(tmp_path, n_patients=40)


def test_every_usable_ecg_is_there_with_its_file(export):
    """Ids keep their zeros, sex is mapped, and ages follow from birth dates."""
    folder, truth = export
    data = hospital(folder, truth).load()
    table = pl.DataFrame({name: data.columns[name] for name in ("record_id", "patient_id", "ecg_time", "sex")})
    assert table.equals(truth.ecgs.select(table.columns))
    assert data.columns["age_years"] == pytest.approx(truth.ecgs["age_years"].to_list(), abs=0.01)
    assert [location.record_id for location in data.locations] == table["record_id"].to_list()
    assert [location.path for location in data.locations] == [str(folder / path) for path in truth.ecgs["path"]]
    assert {location.format for location in data.locations} == {"muse"}
    assert data.columns["covariate.qrs_ms"][0] in (92.0, 150.0)
    assert data.date_only == {"reports"}


def test_nobody_is_lost_in_silence(export):
    """The row that can't be read and the file that isn't there are counted and named."""
    folder, truth = export
    data = hospital(folder, truth).load()
    assert [(step.records, step.excluded) for step in data.flow] == [
        (truth.ecgs.height + 2, False),
        (truth.n_unreadable, True),
        (1, True),
    ]
    assert data.flow[0].records - data.flow[1].records - data.flow[2].records == len(data.locations)
    named = data.dropped.filter(pl.col("kind") == "ecgs").select("value", "reason").rows()
    assert named[0][0] == "unknown"
    assert named[1] == ("9999999", "the ECG's file is not there")


def test_tables_are_handed_on_in_canonical_columns(export):
    """Reports, diagnoses and events are those of the hospital."""
    folder, truth = export
    data = hospital(folder, truth).load()
    in_table = truth.reports.filter(pl.col("method") == "table")
    written = data.reports.filter(pl.col("lvef").is_not_null()).select(
        "outcome_id", "patient_id", "outcome_time", "lvef"
    )
    assert written["lvef"].to_list() == pytest.approx(in_table["lvef"].to_list())
    assert written.drop("lvef").equals(in_table.select("outcome_id", "patient_id", "outcome_time"))
    codes = data.diagnoses.with_columns(pl.col("code").str.replace_all(".", "", literal=True))
    assert codes.equals(truth.diagnoses.select(codes.columns))
    assert data.events.equals(truth.events.select(data.events.columns))


@pytest.mark.parametrize("table_format", ["parquet", "sqlite"])
def test_tables_may_lie_in_other_files(export, tmp_path, table_format):
    """What is read is the same."""
    folder, truth = export
    expected = hospital(folder, truth).load()
    other = write_hospital_export(tmp_path / "other", n_patients=40, table_format=table_format)
    data = hospital(tmp_path / "other", other).load()
    assert data.columns == expected.columns
    for name in ("reports", "diagnoses", "events"):
        assert getattr(data, name).equals(getattr(expected, name))


def test_reports_pair_with_their_ecgs(export):
    """Before or after the ECG, two to one ECG, none at all, and those that are too far away."""
    folder, truth = export
    data = hospital(folder, truth).load()
    ecgs = pl.DataFrame({name: data.columns[name] for name in ("record_id", "patient_id", "ecg_time")})
    pairs = pair_reports(ecgs, data.reports, settings=PairingSettings(), by_date=True)
    expected = truth.pairs.sort("record_id", "outcome_id")
    assert pairs.select("record_id", "outcome_id").equals(expected.select("record_id", "outcome_id"))
    assert pairs["outcome_gap_days"].to_list() == pytest.approx(expected["gap_days"].to_list())
    assert pairs["record_id"].is_duplicated().any()
    assert {True, False} == set(pairs["outcome_gap_days"] > 0)
    assert truth.ecgs.height > pairs["record_id"].n_unique()


def test_events_are_counted_from_each_ecg(export):
    """Those before the ECG are left open, and told."""
    folder, truth = export
    data = hospital(folder, truth).load()
    by_patient = {row["patient_id"]: row for row in truth.events.to_dicts()}
    for row, (patient, time) in enumerate(zip(data.columns["patient_id"], data.columns["ecg_time"], strict=True)):
        known, day = by_patient[patient], time.replace(hour=0, minute=0)
        for name in ("death", "mace"):
            happened = known[f"{name}_time"]
            end = happened or known["last_contact"]
            expected = None if end < day else happened is not None
            assert data.columns[f"event.{name}"][row] is expected
            assert data.columns[f"event_days.{name}"][row] == (None if expected is None else (end - day).days)
    if None in data.columns["event.mace"]:
        assert data.dropped["reason"].str.contains("mace: .* ECGs were taken after").any()


def test_ejection_fractions_come_from_columns_and_texts(export):
    """Simpson before the eye, the present before the past, the column before the text; all can be looked up."""
    folder, truth = export
    data = hospital(folder, truth, report_quantities=("lvef",)).load()
    read_out = data.reports.select(
        "outcome_id", "patient_id", "outcome_time", "lvef", low="lvef.low", high="lvef.high", method="lvef.method"
    )
    assert read_out.equals(truth.reports.select(read_out.columns))
    assert set(truth.reports["method"]) == {"simpson", "visual", "table", None}
    assert data.findings.filter(pl.col("chosen")).height == truth.reports["method"].is_in(["simpson", "visual"]).sum()
    assert data.findings.height > data.findings["chosen"].sum()


def write_archive(folder: Path, rows: list[str], **settings) -> Hospital:
    """Write a table of ECGs and an empty file for each."""
    (folder / "ecgs.csv").write_text("record_id,patient_id,ecg_time,sex,age_years,statements\n" + "\n".join(rows))
    for row in rows:
        (folder / f"{row.split(',')[0]}.xml").touch()
    kept = {"ecgs": TableSettings(file="ecgs.csv"), "path_pattern": "{record_id}.xml", "format": "muse"}
    return Hospital(path=str(folder), **(kept | settings))


def test_files_lie_where_the_pattern_says(tmp_path):
    """A pattern may use the columns of ids, and no others."""
    archive = write_archive(tmp_path, ["1,7,2020-01-01,F,50,"])
    assert archive.load().locations[0].path == str(tmp_path / "1.xml")
    with pytest.raises(SpecificationError, match=r"path_pattern '\{ecg\}\.xml' has no column 'ecg'"):
        replace(archive, path_pattern="{ecg}.xml").load()
    with pytest.raises(SpecificationError, match="or set path_pattern"):
        replace(archive, path_pattern=None).load()
    with pytest.raises(
        CohortError, match=r"none of the 1 ECG files of the table is there, the first would be .*/1\.dcm"
    ):
        replace(archive, path_pattern="{record_id}.dcm").load()


def test_ecgs_that_contradict_their_patient_are_left_out(tmp_path):
    """Another sex, or an age far from the birth date, is another patient."""
    rows = [f"{i},{i},2020-01-01,F,50,Sinus rhythm" for i in range(40)]
    rows[3], rows[5] = "3,3,2020-01-01,M,50,", "5,5,2020-01-01,,20,"
    (tmp_path / "p.csv").write_text("patient_id,sex,birth_date\n" + "\n".join(f"{i},F,1969-07-01" for i in range(40)))
    archive = write_archive(tmp_path, rows, patients=TableSettings(file="p.csv"))
    data = archive.load()
    assert len(data.locations) == 38
    assert data.flow[-1].records == 2
    told = data.dropped.filter(pl.col("row").is_not_null()).select("row", "value", "reason").rows()
    assert told == [
        (5, "3", "the sex is M here and F in the table of patients"),
        (7, "5", "the age is 20.0 and by the birth date 50.5"),
    ]
    (tmp_path / "p.csv").write_text("patient_id,birth_date\n" + "\n".join(f"{i},1929-07-01" for i in range(40)))
    with pytest.raises(CohortError, match=r"40 of 40 ECGs contradict the table of patients, the first in line 2"):
        archive.load()


def test_patients_that_never_meet_are_refused(tmp_path):
    """A table whose ids lost their zeros would silently pair with nothing."""
    (tmp_path / "echo.csv").write_text("patient_id,outcome_time,lvef\n7,2020-01-01,50\n")
    archive = write_archive(
        tmp_path,
        ["1,007,2020-01-01,F,50,"],
        reports=TableSettings(file="echo.csv", columns={"lvef": "lvef"}),
    )
    with pytest.raises(CohortError, match=r"echo\.csv: none of its patients has an ECG.*'7' is '007'"):
        archive.load()


def test_deaths_may_stand_in_the_table_of_patients(tmp_path):
    """Of those whose last contact is known: without it the living are of unknown fate, and all would be dead."""
    (tmp_path / "p.csv").write_text("patient_id,death_time\n1,2020-03-01\n2,\n3,2020-03-01\n")
    (tmp_path / "e.csv").write_text("patient_id,last_contact\n1,2020-03-01\n2,2020-02-01\n")
    ecgs = [f"{number},{number},2020-01-01 10:00,F,50," for number in (1, 2, 3)]
    patients, events = TableSettings(file="p.csv"), TableSettings(file="e.csv")
    data = write_archive(tmp_path, ecgs, patients=patients, events=events).load()
    assert data.columns["event.death"] == [True, False, None]
    assert data.columns["event_days.death"] == [60, 31, None]
    assert "event.death" not in write_archive(tmp_path, ecgs, patients=patients).load().columns


@pytest.fixture
def statements(monkeypatch):
    """Stand in for the reader of statements: a statement is a concept's name."""
    stand_in = types.ModuleType("einthoven.cohort.labels.machine_statements")
    stand_in.read_statements = lambda texts: dict.fromkeys(texts, "present")
    monkeypatch.setitem(sys.modules, stand_in.__name__, stand_in)


@pytest.mark.usefixtures("statements")
def test_statements_become_labels(tmp_path):
    """An ECG without statements is unknown, one without this statement is negative."""
    rows = [
        "1,1,2020-01-01,F,50,Sinus rhythm|Left bundle branch block",
        "2,1,2020-01-02,F,50,Sinus rhythm | ",
        "3,1,2020-01-03,F,50,",
        "4,1,2020-01-04,F,50, | ",
    ]
    archive = write_archive(tmp_path, rows, statement_separator="|")
    data = archive.load(("left_bundle_branch_block",), ("sinus_rhythm",))
    assert data.labels == ("left_bundle_branch_block",)
    assert data.auxiliary == ("sinus_rhythm",)
    assert data.columns["y.left_bundle_branch_block"] == [1.0, 0.0, None, None]
    assert data.columns["y.sinus_rhythm"] == [1.0, 1.0, None, None]
    assert data.columns["u.sinus_rhythm"] == [False] * 4


def test_labels_of_statements_need_statements(tmp_path):
    """A table without them can't say what an ECG shows."""
    archive = write_archive(tmp_path, ["1,1,2020-01-01,F,50,"])
    with pytest.raises(CohortError, match=r"labels such as 'sinus_rhythm' need the ECGs' statements"):
        archive.load(("sinus_rhythm",))
    with pytest.raises(CohortError, match="did you mean 'sinus_rhythm'"):
        archive.load(("sinus_rythm",))


def test_measurements_decide_their_labels(tmp_path):
    """A QRS of 150 ms is above 140."""
    truth = write_hospital_export(tmp_path, n_patients=10)
    data = hospital(tmp_path, truth).load(("qrs_above_140",))
    assert data.columns["y.qrs_above_140"] == [float(value <= 40) for value in truth.ecgs["lvef"]]


@pytest.mark.parametrize("ecg_format", ["muse", "dicom"])
def test_without_a_table_the_files_say_it_all(tmp_path, ecg_format):
    """Ids, time, age and sex are those of the headers; what is no ECG is counted."""
    truth = write_hospital_export(tmp_path, n_patients=4, with_signals=True, ecg_format=ecg_format)
    suffix = {"muse": "xml", "dicom": "dcm"}[ecg_format]
    (tmp_path / "ecg" / f"broken.{suffix}").write_text("no ECG")
    archive = Hospital(path=str(tmp_path), ecg_folder="ecg", ecg_files=f"**/*.{suffix}")
    told = []
    data = archive.load(progress=lambda done, total: told.append((done, total)))
    assert data.columns["record_id"] == truth.ecgs["record_id"].to_list()
    assert data.columns["sex"] == truth.ecgs["sex"].to_list()
    assert data.columns["age_years"] == [int(age) for age in truth.ecgs["age_years"]]
    assert data.columns["ecg_time"] == truth.ecgs["ecg_time"].to_list()
    assert data.flow[0].records == truth.ecgs.height + 1
    assert data.flow[1].records == 1
    assert told[-1] == (truth.ecgs.height + 1, truth.ecgs.height + 1)
    assert data.dropped["value"][0].endswith(f"broken.{suffix}")
    assert read(data.locations[0]).record_id == data.columns["record_id"][0]


def test_files_that_name_no_patient_need_a_table(tmp_path):
    """Without patients there is no split that doesn't leak."""
    write_hospital_export(tmp_path, n_patients=2, with_signals=True, ecg_format="wfdb")
    with pytest.raises(CohortError, match=r"none of the \d ECG files names its patient: export a table that does"):
        Hospital(path=str(tmp_path), ecg_files="**/*.hea").load()


def test_files_are_read_by_processes_with_the_same_result(tmp_path, monkeypatch):
    """The number of processes changes the time that it takes, nothing else."""
    write_hospital_export(tmp_path, n_patients=4, with_signals=True)
    alone = Hospital(path=str(tmp_path), ecg_folder="ecg", workers=1).load()
    monkeypatch.setattr("einthoven.cohort.tables.ecg_headers.ALONE", 0)
    together = Hospital(path=str(tmp_path), ecg_folder="ecg", workers=2).load()
    assert together.columns == alone.columns
    assert together.locations == alone.locations


def test_signals_are_those_of_the_rows(tmp_path):
    """The table's patient goes before the file's, and the file is the row's."""
    truth = write_hospital_export(tmp_path, n_patients=3, with_signals=True)
    data = hospital(tmp_path, truth).load()
    for row, location in enumerate(data.locations):
        record = read(location)
        assert record.patient_id == data.columns["patient_id"][row]
        assert record.time.replace(tzinfo=None) == data.columns["ecg_time"][row]


def test_missing_folder_or_pattern_is_named(tmp_path):
    """What to set is in the message."""
    with pytest.raises(CohortError, match=r"there is no folder .*none; set the path"):
        Hospital(path=str(tmp_path / "none")).load()
    with pytest.raises(CohortError, match=r"holds no file that matches ecg_files = '\*\*/\*\.xml'"):
        Hospital(path=str(tmp_path)).load()


def test_unparsable_date_stops_the_reading_in_one_line(export):
    """The study file says to drop; refusing is the default."""
    folder, truth = export
    source = hospital(folder, truth)
    strict = replace(source, ecgs=replace(source.ecgs, on_error="refuse"))
    with pytest.raises(
        CohortError, match=r"ecgs\.csv, line \d+: column 'ACQUIRED' holds 'unknown': it is no time"
    ) as caught:
        strict.load()
    assert "\n" not in str(caught.value)


def test_echo_dates_need_their_order(export):
    """Without a stated format half of the dates could be swapped."""
    folder, truth = export
    source = hospital(folder, truth)
    with pytest.raises(CohortError, match=r"echo\.csv, line \d+: column 'ECHO_DATE' holds .*: state time_format"):
        replace(source, reports=replace(source.reports, time_format=None)).load()
    assert isinstance(source.reports.columns["lvef"], ColumnSettings)


@pytest.mark.real_data
def test_a_published_archive_can_be_described_as_a_hospital(real_data):
    """Every ECG of the sample is found, and ages above 89 may be mapped."""
    sex = ColumnSettings("sex", values={"0": "M", "1": "F"})
    columns = {"record_id": "ecg_id", "ecg_time": "recording_date", "path": "filename_hr", "sex": sex}
    age = ColumnSettings("age", values={"300.0": "90"})
    table = TableSettings(file="ptbxl_database.csv", columns={**columns, "age_years": age})
    data = Hospital(path=str(real_data / "ptb_xl"), ecgs=table, format="wfdb").load()
    assert len(data.locations) == data.flow[0].records
    assert max(age for age in data.columns["age_years"] if age is not None) < 100
    assert read(data.locations[0]).signal.shape == (12, 5000)


def test_a_table_of_which_many_rows_cannot_be_used_is_refused(tmp_path):
    """Merged cells leave a third of the patients empty; the flow would begin with the rest."""
    rows = "\n".join(f"{'p' if number % 3 else ''},2020-01-{number + 1:02d},50" for number in range(20))
    (tmp_path / "echo.csv").write_text(f"patient_id,outcome_time,lvef\n{rows}\n")
    settings = {"file": "echo.csv", "columns": {"lvef": "lvef"}}
    ecgs = ["1,p,2020-01-01 10:00,F,50,"]
    with pytest.raises(CohortError, match=r"echo.csv: 7 of 20 rows can't be used, the first is line 2 \(patient_id"):
        write_archive(tmp_path, ecgs, reports=TableSettings(**settings)).load()
    data = write_archive(tmp_path, ecgs, reports=TableSettings(**settings, on_error="drop")).load()
    assert (data.reports.height, data.unusable_reports) == (13, 7)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"format": "musee"}, "did you mean 'muse'"),
        ({"workers": 0}, "1 or more"),
        ({"report_quantities": ("ef",)}, "ef"),
    ],
)
def test_wrong_words_are_refused_before_anything_is_read(tmp_path, wrong, message):
    """A format that doesn't exist would fail only at ingest."""
    with pytest.raises((SpecificationError, CohortError), match=message):
        replace(write_archive(tmp_path, ["1,p,2020-01-01 10:00,F,50,"]), **wrong).load()
