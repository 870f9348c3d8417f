"""``models check`` without --as says what a file of weights is, or what it resembles."""

from __future__ import annotations

import dataclasses

import pytest
import torch
import typer
from typer.testing import CliRunner

from einthoven.cli.models_check import check_command
from einthoven.models.public import recognise
from einthoven.models.public.catalogue import public_model
from einthoven.models.public.public_model import WeightSource
from einthoven.models.public.weight_file import read_whole
from fakes.public_weights import seeded_weights, write_weights

MODEL = public_model("echonext_mini")
TWIN = dataclasses.replace(MODEL, name="twin")


def check(*words):
    app = typer.Typer()
    app.command()(check_command)
    return CliRunner().invoke(app, list(map(str, words)), catch_exceptions=False)


@pytest.fixture
def file(tmp_path):
    return write_weights(MODEL, seeded_weights(MODEL.name), tmp_path)


def known(monkeypatch, *models):
    """Let the table hold these models alone."""
    table = {model.name: model for model in models}
    monkeypatch.setattr(recognise, "public_model_names", lambda: list(table))
    monkeypatch.setattr(recognise, "public_model", table.__getitem__)


def test_a_published_file_is_told_by_name_and_how_to_use_it(file):
    result = check(file)
    assert result.exit_code == 0
    assert f"{file} fits echonext_mini: names and shapes are the published ones" in result.output
    assert f"to use it: einthoven models convert {file} --as echonext_mini --out DIR" in result.output
    assert "may as well" not in result.output


def test_twins_are_told_apart_by_the_hash_or_named_together(file, monkeypatch):
    known(monkeypatch, MODEL, TWIN)
    assert "it may as well be twin: names and shapes are the same" in check(file).output
    offered = (WeightSource("https://example.org", "w.pth", read_whole(file).sha256),)
    known(monkeypatch, MODEL, dataclasses.replace(TWIN, sources=offered))
    output = check(file).output
    assert "fits twin:" in output
    assert "echonext_mini has the same names and shapes; the SHA-256 says which it is" in output


def test_the_nearest_are_named_with_what_differs(tmp_path):
    weights = seeded_weights(MODEL.name)
    name = next(name for name in weights if name.endswith("weight"))
    weights[name] = torch.ones(1)
    file = write_weights(MODEL, weights, tmp_path)
    result = check(file)
    assert result.exit_code == 2
    assert "is no published model that einthoven knows; nearest:" in result.output
    assert "1 tensor differs: " in result.output
    assert f"{name} has shape (1,), not" in result.output


def test_only_the_first_faults_are_listed(tmp_path):
    weights = {
        f"{name}.x" if index < 5 else name: one for index, (name, one) in enumerate(seeded_weights(MODEL.name).items())
    }
    output = check(write_weights(MODEL, weights, tmp_path)).output
    assert "10 tensors differ" in output
    assert "; and 7 more" in output


def test_foreign_weights_resemble_nothing(tmp_path):
    torch.save({"a.weight": torch.ones(2)}, tmp_path / "w.pth")
    result = check(tmp_path / "w.pth")
    assert result.exit_code == 2
    assert "is no published model that einthoven knows: the names of its tensors are those of none" in result.output
