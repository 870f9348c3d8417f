"""Scores of any vendor, as a user gives them on the command line."""

from __future__ import annotations

import sys

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from einthoven.cli.evaluate import evaluate_command
from einthoven.errors import LeakageError, SpecificationError, UnknownNameError, UnreadableFileError
from einthoven.evaluation.evaluation import Evaluation

app = typer.Typer()
app.command()(evaluate_command)


@pytest.fixture
def quick(tmp_path):
    """Write a protocol that takes no time."""
    (tmp_path / "protocol.toml").write_text('analyses = ["performance"]\nresamples = 5\n')
    return tmp_path


def run(folder, *arguments):
    words = [*map(str, arguments), "--protocol", str(folder / "protocol.toml"), "--out", str(folder / "results")]
    result = CliRunner().invoke(app, words, catch_exceptions=False)
    assert result.exit_code == 0
    return Evaluation.load(folder / "results"), result.stdout


def test_markers_of_a_clinical_table_are_compared_on_an_outcome_of_words(quick, real_data):
    """The areas that R's pROC prints for its own example."""
    table = real_data / "statistics" / "aSAH.csv"
    markers = ("--score", "wfns", "--score", "s100b", "--score", "ndka", "--score-kind", "value")
    found, text = run(
        quick, table, "--outcome", "outcome", "--positive", "Poor", *markers, "--column", "group.sex=gender"
    )
    areas = {row.model: row.estimate.value for row in found.find(metric="auroc", label="outcome", subgroup="")}
    assert areas == pytest.approx({"wfns": 0.8236789, "s100b": 0.7313686, "ndka": 0.6119580}, abs=1e-7)
    assert "Columns that were not used: gos6, age." in text
    assert "no patient ids" in text


def test_a_german_excel_export_with_foreign_names_is_evaluated(quick):
    """Semicolons, decimal commas, a byte order mark, and columns called otherwise."""
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, 40)
    score = np.round(np.clip(0.3 + 0.4 * truth + 0.2 * rng.normal(size=40), 0, 1), 3)
    rows = [f"{n:03d};{n // 2};AF;{truth[n]};{score[n]}".replace(".", ",") for n in range(40)]
    text = "\r\n".join(["EKG;PAT_ID;label;truth;score", *rows]) + "\r\n"
    (quick / "s.csv").write_bytes(text.encode("utf-8-sig"))
    found, text = run(quick, quick / "s.csv", "--column", "record_id=EKG", "--column", "patient_id=PAT_ID")
    assert found.find(metric="auroc", label="AF")[0].estimate.clusters == 20
    assert "a comma in a number was read as the decimal comma" in text
    assert "no patient ids" not in text


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (("--column", "patient_id"), SpecificationError, "--column must be NAME=COLUMN"),
        (("--column", "patient_id=a", "--column", "patient_id=b"), SpecificationError, "name each column once"),
        (("--show", "subgroup"), UnknownNameError, "no analysis 'subgroup'; did you mean 'subgroups'"),
        (("--thresholds", "gone.csv"), UnreadableFileError, r"gone\.csv"),
        (("--task", "survivl"), UnknownNameError, "did you mean 'survival'"),
        (("--score-kind", "odds"), UnknownNameError, "no score kind 'odds'"),
    ],
)
def test_options_that_do_not_fit_are_refused(quick, arguments, error, words):
    """By name."""
    (quick / "s.csv").write_text("record_id,label,truth,score\na,AF,1,0.5\n")
    with pytest.raises(error, match=words):
        run(quick, quick / "s.csv", *arguments)


def test_cut_offs_chosen_on_the_split_to_report_are_refused(quick):
    """The type knows where it was chosen."""
    (quick / "s.csv").write_text("record_id,label,truth,score\na,AF,1,0.5\nb,AF,0,0.2\n")
    (quick / "cut.csv").write_text("label,value,model,split\nAF,0.4,s,test\n")
    with pytest.raises(LeakageError, match="chosen on split 'test'"):
        run(quick, quick / "s.csv", "--thresholds", quick / "cut.csv")


def test_a_report_needs_a_folder_and_the_packages_that_draw(quick, monkeypatch):
    """Both are said before anything is computed."""
    arguments = ["gone.csv", "--report"]
    with pytest.raises(SpecificationError, match="name it with --out FOLDER"):
        CliRunner().invoke(app, arguments, catch_exceptions=False)
    for name in [name for name in sys.modules if name.startswith("einthoven.report")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(SpecificationError, match=r"pip install 'einthoven\[report\]'"):
        CliRunner().invoke(app, [*arguments, "--out", str(quick / "o")], catch_exceptions=False)
