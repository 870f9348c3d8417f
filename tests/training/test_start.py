"""A network starts from the encoder of a checkpoint; what that had seen is carried on, and resuming stays exact."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from einthoven.errors import CheckpointError
from einthoven.models.checkpoint import Checkpoint
from einthoven.models.public.public_model import Seen
from einthoven.training.start import weights_hash
from einthoven.training.train import train
from fakes.stores import FakeStore
from fakes.training_child import ARM, VIEW

STORE = FakeStore(32)


class Killed(BaseException):
    """Stands for a process that is gone: nothing of ours handles it."""


def trained(folder, start: Checkpoint | None, *, kill_at: int | None = None, save_every: int = 1, **changes):
    """Train one arm; every step is saved."""

    def progress(done: int, total: int) -> None:
        if done == kill_at:
            raise Killed

    arm, labels = dataclasses.replace(ARM, **changes), ("up", "loud")
    options = {"labels": labels, "view": VIEW, "seed": 1, "tensorboard": False, "save_every_steps": save_every}
    return train(arm, STORE, STORE.cohort(), run_dir=folder, start=start, progress=progress, **options)


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    """Return a checkpoint to start from, of a published model that saw something."""
    torch.set_num_threads(1)
    made = trained(tmp_path_factory.mktemp("before"), None, seeds=(1,))
    return dataclasses.replace(
        made, pretrained_on=("archive",), simulated=("archive",), public="a_model",
        seen_in_pretraining=(Seen("ptb_xl"),), licence="CC BY 4.0",
    )  # fmt: skip


def test_a_tiny_step_leaves_the_encoder_where_it_started(before, tmp_path):
    """With labels and head the same, the head starts there, too."""
    made = trained(tmp_path, before, max_learning_rate=1e-12, weight_decay=0.0, epochs=1, ema_decay=0.0)
    weights = [name for name, tensor in made.state.items() if tensor.dtype.is_floating_point and "running" not in name]
    assert all(torch.allclose(made.state[name], before.state[name], atol=1e-6) for name in weights)
    assert {name for name in weights if name.startswith("head.")}


def test_another_head_is_new_and_an_encoder_alone_is_enough(before, tmp_path):
    """The head's weights come from the seed, the encoder's from the checkpoint."""
    alone = dataclasses.replace(
        before, labels=(), state={name: tensor for name, tensor in before.state.items() if not name.startswith("head.")}
    )
    made = trained(tmp_path, alone, max_learning_rate=1e-12, weight_decay=0.0, epochs=1, ema_decay=0.0)
    assert not torch.allclose(made.state["head.linear.weight"], before.state["head.linear.weight"], atol=1e-3)
    name = next(name for name in alone.state if name.endswith("weight"))
    assert torch.allclose(made.state[name], before.state[name], atol=1e-6)


def test_what_the_weights_had_seen_is_carried_on(before, tmp_path):
    """Data sets, simulated ones among them, the published model, its data and its licence."""
    made = trained(tmp_path, before, epochs=1)
    assert "archive" in made.pretrained_on
    assert (made.simulated, made.public, made.licence) == (("archive",), "a_model", "CC BY 4.0")
    assert made.seen_in_pretraining == (Seen("ptb_xl"),)


def test_a_killed_run_that_had_a_start_goes_on_to_the_same_weights_bit_for_bit(before, tmp_path):
    """The saved state belongs to these weights to start from; others begin anew."""
    unbroken = trained(tmp_path / "unbroken", before)
    for kill_at in (1, 3):
        folder = tmp_path / f"killed{kill_at}"
        with pytest.raises(Killed):
            trained(folder, before, kill_at=kill_at)
        assert weights_hash(trained(folder, before).state) == weights_hash(unbroken.state)
    with pytest.raises(Killed):
        trained(tmp_path / "other", None, kill_at=3)
    assert weights_hash(trained(tmp_path / "other", before).state) == weights_hash(unbroken.state)


def test_another_architecture_or_other_leads_are_refused(before, tmp_path):
    """Names what differs."""
    with pytest.raises(CheckpointError, match=r"other architecture: got se_resnext1d, the arm has xresnet1d"):
        trained(tmp_path, before, architecture="xresnet1d", settings={})
    with pytest.raises(CheckpointError, match=r"other settings"):
        trained(tmp_path, before, settings={})
    with pytest.raises(CheckpointError, match=r"other leads"):
        trained(tmp_path, before, leads=("I",))


def test_the_hash_is_that_of_names_and_values():
    """A scalar counts as well."""
    state = {"a": torch.ones(2, 3), "b": torch.tensor(1)}
    assert weights_hash(state) == weights_hash(dict(reversed(state.items())))
    assert weights_hash(state) != weights_hash(state | {"b": torch.tensor(2)})
    assert weights_hash(state) != weights_hash({"a": torch.ones(2, 3), "c": torch.tensor(1)})
