"""A checkpoint comes back as it was saved, and nothing else is accepted."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from einthoven.ecg.input_spec import InputSpec, ViewSpec
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.errors import CheckpointError
from einthoven.models.architectures import build
from einthoven.models.checkpoint import Checkpoint
from einthoven.models.head_settings import HeadSettings
from einthoven.models.lead_adaptation import LeadAdaptation
from einthoven.models.public.public_model import Seen
from fakes.stores import FakeStore

SETTINGS = {"widths": [4, 4, 4, 4], "stem_widths": [4]}


@pytest.fixture
def checkpoint() -> Checkpoint:
    """Return an untrained checkpoint for three leads and two labels."""
    spec = InputSpec(FakeStore(1).spec, ViewSpec(window_s=2.0))
    state = build("xresnet1d", n_leads=3, n_labels=2, **SETTINGS).state_dict()
    return Checkpoint("xresnet1d", SETTINGS, spec, ("up", "loud"), state, ("ptb_xl",), seed=3, epoch=5)


def _edit(folder, **changes) -> None:
    path = folder / "checkpoint.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def _edit_weights(folder, change) -> None:
    """Change the weights and keep the hash right, as a foreign program might."""
    import hashlib

    state = load_file(folder / "model.safetensors")
    change(state)
    save_file(state, folder / "model.safetensors")
    _edit(folder, weights_sha256=hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest())


def test_everything_comes_back(checkpoint, tmp_path):
    loaded = Checkpoint.load(checkpoint.save(tmp_path / "a" / "checkpoint"), labels=("up", "loud"))
    for name in ("architecture", "settings", "spec", "labels", "task", "pretrained_on", "seed", "epoch", "metric"):
        assert getattr(loaded, name) == getattr(checkpoint, name)
    signal = torch.randn(2, 3, 200)
    assert torch.equal(loaded.network()(signal), checkpoint.network()(signal))
    assert not any(path.suffix == ".tmp" for path in tmp_path.rglob("*"))


def test_defaults_are_written_out(checkpoint, tmp_path):
    saved = json.loads((checkpoint.save(tmp_path) / "checkpoint.json").read_text())
    assert saved["settings"]["depth"] == 18
    assert saved["type"] == "einthoven.checkpoint"
    assert saved["version"] == 2


def test_data_sets_of_simulated_patients_stay_named(checkpoint, tmp_path):
    dataclasses.replace(checkpoint, simulated=("A",)).save(tmp_path)
    assert Checkpoint.load(tmp_path).simulated == ("A",)
    description = json.loads((tmp_path / "checkpoint.json").read_text())
    del description["simulated"]  # as earlier versions wrote it
    (tmp_path / "checkpoint.json").write_text(json.dumps(description))
    assert Checkpoint.load(tmp_path).simulated == ()


def test_saving_twice_gives_the_same_bytes(checkpoint, tmp_path):
    first, second = checkpoint.save(tmp_path / "a"), checkpoint.save(tmp_path / "b")
    for name in ("checkpoint.json", "model.safetensors"):
        assert (first / name).read_bytes() == (second / name).read_bytes()


def test_other_labels_are_refused(checkpoint, tmp_path):
    folder = checkpoint.save(tmp_path)
    with pytest.raises(CheckpointError, match="loud"):
        Checkpoint.load(folder, labels=("up",))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"version": 99}, "version 99"),
        ({"type": "something"}, "type"),
        ({"architecture": "xresnet"}, "xresnet1d"),
        ({"labels": ["up"]}, "head.linear.weight"),
        ({"settings": {**SETTINGS, "dept": 18}}, "depth"),
        ({"settings": {**SETTINGS, "depth": 34}}, "missing"),
        ({"head": {"droput": 0.5}}, "did you mean 'dropout'"),
        ({"adaptation": {"kind": "selct"}}, "did you mean 'select'"),
        ({"seen_in_pretraining": [{"name": "ptb_xl"}]}, "damaged"),
        ({"input": {"view": {"windows": 3}}}, "window_s"),
        ({"weights_sha256": "0"}, "SHA-256"),
    ],
)
def test_a_description_that_does_not_fit_is_refused_by_name(checkpoint, tmp_path, changes, message):
    folder = checkpoint.save(tmp_path)
    _edit(folder, **changes)
    with pytest.raises(CheckpointError, match=message):
        Checkpoint.load(folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda state: state.pop("head.linear.bias"), "1 are missing"),
        (lambda state: state.update(extra=torch.zeros(1)), "extra"),
        (lambda state: state.update({"head.linear.bias": torch.zeros(3)}), "head.linear.bias"),
    ],
)
def test_weights_that_do_not_fit_are_refused_by_name(checkpoint, tmp_path, change, message):
    folder = checkpoint.save(tmp_path)
    _edit_weights(folder, change)
    with pytest.raises(CheckpointError, match=message):
        Checkpoint.load(folder)


@pytest.mark.parametrize("name", ["checkpoint.json", "model.safetensors"])
def test_a_missing_or_broken_file_is_refused_by_name(checkpoint, tmp_path, name):
    folder = checkpoint.save(tmp_path)
    (folder / name).write_bytes((folder / name).read_bytes()[:50])
    with pytest.raises(CheckpointError, match=name):
        Checkpoint.load(folder)
    (folder / name).unlink()
    with pytest.raises(CheckpointError, match=name):
        Checkpoint.load(folder)


def test_head_adaptation_and_what_public_weights_have_seen_come_back(tmp_path):
    adaptation = LeadAdaptation("project", ("I", "II", "V1"), STANDARD_LEADS)
    head = HeadSettings(task="survival_discrete", intervals_days=(30.0, 365.0), pooling="attention", n_covariates=1)
    network = build("xresnet1d", n_leads=3, n_labels=2, head=head, adaptation=adaptation, **SETTINGS).eval()
    saved = Checkpoint(
        "xresnet1d",
        SETTINGS,
        InputSpec(FakeStore(1).spec, ViewSpec(window_s=2.0)),
        ("30 days", "1 year"),
        network.state_dict(),
        head=head,
        adaptation=adaptation,
        public="some_model",
        seen_in_pretraining=(Seen("ptb_xl", "1.0.3", "folds 1 to 8"), Seen("code15")),
    )
    loaded = Checkpoint.load(saved.save(tmp_path))
    for name in ("head", "adaptation", "public", "seen_in_pretraining", "task"):
        assert getattr(loaded, name) == getattr(saved, name)
    assert loaded.task == "survival_discrete"
    signal, age = torch.randn(2, 3, 200), torch.randn(2, 1)
    assert torch.equal(loaded.network()(signal, age), network(signal, age))


def test_an_adaptation_of_other_leads_than_the_input_is_refused(checkpoint):
    adaptation = LeadAdaptation("select", ("I", "II", "V2"), ("I", "II"))
    with pytest.raises(CheckpointError, match=r"takes the leads \['I', 'II', 'V2'\], but the input spec gives"):
        dataclasses.replace(checkpoint, adaptation=adaptation)


def test_what_a_network_works_out_for_itself_is_there_and_random_numbers_are_left(checkpoint):
    """The rows that an adapter takes are in no file."""
    spec = dataclasses.replace(checkpoint.spec, ingest=FakeStore(1, leads=("V1", "I", "V6", "II")).spec)
    adaptation = LeadAdaptation("select", ("V1", "I", "V6", "II"), ("I", "II", "V1"))
    adapted = dataclasses.replace(checkpoint, spec=spec, adaptation=adaptation)
    signal = torch.randn(2, 4, 200)
    state = torch.get_rng_state()
    scores = adapted.network()(signal)
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(scores, checkpoint.network()(signal[:, [1, 3, 0]]))


def test_a_checkpoint_of_version_1_scores_as_it_did():
    """The scores are those that the version that wrote it gave."""
    checkpoint = Checkpoint.load(Path(__file__).parent / "checkpoint_version_1")
    scores = checkpoint.network()(torch.linspace(-1, 1, 400).reshape(1, 2, 200))
    assert torch.allclose(scores, torch.tensor([[-0.2783591151237488, -0.4960739016532898]]), atol=1e-6)
    assert checkpoint.head == HeadSettings(dropout=0.5, hidden_width=3)
    assert checkpoint.task == "binary"
    assert checkpoint.adaptation == LeadAdaptation()
    assert checkpoint.seen_in_pretraining == ()
