from __future__ import annotations

import csv
import io
import json
import subprocess
import sys

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from einthoven.cli.evaluate import evaluate_command
from einthoven.errors import InvalidScoreError, SpecificationError
from einthoven.evaluation.evaluation import Evaluation
from fakes.predictions import fake_predictions

app = typer.Typer()
app.command()(evaluate_command)


@pytest.fixture
def study(tmp_path):
    """Write what a group has after training elsewhere: an array of scores, a reader, and the truth."""
    rng = np.random.default_rng(3)
    truth = (rng.random((80, 2)) < 0.3).astype(int)
    np.save(tmp_path / "net.npy", 1 / (1 + np.exp(-(2.0 * truth - 1 + rng.normal(size=truth.shape)))))
    for name, table in (("reader", truth ^ (rng.random(truth.shape) < 0.1)), ("truth", truth)):
        np.savetxt(tmp_path / f"{name}.csv", table, fmt="%d", delimiter=",", header="AF,LBBB", comments="")
    protocol = tmp_path / "protocol.toml"
    protocol.write_text("resamples = 50\n")
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)


def test_tables_show_network_and_reader_and_say_what_applies(study):
    """Areas for the network, decisions for the reader, notes below, files in the folder."""
    result = run(
        study / "net.npy", study / "reader.csv", "--truth", study / "truth.csv", "--out", study / "results",
        "--protocol", study / "protocol.toml",
    )  # fmt: skip
    assert result.exit_code == 0
    for words in ("net, split test", "AUROC", "reader, split test", "Sensitivity", "mean of labels", "no patient ids"):
        assert words in result.stdout
    assert {p.name for p in (study / "results").iterdir()} >= {"evaluation.json", "results.csv"}
    assert Evaluation.load(study / "results").protocol.resamples == 50


def test_two_networks_are_compared(study):
    """Equal file names are told apart by their folder."""
    (study / "old").mkdir()
    scores = np.load(study / "net.npy")
    np.save(study / "old" / "net.npy", np.random.default_rng(0).permutation(scores))
    result = run(study / "net.npy", study / "old" / "net.npy", "--truth", study / "truth.csv", "--out", study / "o")
    assert "Differences on the same records" in result.stdout
    assert f"{study.name}/net - old/net" in (result.stdout.replace("\n", ""))
    assert (study / "o" / "comparisons.csv").is_file()


def test_json_and_csv_are_for_programs(study):
    """Nothing else on standard output."""
    arguments = (study / "net.npy", "--truth", study / "truth.csv", "--protocol", study / "protocol.toml")
    content = json.loads(run(*arguments, "--format", "json").stdout)
    assert content["type"] == "evaluation"
    rows = list(csv.DictReader(io.StringIO(run(*arguments, "--format", "csv").stdout)))
    assert len(rows) == len(content["results"])


def test_undefined_numbers_are_shown_with_their_reason(study):
    """A label without positives doesn't end the run."""
    truth = np.loadtxt(study / "truth.csv", delimiter=",", skiprows=1)
    truth[:, 1] = 0
    np.save(study / "truth.npy", truth)
    (study / "labels.txt").write_text("AF,LBBB")
    result = run(study / "net.npy", "--truth", study / "truth.npy", "--labels", study / "labels.txt")
    assert "LBBB: AUROC, AUPRC not defined: none of the 80 records is positive" in result.stdout


def test_scores_of_an_unknown_kind_are_refused(study):
    """With the option that helps."""
    np.save(study / "logit.npy", np.load(study / "net.npy") * 9 - 4)
    with pytest.raises(InvalidScoreError, match="--score-kind"):
        run(study / "logit.npy", "--truth", study / "truth.csv")
    result = run(study / "logit.npy", "--truth", study / "truth.csv", "--score-kind", "value")
    assert "AUROC" in result.stdout
    assert "Brier" not in result.stdout


def test_results_do_not_go_where_a_file_lies(study):
    """Refused before anything is read."""
    with pytest.raises(SpecificationError, match=r"truth\.csv is a file; choose another folder"):
        run(study / "gone.npy", "--truth", study / "truth.csv", "--out", study / "truth.csv")


def test_a_file_given_twice_is_refused(study):
    """However its path is written."""
    again = study / "old" / ".." / "net.npy"
    (study / "old").mkdir()
    with pytest.raises(SpecificationError, match=r"net\.npy is given twice"):
        run(study / "net.npy", study / "reader.csv", again, "--truth", study / "truth.csv")


def test_it_runs_where_torch_and_matplotlib_are_missing(study):
    """Both imports blocked, in a fresh process."""
    fake_predictions().write(study / "scores.csv")
    code = (
        "import sys; sys.modules['torch'] = None; sys.modules['matplotlib'] = None; sys.modules['lightning'] = None\n"
        "import typer; from einthoven.cli.evaluate import evaluate_command; typer.run(evaluate_command)"
    )
    command = [sys.executable, "-c", code, str(study / "scores.csv"), "--protocol", str(study / "protocol.toml")]
    result = subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")
    assert result.returncode == 0, result.stderr
    assert "net, split test" in result.stdout
