"""`einthoven cohort` from the outside."""

from __future__ import annotations

import csv
import json

import pytest
from typer.testing import CliRunner

from einthoven.cli.main import app
from einthoven.cohort.cohort import Cohort
from fakes.hospital_export import mark_as_simulated

STUDY = """
version = 1
[data.clinic]
source = "hospital"
path = "clinic"
format = "muse"
path_pattern = "{record_id}.xml"
ecgs = { file = "ecgs.csv" }
reports = { file = "echo.csv", columns = { lvef = "lvef" } }
[cohort]
outcomes = { weak = "lvef <= 40" }
pairing = { window_days = 14 }
history_outcome = "lvef"
"""


@pytest.fixture
def study(tmp_path):
    """Return a study file beside a clinic of 40 patients, each with two pairs."""
    folder = tmp_path / "clinic"
    folder.mkdir()
    ecgs, echoes = [], []
    for number in range(40):
        for visit, month in enumerate(("01", "07")):
            record = f"{number}-{visit}"
            ecgs.append((record, number, f"2020-{month}-10 10:00:00"))
            echoes.append((record, number, f"2020-{month}-12 10:00:00", 30 if number % 3 else 60))
            (folder / f"{record}.xml").touch()
    for name, header, rows in (
        ("ecgs.csv", ("record_id", "patient_id", "ecg_time"), ecgs),
        ("echo.csv", ("outcome_id", "patient_id", "outcome_time", "lvef"), echoes),
    ):
        with (folder / name).open("w", newline="") as file:
            csv.writer(file).writerows([header, *rows])
    path = tmp_path / "study.toml"
    path.write_text(STUDY)
    return path


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def test_the_summary_tells_flow_splits_outcomes_and_files(study, tmp_path):
    """What a person wants to see, and the cohort as a file."""
    result = run("cohort", study, "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    for words in ("pairs of ECG and report", "80 pairs", "baseline", "weak", "audit:", "cohort.parquet", "not read"):
        assert words in result.output
    cohort = Cohort.read(tmp_path / "out" / "cohort.parquet")
    assert cohort.table["pair"].to_pylist().count("followup") == 40


def test_simulated_patients_are_told_of_first(study, tmp_path):
    """Because of the marker in the folder, not of anything in the study file."""
    assert "Simulated data" not in run("cohort", study, "--out", tmp_path / "real").output
    mark_as_simulated(tmp_path / "clinic", hospital="B", seed=4)
    result = run("cohort", study, "--out", tmp_path / "out")
    assert result.stdout.startswith("Simulated data: whatever this study finds checks the software")
    assert json.loads((tmp_path / "out" / "cohort.json").read_text())["simulated"]["clinic"].startswith("hospital B")


def test_json_is_the_summary_alone(study, tmp_path):
    """For programs."""
    result = run("cohort", study, "--out", tmp_path / "out", "--json")
    summary = json.loads(result.stdout)
    assert sum(part["followup"] for part in summary["splits"]) == 40
    assert summary["signals"] is False


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("lvef <= 40", "lvfe <= 40", "did you mean 'lvef'"),
        ("lvef <= 40", "lvef <= ", "lvef <="),
        ("window_days = 14", "window_day = 14", "did you mean 'window_days'"),
        ("window_days = 14", "window_days = 1", "none has one within 1 days"),
        ("lvef <= 40", "lvef <= 4", "no positive among"),
        ('"ecgs.csv"', '"ecg.csv"', "ecg.csv"),
        ('"ecgs.csv"', '"ecgs.csv", columns = { patient_id = "patient" }', "did you mean 'patient_id'"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(study, tmp_path, right, wrong, message):
    """A wrong rule, key, window, outcome, file or column."""
    study.write_text(study.read_text().replace(right, wrong))
    result = run("cohort", study, "--out", tmp_path / "out")
    assert result.exit_code != 0
    assert message in str(result.exception)


def test_a_failed_start_leaves_no_folder_behind_and_a_file_is_no_place(study, tmp_path):
    """Nothing is written before the tables are read."""
    study.write_text(study.read_text().replace('"ecgs.csv"', '"none.csv"'))
    assert run("cohort", study, "--out", tmp_path / "out").exit_code != 0
    assert not (tmp_path / "out").exists()
    assert "choose another --out" in str(run("cohort", study, "--out", study).exception)
