"""`einthoven parse` from the outside."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from einthoven.cli.main import app
from einthoven.errors import CohortError, SpecificationError


def run(*words):
    return CliRunner().invoke(app, ["parse", *(str(word) for word in words)])


def test_statements_are_shown_by_presence():
    """Present, absent, uncertain, or nothing."""
    result = run("statements", "Atrial fibrillation has replaced sinus rhythm", "No previous ECGs available")
    assert "present:   atrial_fibrillation" in result.output
    assert "absent:    sinus_rhythm" in result.output
    assert "no finding" in result.output


def test_json_holds_the_place_of_each_finding():
    """One object per text."""
    (line,) = run("statements", "Possible left atrial enlargement", "--json").stdout.splitlines()
    document = json.loads(line)
    assert "left_atrial_enlargement" in document["uncertain"]
    assert "left atrial enlargement" in document["findings"][0]["text"].lower()


def test_texts_come_from_files_too(tmp_path):
    """Lines of a text file, a column of a CSV."""
    (tmp_path / "a.txt").write_text("Sinus rhythm\n\nLow voltage QRS\n")
    assert "low_voltage" in run("statements", "--file", tmp_path / "a.txt").output
    (tmp_path / "a.csv").write_text("id,said\n1,Sinus rhythm\n2,\n")
    assert "sinus_rhythm" in run("statements", "--file", tmp_path / "a.csv", "--column", "said").output
    result = run("statements", "--file", tmp_path / "a.csv", "--column", "sad")
    assert "did you mean 'said'" in str(result.exception)


@pytest.mark.parametrize("words", [[], ["x", "--file", "y"], ["--file", "none"]])
def test_nothing_to_read_is_refused(words):
    """It says what to give."""
    assert isinstance(run("statements", *words).exception, SpecificationError | CohortError)


def test_the_value_that_counts_is_marked(tmp_path):
    """Simpson before an estimate by eye; and a page to check them on."""
    text = "EF by eye 40 %. Biplane Simpson EF 35 %."
    result = run("report", text)
    assert "* lvef 35 %" in result.output
    assert "  lvef 40 %" in result.output
    values = json.loads(run("report", text, "--json").stdout)["values"]
    assert [value["chosen"] for value in values] == [False, True]
    assert run("report", text, "--html", tmp_path / "audit.html").exit_code == 0
    assert "<mark" in (tmp_path / "audit.html").read_text()
