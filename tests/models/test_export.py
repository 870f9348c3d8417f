"""Every architecture leaves einthoven as ONNX and as a program of torch, with torch's numbers at any batch size."""

from __future__ import annotations

import functools
import itertools
import json

import numpy as np
import pytest
import torch
from torch.onnx._internal.exporter import _registration

from einthoven.errors import CheckpointError
from einthoven.models import export as export_module
from einthoven.models.architectures import ARCHITECTURES, build
from einthoven.models.export import BATCH_SIZES, export_network, export_onnx, export_program
from einthoven.models.exported_file import METADATA_FILE, onnx_session
from einthoven.models.head_settings import HEADS, HeadSettings
from einthoven.models.network import Network
from models.small_architectures import SMALL

PLAIN = HeadSettings()
# each architecture gets the next one, so that every kind of head is exported without a network more
HEADS_IN_TURN = (
    PLAIN,
    HeadSettings(n_covariates=2),
    HeadSettings(task="multiclass", pooling="attention", attention_heads=1),
    HeadSettings(task="ordinal", pooling="mean_max"),
    HeadSettings(task="regression", target_mean=(50.0, 1.0, -3.0), target_scale=(9.0, 1.0, 0.5), hidden_width=4),
    HeadSettings(task="survival_cox", n_covariates=1, hidden_width=4),
    HeadSettings(task="survival_discrete", intervals_days=(365.0, 730.0, 1825.0)),
)
HEAD_OF = dict(zip(sorted(ARCHITECTURES), itertools.cycle(HEADS_IN_TURN), strict=False))
# the exporter's time goes by the number of operations: every kind of layer once, few repetitions, few steps in time
SHALLOW = {
    "efficientnet1d": {"widths": [4, 8], "repeats": [1, 2], "strides": [1, 2], "expansions": [1, 2], "fused_stages": 1},
    "conv_cpc": {"n_layers": 1},
    "hubert_ecg": {"depth": 1},
    "inception_time": {"depth": 3},
    "jepa_vit": {"depth": 1},
    "merl_resnet": {"widths": [4, 8], "depths": [1, 1]},
    "net1d": {"filter_list": [4, 8], "m_blocks_list": [1, 2]},
    "s4": {"width": 4, "n_layers": 1},
    "vit1d": {"depth": 1},
    "wav2vec2_ecg": {"depth": 1},
}
SAMPLES = {"lstm_fcn": 24, "s4": 130}  # steps: three; pieces: three


@pytest.fixture(autouse=True, scope="module")
def _operators_of_onnx_once():
    """Keep what the exporter reads of its own source, 500 functions, a second for every file."""
    with pytest.MonkeyPatch.context() as patch:
        read = functools.cache(_registration.ONNXRegistry.from_torchlib)
        patch.setattr(_registration.ONNXRegistry, "from_torchlib", staticmethod(read))
        yield


def _network(name: str, head: HeadSettings = PLAIN, *, n_labels: int = 3) -> Network:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        settings = {**SMALL[name].settings, **SHALLOW.get(name, {})}
        network = build(name, n_leads=SMALL[name].n_leads, n_labels=n_labels, head=head, **settings)
        for parameter in network.parameters():  # away from the zero gains that blocks start with
            torch.nn.init.normal_(parameter, std=0.1)
    return network.eval()


def _size(name: str) -> dict[str, int]:
    return {"n_leads": SMALL[name].n_leads, "n_samples": SAMPLES.get(name, SMALL[name].samples)}


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(ARCHITECTURES))
def test_every_architecture_gives_the_same_numbers_outside(name, tmp_path):
    """As an ONNX file and as a program, and with each kind of head."""
    files = {"onnx": tmp_path / "network.onnx", "program": tmp_path / "network.pt2"}
    checks = export_network(_network(name, HEAD_OF[name]), **files, **_size(name))
    assert [check.path for check in checks] == list(files.values())
    for check in checks:
        assert set(check.errors) == set(BATCH_SIZES) == {1, 2, 7, 64}
        assert max(check.errors.values()) < 1e-5


def test_every_kind_of_head_is_among_those_that_are_exported():
    used = set(HEAD_OF.values())
    assert {head.task for head in used} == set(HEADS)
    assert {head.pooling for head in used} == {"encoder", "attention", "mean_max"}
    assert any(head.n_covariates for head in used)


def test_scores_are_those_of_the_head_and_the_file_says_what_they_mean(tmp_path):
    """Covariates are the second input."""
    network, path = _network("fcn", HeadSettings(n_covariates=2)), tmp_path / "deep" / "network.onnx"
    export_onnx(network, path, **_size("fcn"), metadata={"labels": ["AF", "LBBB", "LVSD"]})
    session, signal = onnx_session(path, threads=1), torch.randn(5, SMALL["fcn"].n_leads, SMALL["fcn"].samples)
    covariates = torch.tensor([[1.0, 3.0]]).repeat(5, 1)
    inputs = {"signal": signal.numpy(), "covariates": covariates.numpy()}
    scores, features = session.run(["scores", "features"], inputs)
    with torch.inference_mode():
        assert np.allclose(scores, network(signal, covariates).sigmoid().numpy(), atol=1e-6)
        assert not np.allclose(scores, network(signal, -covariates).sigmoid().numpy(), atol=1e-3)
        assert np.allclose(features, network.features(signal).numpy(), rtol=1e-5, atol=1e-6)
    held = session.get_modelmeta().custom_metadata_map["einthoven"]
    assert json.loads(held) == {"labels": ["AF", "LBBB", "LVSD"]}


def test_a_network_without_labels_gives_features_alone(tmp_path):
    network, path = _network("fcn", n_labels=0), tmp_path / "network.pt2"
    export_program(network, path, **_size("fcn"), metadata={"labels": []})
    held = {METADATA_FILE: ""}
    signal = torch.randn(3, SMALL["fcn"].n_leads, SMALL["fcn"].samples)
    with torch.inference_mode():
        (features,) = torch.export.load(path, extra_files=held).module()(signal)
        assert torch.allclose(features, network.features(signal), rtol=1e-5, atol=1e-6)
    assert json.loads(held[METADATA_FILE]) == {"labels": []}


def test_a_network_in_training_mode_is_refused(tmp_path):
    with pytest.raises(CheckpointError, match="evaluation mode"):
        export_program(_network("fcn").train(), tmp_path / "network.pt2", **_size("fcn"))


def test_a_program_under_a_name_that_torch_does_not_read_is_refused(tmp_path):
    with pytest.raises(CheckpointError, match=r"end in \.pt2 alone, got network\.pt"):
        export_program(_network("fcn"), tmp_path / "network.pt", **_size("fcn"))


@pytest.mark.parametrize("found", [torch.tensor(1.01), torch.tensor(torch.nan)])
def test_a_file_with_other_numbers_is_refused_and_removed(tmp_path, monkeypatch, found):
    """Also one whose numbers are none at one batch size alone."""

    def write(traced, path, *, metadata):
        path.write_text(metadata)
        module = traced.program.module()
        return lambda inputs: [output * (found if len(output) == 7 else 1.0) for output in module(*inputs.values())]

    monkeypatch.setattr(export_module, "write_program", write)
    with pytest.raises(CheckpointError, match="doesn't give torch's numbers, and is removed: at batch 7"):
        export_program(_network("fcn"), tmp_path / "network.pt2", **_size("fcn"))
    assert not list(tmp_path.iterdir())
