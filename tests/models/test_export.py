"""Every architecture leaves einthoven as ONNX and as a program of torch, with torch's numbers at any batch size."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest
import torch

from einthoven.errors import CheckpointError
from einthoven.models import export as export_module
from einthoven.models.architectures import ARCHITECTURES, build
from einthoven.models.export import BATCH_SIZES, export_onnx, export_program, onnx_session
from einthoven.models.network import Network
from models.small_architectures import SMALL


def _network(name: str) -> Network:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = build(name, n_leads=SMALL[name].n_leads, n_labels=3, **SMALL[name].settings)
        for parameter in network.parameters():  # away from the zero gains that blocks start with
            torch.nn.init.normal_(parameter, std=0.1)
    return network.eval()


def _size(name: str) -> dict[str, int]:
    return {"n_leads": SMALL[name].n_leads, "n_samples": SMALL[name].samples}


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(ARCHITECTURES))
@pytest.mark.parametrize("export", [export_onnx, export_program])
def test_every_architecture_gives_the_same_numbers_outside(name, export, tmp_path):
    check = export(_network(name), tmp_path / "network", **_size(name))
    assert set(check.errors) == set(BATCH_SIZES) == {1, 2, 7, 64}
    assert max(check.errors.values()) < 1e-5


def test_scores_are_those_of_the_head_and_the_file_says_what_they_mean(tmp_path):
    network, path = _network("fcn"), tmp_path / "deep" / "network.onnx"
    export_onnx(network, path, **_size("fcn"), metadata={"labels": ["AF", "LBBB", "LVSD"]})
    session, signal = onnx_session(path, threads=1), torch.randn(5, SMALL["fcn"].n_leads, SMALL["fcn"].samples)
    scores, features = session.run(["scores", "features"], {"signal": signal.numpy()})
    with torch.inference_mode():
        assert np.allclose(scores, network(signal).sigmoid().numpy(), atol=1e-6)
        assert np.allclose(features, network.features(signal).numpy(), rtol=1e-5, atol=1e-6)
    held = session.get_modelmeta().custom_metadata_map["einthoven"]
    assert json.loads(held) == {"labels": ["AF", "LBBB", "LVSD"]}


def test_a_network_in_training_mode_is_refused(tmp_path):
    with pytest.raises(CheckpointError, match="evaluation mode"):
        export_program(_network("fcn").train(), tmp_path / "network.pt2", **_size("fcn"))


def test_a_file_with_other_numbers_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(export_module, "LARGEST_ERROR", -1.0)
    with pytest.raises(CheckpointError, match="doesn't give torch's numbers: at batch"):
        export_program(_network("fcn"), tmp_path / "network.pt2", **_size("fcn"))


def test_a_missing_package_is_named_with_the_remedy(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(CheckpointError, match=r"onnxruntime isn't installed: pip install 'einthoven\[export\]'"):
        onnx_session(tmp_path / "network.onnx")
