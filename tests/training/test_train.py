"""Training end to end on a small set that can be learnt: results, resumption, refusals."""

from __future__ import annotations

import csv
import dataclasses
import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import lightning.pytorch as lightning
import numpy as np
import pyarrow as pa
import pytest
import torch

from einthoven.errors import CancelledError, CohortError, SplitError, TrainingError, UnknownNameError
from einthoven.models.checkpoint import Checkpoint
from einthoven.models.predict import predict
from einthoven.training.arm import ArmSettings
from einthoven.training.augmentation_settings import Augmentation
from einthoven.training.selection import macro_auroc
from einthoven.training.train import train
from fakes.stores import FakeStore
from fakes.training_child import ARM, VIEW

CHILD = Path(__file__).parent.parent / "fakes" / "training_child.py"


class Killed(BaseException):
    """Stands for a process that is gone: nothing of ours handles it."""


def _train(folder, arm: ArmSettings = ARM, *, store=None, cohort=None, kill_at: int | None = None, **options):
    store = store or FakeStore(32)

    def progress(done: int, total: int) -> None:
        if done == kill_at:
            raise Killed

    options = {"labels": ("up", "loud"), "view": VIEW, "seed": 1, "tensorboard": False, **options}
    return train(arm, store, cohort or store.cohort(), run_dir=folder, progress=progress, **options)


def _equal(first: Checkpoint, second: Checkpoint) -> bool:
    return all(torch.equal(first.state[name], second.state[name]) for name in first.state)


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    """Return folder and checkpoint of a run without a break."""
    folder = tmp_path_factory.mktemp("unbroken")
    torch.set_num_threads(1)
    return folder, _train(folder)


def test_a_signal_that_is_there_is_learnt(tmp_path):
    store = FakeStore(64)
    arm = dataclasses.replace(
        ARM, epochs=15, settings={"width": 4, "cardinality": 1, "stem_widths": [8]}, augmentation=Augmentation.off()
    )
    checkpoint = _train(tmp_path, arm, store=store)
    cohort = store.cohort()
    validation = np.flatnonzero([split == "validation" for split in cohort["split"].to_pylist()])
    assert macro_auroc(predict(checkpoint, store, validation), store.labels[validation]) > 0.9


def test_the_folder_holds_checkpoint_and_history_and_no_leftovers(unbroken):
    folder, checkpoint = unbroken
    assert {path.name for path in folder.iterdir()} == {"checkpoint", "history.csv", "run.json"}
    lines = list(csv.DictReader((folder / "history.csv").open()))
    assert list(lines[0]) == ["epoch", "train_loss", "validation_loss", "validation_auroc"]
    assert [line["epoch"] for line in lines] == ["1", "2"]
    assert checkpoint.labels == ("up", "loud")
    assert checkpoint.seed == 1
    best = max(lines, key=lambda line: float(line["validation_auroc"]))
    assert checkpoint.epoch == int(best["epoch"])
    assert checkpoint.metric["validation_auroc"] == float(best["validation_auroc"])


def test_the_validation_value_is_that_of_the_checkpoint(unbroken):
    _, checkpoint = unbroken
    store = FakeStore(32)
    validation = np.arange(0, 32, 4)
    scores = predict(checkpoint, store, validation)
    assert macro_auroc(scores, store.labels[validation]) == checkpoint.metric["validation_auroc"]


def test_the_same_seed_gives_the_same_bytes_and_another_one_does_not(unbroken, tmp_path):
    folder, checkpoint = unbroken
    torch.manual_seed(99)  # what the process did before must not matter
    _train(tmp_path / "again")
    for name in ("checkpoint/model.safetensors", "checkpoint/checkpoint.json", "history.csv"):
        assert (folder / name).read_bytes() == (tmp_path / "again" / name).read_bytes()
    assert not _equal(checkpoint, _train(tmp_path / "other", seed=2))


def test_no_global_state_is_left_behind(tmp_path):
    torch.manual_seed(5)
    expected = torch.rand(1)
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    torch.manual_seed(5)
    _train(tmp_path, dataclasses.replace(ARM, epochs=1))
    assert torch.equal(torch.rand(1), expected)
    assert not torch.are_deterministic_algorithms_enabled()
    assert handlers == [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]


@pytest.mark.parametrize(("kill_at", "every"), [(1, 1), (2, 1), (3, 2), (4, 1), (4, 100), (5, 1), (6, 1)])
def test_a_killed_run_goes_on_to_the_same_weights_bit_for_bit(unbroken, tmp_path, kill_at, every):
    folder, checkpoint = unbroken
    with pytest.raises(Killed):
        _train(tmp_path, kill_at=kill_at, save_every_steps=every)
    resumed = _train(tmp_path, save_every_steps=every)
    assert _equal(resumed, checkpoint)
    assert (tmp_path / "history.csv").read_bytes() == (folder / "history.csv").read_bytes()


