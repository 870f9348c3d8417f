"""The command line: every verb explains itself, and every mistake ends in one clear line and the right exit status."""

from __future__ import annotations

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from einthoven.cli.main import app

VERBS = (
    "run", "inspect", "convert", "deidentify", "ingest", "measure", "predict", "plan", "evaluate", "report", "doctor",
)  # fmt: skip


def einthoven(*words: object) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own."""
    command = [sys.executable, "-c", "from einthoven.cli.main import main; main()", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_each_verb_has_an_example(verb):
    """A user learns a verb from its own help."""
    result = CliRunner().invoke(app, [verb, "--help"])
    assert result.exit_code == 0
    assert f"einthoven {verb}" in result.output.split("Example:")[1]


def test_version_is_printed():
    """The version is one line."""
    assert CliRunner().invoke(app, ["--version"]).output.startswith("einthoven 0.")


def test_users_mistake_is_one_line_and_exit_2(tmp_path):
    """No traceback; the missing thing is named."""
    result = einthoven("run", tmp_path / "nothing.toml")
    assert result.returncode == 2
    assert "there is no study file" in result.stderr
    assert "Traceback" not in result.stderr


def test_debug_shows_the_traceback_wherever_it_stands(tmp_path):
    """--debug is accepted after the verb, too."""
    result = einthoven("run", tmp_path / "nothing.toml", "--debug")
    assert result.returncode == 2
    assert "Traceback" in result.stderr


def test_unknown_verb_is_refused():
    """Typer's own answer, exit status 2."""
    assert einthoven("runn").returncode == 2


def test_importing_the_command_line_imports_nothing_heavy():
    """--help stays fast: torch, numpy and polars are imported inside the verbs."""
    code = "import sys, einthoven.cli.main; print({'torch', 'numpy', 'polars', 'scipy'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "set()"


def test_what_a_name_smuggles_in_never_reaches_the_terminal(tmp_path):
    """Escape characters and line ends of a file's name; the error stays one line."""
    path = tmp_path / "a\x1b[31m\nb.xml"
    path.write_text("<html>")
    result = einthoven("inspect", path)
    assert result.returncode == 2
    assert "\x1b" not in result.stderr
    assert result.stderr.count("\n") == 1
