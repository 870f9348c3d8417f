from __future__ import annotations

import json
import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from einthoven.cli.evaluate import evaluate_command
from einthoven.errors import SpecificationError
from einthoven.evaluation.evaluation import Evaluation
from einthoven.evaluation.ledger import read_ledger
from fakes.predictions import fake_predictions

app = typer.Typer()
app.command()(evaluate_command)
PLAN = 'outcomes = ["AF"]\nanalyses = ["performance"]\nresamples = 5\n'


@pytest.fixture
def study(tmp_path):
    """Write scores and a plan."""
    fake_predictions(patients=60).write(tmp_path / "scores.csv")
    (tmp_path / "protocol.toml").write_text(PLAN)
    return tmp_path


def run(study, *arguments):
    words = [str(study / "scores.csv"), "--out", str(study / "results"), *map(str, arguments)]
    result = CliRunner().invoke(app, words, catch_exceptions=False)
    assert result.exit_code == 0
    return Evaluation.load(study / "results"), result.stdout


def test_the_protocol_is_registered_and_the_opening_counted_beside_it(study):
    """What it names stays planned; the evaluation holds the ledger's lines."""
    evaluation, text = run(study, "--protocol", study / "protocol.toml")
    entries = read_ledger(study / "protocol.ledger.jsonl")
    assert [entry["entry"] for entry in entries] == ["registered", "opened"]
    assert evaluation.openings == entries
    assert evaluation.protocol.hash == entries[0]["protocol_hash"]
    assert all(row.planned for row in evaluation.results if row.analysis == "performance")
    assert "has been opened once; under this protocol once" in text
    assert "twice" in run(study, "--protocol", study / "protocol.toml")[1]


def test_a_plan_changed_after_the_first_look_plans_nothing(study):
    """It is registered too late."""
    run(study, "--protocol", study / "protocol.toml")
    (study / "protocol.toml").write_text(PLAN.replace("AF", "LBBB"))
    # another label of the same test set is another truth
    assert all(row.planned for row in run(study, "--protocol", study / "protocol.toml")[0].results)
    (study / "protocol.toml").write_text(PLAN.replace('"AF"', '"AF", "LBBB"'))
    evaluation, text = run(study, "--protocol", study / "protocol.toml")
    assert not any(row.planned for row in evaluation.results)
    assert "after the first opening" in text


def test_what_the_protocol_leaves_open_is_exploratory(study):
    """Labels that nobody named are evaluated in the order given, but not planned."""
    (study / "protocol.toml").write_text(PLAN.replace('outcomes = ["AF"]\n', ""))
    evaluation, _ = run(study, "--protocol", study / "protocol.toml")
    assert not any(row.planned for row in evaluation.results if row.label != "macro")
    assert evaluation.protocol.outcomes == ()


def test_without_protocol_nothing_is_counted_unless_a_ledger_is_named(study):
    """Both ways the note says so."""
    quick = study / "quick"
    quick.mkdir()
    _, text = run(study)
    assert "There is no protocol, so every number is exploratory" in text
    assert not list(study.glob("*.jsonl"))
    evaluation, text = run(study, "--ledger", quick / "ledger.jsonl")
    assert "No protocol was registered, so every number is exploratory" in text
    assert [entry["entry"] for entry in evaluation.openings] == ["opened"]


def test_a_damaged_ledger_ends_the_run_before_scores_are_read(study):
    """The line is named."""
    run(study, "--protocol", study / "protocol.toml")
    path = study / "protocol.ledger.jsonl"
    path.write_text(path.read_text().replace('"models": ["net"', '"models": ["nex"'))
    (study / "scores.csv").write_text("")
    with pytest.raises(SpecificationError, match="line 2 was changed"):
        run(study, "--protocol", study / "protocol.toml")


@pytest.mark.parametrize("step", ["register", "record_opening"])
def test_a_place_that_cannot_be_written_still_evaluates_and_says_so(study, monkeypatch, step):
    """Nothing then counts as planned, for there is no proof."""

    def refuse(*_arguments, **_settings):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(f"einthoven.cli.evaluation_ledger.{step}", refuse)
    evaluation, text = run(study, "--protocol", study / "protocol.toml")
    assert "No ledger could be kept in" in text
    assert "Permission denied" in text
    assert evaluation.openings == []
    assert not any(row.planned for row in evaluation.results)


def test_the_command_line_ends_with_2_and_one_line_on_a_wrong_protocol(study):
    """As a user sees it."""
    (study / "protocol.toml").write_text('splits = ["validation"]\n')
    code = "from einthoven.cli.main import main; main()"
    words = ["evaluate", str(study / "scores.csv"), "--protocol", str(study / "protocol.toml")]
    result = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=False, encoding="utf-8"
    )
    assert result.returncode == 2
    assert "cut-offs are chosen on split 'validation', so that it can't be the only one" in result.stderr
    assert not (study / "protocol.ledger.jsonl").exists()


def test_stated_cut_offs_give_scores_sensitivity_without_validation(study):
    """They are part of what the ledger tells openings apart by."""
    table = (study / "scores.csv").read_text().replace("validation", "train")
    (study / "scores.csv").write_text(table)
    (study / "cutoffs.csv").write_text("label,value,model\nAF,0.5,net\n")
    arguments = ("--protocol", study / "protocol.toml", "--thresholds", study / "cutoffs.csv")
    evaluation, _ = run(study, *arguments)
    assert evaluation.find(metric="sensitivity", label="AF", model="net", split="test")[0].estimate.value > 0
    assert evaluation.openings[-1]["thresholds_hash"]
    assert json.loads((study / "results" / "evaluation.json").read_text())["openings"]