def test_a_killed_run_has_not_to_begin_again(tmp_path):
    with pytest.raises(Killed):
        _train(tmp_path, kill_at=5, save_every_steps=1)
    steps = []
    store = FakeStore(32)
    train(
        ARM,
        store,
        store.cohort(),
        labels=("up", "loud"),
        view=VIEW,
        seed=1,
        run_dir=tmp_path,
        progress=lambda done, total: steps.append((done, total)),
        tensorboard=False,
    )
    assert steps == [(5, 6), (6, 6)]


@pytest.mark.parametrize("step", [2, 3])
def test_sigterm_saves_and_raises_and_the_run_goes_on(unbroken, tmp_path, step):
    """In the middle of an epoch, and at its last step, where the validation is done first."""
    _, checkpoint = unbroken
    store = FakeStore(32)
    options = {"labels": ("up", "loud"), "view": VIEW, "seed": 1, "tensorboard": False, "run_dir": tmp_path}

    def stop(done: int, total: int) -> None:
        if done == step:
            os.kill(os.getpid(), signal.SIGTERM)

    with pytest.raises(CancelledError, match="SIGTERM") as caught:
        train(ARM, store, store.cohort(), progress=stop, **options)
    assert caught.value.signal_number == signal.SIGTERM
    assert (tmp_path / "last.ckpt").exists()
    assert _equal(train(ARM, store, store.cohort(), **options), checkpoint)


def test_a_run_killed_before_its_checkpoint_is_written_only_writes_it(unbroken, tmp_path, monkeypatch):
    _, checkpoint = unbroken

    def killed(*_):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("einthoven.training.train._finish", killed)
        with pytest.raises(Killed):
            _train(tmp_path)
    assert _equal(_train(tmp_path, kill_at=1), checkpoint)


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("lightning.pytorch.Trainer.save_checkpoint", "last.ckpt"),
        ("einthoven.training.selection.durable_file", "best.safetensors"),
        ("einthoven.training.train.Checkpoint.save", "checkpoint"),
        ("einthoven.training.run_folder.durable_file", "run.json"),
    ],
)
def test_a_full_disk_is_named_and_the_run_goes_on_afterwards(unbroken, tmp_path, monkeypatch, written, named):
    """Whichever file no longer fits: the message says so, and with space again the weights are those of the others."""

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(written, full)
        with pytest.raises(TrainingError, match=rf"the disk is full: .*{named} could not be written"):
            _train(tmp_path, save_every_steps=1)
    assert not list(tmp_path.rglob("*.tmp"))
    assert _equal(_train(tmp_path), unbroken[1])


def test_a_state_that_no_longer_fits_leaves_the_one_before(unbroken, tmp_path, monkeypatch):
    """The half-written file is gone, and its space is free."""
    save, calls = lightning.Trainer.save_checkpoint, []

    def full(trainer, path):
        calls.append(path)
        if len(calls) < 4:
            save(trainer, path)
        else:
            path.write_bytes(b"half")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(lightning.Trainer, "save_checkpoint", full)
        with pytest.raises(TrainingError, match=r"last\.ckpt could not be written; .* same command again"):
            _train(tmp_path, save_every_steps=1)
    assert (tmp_path / "last.ckpt").exists()
    assert not (tmp_path / "last.ckpt.tmp").exists()
    assert _equal(_train(tmp_path, kill_at=3), unbroken[1])


def test_a_finished_run_is_not_run_again(unbroken):
    folder, checkpoint = unbroken
    assert _equal(_train(folder, kill_at=1), checkpoint)
    assert _equal(_train(folder, dataclasses.replace(ARM, seeds=(1, 2, 3)), kill_at=1), checkpoint)


def test_other_settings_begin_anew(tmp_path):
    with pytest.raises(Killed):
        _train(tmp_path, kill_at=5)
    other = _train(tmp_path, seed=2)
    assert other.seed == 2


def test_a_damaged_state_is_refused(tmp_path):
    with pytest.raises(Killed):
        _train(tmp_path, kill_at=5)
    (tmp_path / "last.ckpt").write_bytes(b"nothing")
    with pytest.raises(TrainingError, match=r"last\.ckpt is damaged"):
        _train(tmp_path)


def test_patience_stops_early_and_keeps_the_best_epoch(tmp_path):
    arm = dataclasses.replace(ARM, epochs=30, patience=1, early_stopping="loss", max_learning_rate=3.0, ema_decay=0.0)
    checkpoint = _train(tmp_path, arm)
    losses = [float(line["validation_loss"]) for line in csv.DictReader((tmp_path / "history.csv").open())]
    assert len(losses) < 30
    assert checkpoint.epoch == int(np.argmin(losses)) + 1 == len(losses) - 1


def test_without_early_stopping_the_last_epoch_is_kept_and_no_validation_is_needed(tmp_path):
    store = FakeStore(16)
    cohort = store.cohort(validation_every=1000).slice(1)
    arm = dataclasses.replace(ARM, early_stopping="none")
    checkpoint = _train(tmp_path, arm, store=store, cohort=cohort)
    assert checkpoint.epoch == 2
    assert list(checkpoint.metric) == ["train_loss"]


