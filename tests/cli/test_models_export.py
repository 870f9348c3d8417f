"""``models export`` writes a checkpoint as files that run without einthoven, and says how near to torch they are."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
import torch
import typer
from typer.testing import CliRunner

from einthoven.cli.models_export import export_command
from einthoven.ecg.input_spec import InputSpec, ViewSpec
from einthoven.errors import SpecificationError
from einthoven.models.architectures import build
from einthoven.models.checkpoint import Checkpoint
from einthoven.models.exported_file import METADATA_FILE, METADATA_KEY, onnx_session
from einthoven.models.head_settings import HeadSettings

SETTINGS = {"widths": [2, 2, 2]}
SPEC = InputSpec(view=ViewSpec(window_s=0.4))
BATCHES = ", ".join(["[0-9.e+-]+"] * 4) + " of the largest number at batch 1, 2, 7, 64"


def export(*words):
    app = typer.Typer()
    app.command()(export_command)
    return CliRunner().invoke(app, list(map(str, words)), catch_exceptions=False)


def save(folder, labels=("AF", "LBBB"), **head):
    settings = HeadSettings(**head)
    with torch.random.fork_rng():
        torch.manual_seed(2)
        state = build("fcn", n_leads=12, n_labels=len(labels), head=settings, **SETTINGS).state_dict()
    checkpoint = Checkpoint(
        "fcn", SETTINGS, SPEC, labels, state, head=settings, public="made_up", licence="CC BY-NC 4.0"
    )
    checkpoint.save(folder)
    return checkpoint.network()


def test_both_files_give_the_scores_of_the_network(tmp_path):
    """With covariates as the second input, and metadata in both."""
    network = save(tmp_path / "c", n_covariates=2)
    result = export(tmp_path / "c", "--onnx", tmp_path / "n.onnx", "--program", tmp_path / "n.pt2")
    assert result.exit_code == 0
    for name in ("n.onnx", "n.pt2"):
        assert re.search(rf"{name}: differs from torch by {BATCHES}\n", result.output)
    assert "input: signal (batch, 12, 100), I, II," in result.output
    assert "at 250 Hz; covariates (batch, 2)" in result.output
    assert "licence of the weights: CC BY-NC 4.0" in result.output
    inputs = {"signal": torch.randn(3, 12, 100), "covariates": torch.randn(3, 2)}
    session, held = onnx_session(tmp_path / "n.onnx"), {METADATA_FILE: ""}
    program = torch.export.load(tmp_path / "n.pt2", extra_files=held).module()
    with torch.inference_mode():
        expected = network(*inputs.values()).sigmoid().numpy()
        assert np.allclose(program(*inputs.values())[0].numpy(), expected, atol=1e-6)
    found = session.run(["scores"], {name: tensor.numpy() for name, tensor in inputs.items()})[0]
    assert np.allclose(found, expected, atol=1e-6)
    metadata = session.get_modelmeta().custom_metadata_map[METADATA_KEY]
    assert metadata == held[METADATA_FILE]
    assert json.loads(metadata)["labels"] == ["AF", "LBBB"]


def test_a_checkpoint_without_labels_gives_features(tmp_path):
    save(tmp_path / "c", labels=())
    assert export(tmp_path / "c", "--program", tmp_path / "n.pt2").exit_code == 0
    (features,) = torch.export.load(tmp_path / "n.pt2").module()(torch.randn(3, 12, 100))
    assert features.shape == (3, 2)


def test_nothing_is_written_over(tmp_path):
    (tmp_path / "n.onnx").write_text("precious")
    with pytest.raises(SpecificationError, match="is there already"):
        export(tmp_path / "c", "--onnx", tmp_path / "n.onnx")
    assert (tmp_path / "n.onnx").read_text() == "precious"


def test_one_of_the_two_files_must_be_named(tmp_path):
    with pytest.raises(SpecificationError, match="--onnx FILE, --program FILE or both"):
        export(tmp_path / "c")
