from __future__ import annotations

import json
import tomllib

import pytest
import typer
from typer.testing import CliRunner

from einthoven.cli.plan import plan_command
from einthoven.errors import SpecificationError
from einthoven.evaluation.ledger import read_ledger
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.protocol_template import protocol_template

app = typer.Typer()
app.command()(plan_command)
MODEL = ("--auroc", 0.85, "--prevalence", 0.08)


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)


def test_the_table_has_a_sentence_and_a_source_for_each_number():
    """And says what decides."""
    text = run(*MODEL, "--n", 3000, "--against", 0.82).stdout
    assert "Smallest external validation" in text
    assert "- 787 records (787 patients, 63 cases) are needed for a 95% interval of AUROC no wider than 0.1." in text
    assert "doi:10.1002/sim.9025" in text
    assert "3,000 records (3,000 patients, 240 cases) have a power of" in text
    assert "Note: An external validation needs 4,433 records for all of these; O/E decides." in text


def test_json_is_for_programs():
    """With what was expected beside the answers."""
    content = json.loads(run(*MODEL, "--format", "json", "--threshold", 0.1, "--records-per-patient", 2).stdout)
    assert (content["type"], content["version"]) == ("plan", 1)
    assert content["expected"]["design_effect"] == 1.5
    assert content["expected"]["mean_risk"] == pytest.approx(0.08, rel=0.01)
    assert {answer["quantity"] for answer in content["answers"]} >= {"AUROC", "O/E", "PPV", "standardised net benefit"}


def test_a_published_distribution_of_risks_takes_the_place_of_the_normal_one():
    """A mean that isn't the prevalence is said; two distributions are one too many."""
    text = run("--auroc", 0.8, "--prevalence", 0.018, "--linear-predictor", -5, 2.5).stdout
    assert "The stated distribution of risks has the mean 0.052, not the prevalence 0.018." in text
    assert "have a" not in run("--auroc", 0.77, "--prevalence", 0.43, "--risks", 1.33, 1.75).stdout
    with pytest.raises(SpecificationError, match="give one distribution"):
        run(*MODEL, "--risks", 1, 9, "--linear-predictor", -2, 1)


def test_the_template_names_every_setting_and_each_example_is_accepted():
    """Whoever deletes the hash gets a valid protocol."""
    lines = protocol_template().splitlines()
    settings = [line.removeprefix("# ") for line in lines if line.startswith("# ") and " = " in line]
    examples = tomllib.loads("\n".join(settings))
    assert set(examples) == set(Protocol().to_dict()) - {"version"}
    Protocol.from_dict(examples)
    assert Protocol.from_dict(tomllib.loads(protocol_template())) == Protocol()


def test_a_protocol_is_written_registered_and_never_overwritten(tmp_path):
    """Registering twice keeps the first time; one that plans nothing is told so."""
    path = tmp_path / "protocol.toml"
    assert "einthoven plan --register" in run("--write-protocol", path).stdout
    with pytest.raises(SpecificationError, match="is there already"):
        run("--write-protocol", path)
    first = run("--register", path)
    assert "names no outcomes and no analyses, so that nothing will count as planned" in first.stderr
    path.write_text('outcomes = ["AF"]\nanalyses = ["performance"]\n')
    texts = [run("--register", path, "--ledger", tmp_path / "own.jsonl") for _ in range(2)]
    assert texts[0].stdout == texts[1].stdout
    assert not texts[0].stderr
    assert len(read_ledger(tmp_path / "own.jsonl")) == 1
    assert len(read_ledger(tmp_path / "protocol.ledger.jsonl")) == 1


def test_nothing_to_plan_says_what_is_needed():
    """With an example."""
    with pytest.raises(
        SpecificationError, match=r"--auroc and --prevalence, for example: einthoven plan --auroc 0\.85"
    ):
        run()