def test_auxiliary_labels_are_trained_along_and_cut_off(unbroken, tmp_path):
    arm = dataclasses.replace(ARM, auxiliary_labels=("lou*",), auxiliary_minimum_positives=1)
    checkpoint = _train(tmp_path, arm, labels=("up",))
    assert checkpoint.labels == ("up",)
    assert checkpoint.state["head.linear.weight"].shape[0] == 1
    alone = _train(tmp_path / "alone", ARM, labels=("up",))
    assert not torch.equal(
        checkpoint.state["encoder.blocks.stem.0.0.weight"], alone.state["encoder.blocks.stem.0.0.weight"]
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"architecture": "xresnet1d", "settings": {"widths": [4, 4, 4, 4], "stem_widths": [4]}},
        {"ema_decay": 0.0, "gradient_clip": 1.0, "positive_weights": "balanced", "label_smoothing": 0.1},
        {"leads": ("II", "I"), "augmentation": Augmentation.off()},
        {"batch_size": 1000},
        {"precision": "bf16"},
    ],
)
def test_every_setting_trains(tmp_path, changes):
    checkpoint = _train(tmp_path, dataclasses.replace(ARM, epochs=1, **changes))
    assert all(tensor.isfinite().all() for tensor in checkpoint.state.values())
    assert checkpoint.spec.leads == (changes.get("leads") or ("I", "II", "V1"))


def test_records_of_several_lengths_and_unknown_targets_train(tmp_path):
    store = FakeStore(32, lengths=(200, 250, 600))
    store.labels[1::3, 1] = np.nan
    checkpoint = _train(tmp_path, store=store)
    assert np.isfinite(predict(checkpoint, store, np.arange(32))).all()


def test_a_label_without_a_positive_is_refused_before_anything_runs(tmp_path):
    store = FakeStore(32)
    store.labels[::4, 1] = 0
    with pytest.raises(SplitError, match=r"'loud' has no positive .* 'validation'"):
        _train(tmp_path, store=store)


def test_a_single_record_validation_is_not_measured_when_it_need_not_be(tmp_path):
    store = FakeStore(16)
    arm = dataclasses.replace(ARM, early_stopping="none", epochs=1)
    assert list(_train(tmp_path, arm, store=store, cohort=store.cohort(validation_every=16)).metric) == ["train_loss"]


def test_tensorboard_gets_the_history_when_asked(tmp_path):
    _train(tmp_path, dataclasses.replace(ARM, epochs=1), tensorboard=True)
    assert list((tmp_path / "tensorboard").glob("events.out.tfevents.*"))


def test_an_unknown_setting_of_the_architecture_is_refused_before_anything_runs(tmp_path):
    with pytest.raises(UnknownNameError, match="did you mean 'width'"):
        _train(tmp_path, dataclasses.replace(ARM, settings={"widht": 4}))
    assert not list(tmp_path.iterdir())


def test_an_unknown_label_is_refused(tmp_path):
    with pytest.raises(CohortError, match="did you mean 'loud'"):
        _train(tmp_path, labels=("lood",))


def test_a_loss_that_is_not_finite_names_the_record(tmp_path):
    store = FakeStore(32)
    store._scale[7] = np.float32(np.nan)
    arm = dataclasses.replace(ARM, augmentation=Augmentation.off())
    with pytest.raises(TrainingError, match="record0007") as caught:
        _train(tmp_path, arm, store=store)
    assert "record00" in str(caught.value)


def test_the_data_sets_that_the_weights_have_seen_are_noted(tmp_path):
    store = FakeStore(32)
    cohort = store.cohort().append_column("source", pa.array(["ptb_xl", "code15"] * 16))
    assert _train(tmp_path, dataclasses.replace(ARM, epochs=1), store=store, cohort=cohort).pretrained_on == (
        "code15",
        "ptb_xl",
    )


def _child(*arguments: str, launcher: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(CHILD.parent.parent), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, *launcher, str(CHILD), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.slow
def test_a_process_that_was_really_killed_goes_on_to_the_same_weights(unbroken, tmp_path):
    """SIGKILL leaves no time to save: what counts is what was on the disk."""
    folder, checkpoint = unbroken
    assert _child(str(tmp_path), "5", "SIGKILL").returncode == -signal.SIGKILL
    assert (tmp_path / "last.ckpt").exists()
    assert _equal(_train(tmp_path), checkpoint)
    assert (tmp_path / "history.csv").read_bytes() == (folder / "history.csv").read_bytes()


@pytest.mark.slow
def test_two_processes_end_with_equal_weights(tmp_path):
    launcher = ("-m", "torch.distributed.run", "--nproc_per_node=2", "--master_port=0", "--standalone")
    done = _child(str(tmp_path), "0", "none", launcher=launcher)
    assert done.returncode == 0, done.stderr[-3000:]
    hashes = [json.loads((tmp_path / f"rank{rank}.json").read_text()) for rank in range(2)]
    assert hashes[0]["trained"] == hashes[1]["trained"]
    assert hashes[0]["kept"] == hashes[1]["kept"]
