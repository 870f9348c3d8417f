"""``einthoven pretrain`` says what to do before anything is read, and what lies where afterwards."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner

from einthoven.cli.main import app
from einthoven.study.pretraining import Pretrained

STUDY = """
version = 1
[data.main]
source = "ptb_xl"
path = "data"
[cohort]
labels = ["NORM"]
[input.view]
window_s = 5
"""
PRETRAIN = """
[pretrain.first]
architecture = "xresnet1d"
objectives = { supervised = {} }
labels = ["NORM"]
"""


def test_a_study_without_pretraining_is_refused_by_name(tmp_path):
    """Nothing is read or made."""
    (tmp_path / "study.toml").write_text(STUDY)
    result = CliRunner().invoke(app, ["pretrain", str(tmp_path / "study.toml"), "--out", str(tmp_path / "run")])
    assert "the study has no [pretrain.NAME]" in str(result.exception)
    assert not (tmp_path / "run").exists()


def test_what_was_made_is_listed_with_its_place(tmp_path, monkeypatch):
    """Checkpoint, model card, history and picture, as far as they are there."""
    (tmp_path / "study.toml").write_text(STUDY + PRETRAIN)
    (tmp_path / "1" / "checkpoint").mkdir(parents=True)
    for name in ("model_card.md", "history.csv", "training.svg"):
        (tmp_path / "1" / name).touch()
    asked = []

    def pretrain_study(_settings, out: Path, *, names, announce):
        asked.append((out, names))
        return [Pretrained("first", 1, tmp_path / "1")]

    monkeypatch.setattr("einthoven.study.pretraining.pretrain_study", pretrain_study)
    words = ["pretrain", str(tmp_path / "study.toml"), "--out", str(tmp_path / "run"), "--name", "first"]
    result = CliRunner().invoke(app, words, catch_exceptions=False)
    assert asked == [(tmp_path / "run", ["first"])]
    assert [line.partition(":")[0].strip() for line in result.stdout.split("\n") if line.strip()] == [
        "first, seed 1", "checkpoint", "model card", "history", "picture",
    ]  # fmt: skip


def test_help_has_examples():
    """For one process and for several."""
    shown = CliRunner().invoke(app, ["pretrain", "--help"]).output
    assert "examples/pretraining/study.toml" in shown
    assert "torchrun" in shown


def test_python_dash_m_is_the_command():
    """Launchers of modules need it."""
    done = subprocess.run([sys.executable, "-m", "einthoven", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("einthoven ")


def test_sentences_of_a_pretraining_are_shown_without_asking(tmp_path):
    """A run of days tells once a minute how it goes; the rest of the package warns alone."""
    told = (
        "import logging; from einthoven.cli.main import app; app(['doctor', '--help'], standalone_mode=False); "
        "logging.getLogger('einthoven.training.watching.spoken').info('step 1 of 60'); "
        "logging.getLogger('einthoven.store').info('nobody asked')"
    )
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert "step 1 of 60" in done.stderr
    assert "nobody asked" not in done.stderr
