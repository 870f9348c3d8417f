"""The cohort sections of the example studies, on made-up tables with an answer that one can work out by hand."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
import pytest

from einthoven.study.cohort import load_sources, make_cohort
from einthoven.study.settings import load_study

ROOT = Path(__file__).resolve().parents[2]


def write_table(path, header, *rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header.split(), *rows])


def write_ecgs(folder, *rows):
    """Rows are (record, patient, day of 2019, statements)."""
    table = [(record, patient, f"2019-{day[:2]}-{day[2:]} 09:00:00", text) for record, patient, day, text in rows]
    write_table(folder / "ecgs.csv", "record_id patient_id ecg_time statements", *table)
    patients = sorted({row[1] for row in rows})
    write_table(folder / "patients.csv", "patient_id sex birth_date", *((name, "F", "1950-01-01") for name in patients))
    (folder / "ecgs").mkdir()
    for row in rows:
        (folder / "ecgs" / f"{row[0]}.xml").touch()


def write_reports(folder, name, columns, *rows):
    """Rows are (patient, day of 2019, values of the columns)."""
    table = [
        (f"r{number}", patient, f"2019-{day[:2]}-{day[2:]} 15:00:00", *values)
        for number, (patient, day, *values) in enumerate(rows)
    ]
    write_table(folder / name, f"outcome_id patient_id outcome_time {columns}", *table)


@pytest.fixture
def build(tmp_path, monkeypatch):
    """Build the cohort of an example on folders in tmp_path, named as its data sections."""
    monkeypatch.setattr("einthoven.study.cohort.require_both_classes", lambda *_: None)  # the tables are tiny

    def build_example(name):
        study = ROOT / "examples" / name / "study.toml"
        folders = {path.name: str(path) for path in tmp_path.iterdir()}
        settings = load_study(study, data_paths=folders)
        out = tmp_path.parent / f"{tmp_path.name}_cohort"
        out.mkdir()
        made = make_cohort(settings, load_sources(settings, lambda _: None), None, out)
        rows = pl.DataFrame(made.built.cohort.table).to_dicts()
        return {row["record_id"].partition(":")[2]: row for row in rows}

    return build_example


def test_lvsd_in_lbbb_takes_every_pair_of_patients_with_lbbb(build, tmp_path):
    """Two ECGs near one echo are two pairs; the block must be stated for certain."""
    write_ecgs(
        tmp_path / "centres",
        ("a", "p", "0101", "Sinus rhythm\nLeft bundle branch block"),
        ("b", "p", "0105", "Left bundle branch block"),
        ("c", "q", "0101", "Sinus rhythm"),
        ("d", "r", "0101", "Possible left bundle branch block"),
    )
    echoes = (("p", "0103", "LVEF 35 %"), ("q", "0101", "LVEF 35 %"), ("r", "0101", "LVEF 35 %"))
    write_reports(tmp_path / "centres", "echo.csv", "report", *echoes)
    rows = build("lbbb_lvsd")
    assert {name: row["y.lvsd"] for name, row in rows.items()} == {"a": 1.0, "b": 1.0}


def test_flow_reserve_comes_from_columns_with_their_units(build, tmp_path):
    """A scan without a flow reserve is not complete; fractions become percent."""
    write_ecgs(tmp_path / "pet", *((name, name, "0101", "") for name in "abc"))
    write_table(
        tmp_path / "pet" / "pet.csv",
        "scan_id patient_id scan_time global_mfr rest_ef",
        ("1", "a", "2019-01-20 10:00:00", "1.8", "0.60"),
        ("2", "b", "2019-01-20 10:00:00", "2.4", "0.30"),
        ("3", "c", "2019-01-20 10:00:00", "", "0.30"),
    )
    rows = build("flow_reserve")
    tasks = ("impaired_flow_reserve", "lvef_below_35", "either", "flow_reserve")
    told = {name: [round(row[f"y.{task}"], 4) for task in tasks] for name, row in rows.items()}
    assert told == {"a": [1, 0, 1, 1.8], "b": [0, 1, 1, 2.4]}


def test_a_rare_disease_is_a_code_that_was_known_when_the_ecg_was_taken(build, tmp_path):
    """Before the first code the ECG is neither a case nor a control."""
    write_ecgs(tmp_path / "clinic", *((name, name, "0601", "") for name in "abc"))
    codes = (("a", "E34.0", "2019-01-01"), ("b", "E340", "2019-12-01"), ("c", "I10", "2019-01-01"))
    write_table(tmp_path / "clinic" / "diagnoses.csv", "patient_id code diagnosis_time", *codes)
    assert {name: row["y.carcinoid"] for name, row in build("rare_disease").items()} == {"a": 1.0, "b": None, "c": 0.0}


def test_stenoses_are_labels_grades_and_follow_up(build, tmp_path):
    """Four vessels, a grade, an unknown vessel, and events after the ECG."""
    for name in ("ccta", "later"):
        folder = tmp_path / name
        write_ecgs(folder, ("a", "p", "0101", "Normal ECG"), ("b", "q", "0101", "Atrial fibrillation"))
        write_reports(folder, "ccta.csv", "rca lm lad lcx", ("p", "0110", 0, 0, 99, 30), ("q", "0110", 0, "", 50, 30))
        contacts = (("p", "2020-01-01", ""), ("q", "2020-01-01", "2019-07-01"))
        write_table(folder / "events.csv", "patient_id last_contact mace_time", *contacts)
    rows = build("coronary_ct")
    tasks = ("rca", "lm", "lad", "lcx", "lad_occluded", "any_vessel", "lad_grade")
    assert [rows["a"][f"y.{task}"] for task in tasks] == [0, 0, 1, 0, 1, 1, 3]
    assert [rows["b"][f"y.{task}"] for task in tasks] == [0, None, 0, 0, 0, None, 1]
    assert [(rows[name]["group.normal_ecg"], rows[name]["group.taken"]) for name in "ab"] == [
        ("yes", "before 2020"),
        ("no", "before 2020"),
    ]
    assert (rows["a"]["event.mace"], rows["b"]["event.mace"]) == (False, True)
    assert rows["b"]["event_days.mace"] == pytest.approx(181, abs=1)
