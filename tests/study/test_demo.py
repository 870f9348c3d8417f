"""The demonstration needs no data, fits what the simulator writes, and always says that its patients are simulated."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from einthoven.cli.main import app
from einthoven.cohort.cohort import Cohort
from einthoven.evaluation.predictions import Predictions
from einthoven.models.checkpoint import Checkpoint
from einthoven.report.html import render
from einthoven.simulation.example_study import example_study
from einthoven.simulation.settings import load_simulation
from einthoven.study.settings import load_study

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "examples" / "demo"
NOTICE = "Simulated data: whatever this study finds checks the software; it is no evidence about patients."


def run(*words) -> str:
    result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_the_study_reads_the_hospitals_where_make_lets_them_be_simulated():
    """Paths, hospitals and recorders of study, settings and Makefile agree."""
    study, simulation = load_study(DEMO / "study.toml"), load_simulation(DEMO / "simulation.toml")
    assert [(name, section.role) for name, section in study.data.items()] == [("A", "develop"), ("B", "external")]
    assert list(simulation.hospitals) == ["A", "B"]
    for name, section in study.data.items():
        assert Path(section.settings.path) == ROOT / "runs" / "hospitals" / name
        assert section.settings.format == simulation.hospitals[name].file_format
    assert "HOSPITALS := runs/hospitals/study.toml" in (ROOT / "Makefile").read_text()


def test_the_columns_of_the_study_are_those_that_the_simulator_writes():
    """Where the study maps a name, it maps it as the simulator does."""
    demo = tomllib.loads((DEMO / "study.toml").read_text())["data"]
    written = tomllib.loads(example_study(load_simulation(DEMO / "simulation.toml")))["data"]
    for name, section in demo.items():
        for kind in ("ecgs", "reports", "patients"):
            assert section[kind]["file"] == written[name][kind]["file"]
            mapped, known = (dict(each[name][kind].get("columns", {})) for each in (demo, written))
            assert mapped.items() <= known.items()
            # a column of einthoven's own name is found without a word
            silent = {column for column in known.keys() - mapped.keys() if not column.startswith("measurement.")}
            assert all(known[column] == column for column in silent)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Return the folder of a tiny demonstration, carried out from the outside, and what was printed of its cohort."""
    folder = tmp_path_factory.mktemp("demo")
    settings = (DEMO / "simulation.toml").read_text().replace("patients = 800", "patients = 60")
    (folder / "simulation.toml").write_text(settings)
    study = (DEMO / "study.toml").read_text().replace("../../runs/hospitals", "hospitals")
    study = study.partition("[arm.lead_I]")[0] + "[evaluation]\nresamples = 20\n[store]\nworkers = 1\n"
    study = study.replace("train = 0.6, validation = 0.15", "train = 0.45, validation = 0.3")
    (folder / "study.toml").write_text("\n".join(_quicker(line) for line in study.splitlines()))
    run("simulate", "--settings", folder / "simulation.toml", "--out", folder / "hospitals", "--workers", "1")
    told = run("cohort", folder / "study.toml", "--out", folder / "cohort")
    run("run", folder / "study.toml", "--out", folder / "run")
    return folder, told


def _quicker(line: str) -> str:
    return "epochs = 1" if line.startswith("epochs") else line


@pytest.mark.slow
def test_the_whole_chain_says_that_its_patients_are_simulated(finished):
    """Cohort, checkpoint, predictions, evaluation and report; nobody had to ask for it."""
    folder, told = finished
    stages = folder / "run" / "stages"
    assert NOTICE in told
    cohort = Cohort.read(stages / "cohort" / "cohort.parquet")
    assert set(cohort.simulated) == {"A", "B"}
    assert cohort.simulated["A"].startswith("hospital A, seed 7")
    assert Checkpoint.load(stages / "train" / "main" / "1" / "checkpoint").simulated == ("A",)
    assert NOTICE in Predictions.from_file(stages / "predict" / "main" / "1" / "predictions.parquet").notes
    assert NOTICE in json.loads((stages / "evaluate" / "evaluation.json").read_text())["notes"]
    first_page = (folder / "run" / "report" / "report.html").read_text().partition('id="methods"')[0]
    assert NOTICE in first_page


@pytest.mark.slow
def test_a_report_that_is_written_again_says_it_too(finished, tmp_path):
    """From the run folder alone, with the hospitals gone."""
    folder, _ = finished
    page = render(folder / "run", tmp_path / "report.html").read_text()
    assert NOTICE in page
    assert "A: hospital A, seed 7" in page


@pytest.mark.slow
def test_every_hospital_gives_pairs_and_both_outcomes(finished):
    """What the demonstration is about is there in A and in B."""
    folder, _ = finished
    table = pl.DataFrame(Cohort.read(folder / "run" / "stages" / "cohort" / "cohort.parquet").table)
    for name in ("A", "B"):
        rows = table.filter(pl.col("source") == name)
        assert rows.filter(pl.col("pair") != "none").height > 20
        for label in ("lvsd", "atrial_fibrillation"):
            assert set(rows[f"y.{label}"].drop_nulls()) == {0.0, 1.0}
