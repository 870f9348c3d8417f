"""Pretraining end to end on a small set: results, resumption, memory, refusals."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import torch

from einthoven.errors import (
    CancelledError,
    CheckpointError,
    EinthovenError,
    SpecificationError,
    TrainingError,
    UnknownNameError,
)
from einthoven.models.checkpoint import Checkpoint
from einthoven.models.public.public_model import Seen
from einthoven.training.augmentation_settings import Augmentation
from einthoven.training.compiled import compile_blocks
from einthoven.training.impossible_step import ImpossibleStepError
from fakes.pretraining import EVERY_STEP, SETTINGS, TINY, pretrain_tiny
from fakes.pretraining_child import told
from fakes.stores import FakeStore

CHILD = Path(__file__).parent.parent / "fakes" / "pretraining_child.py"
FAILURE = {"toy_failure": {}}
LAST = 9  # steps of a run


class Killed(BaseException):
    """Stands for a process that is gone: nothing of ours handles it."""


def _killed_at(step: int):
    def kill(report) -> None:
        if report.step == step:
            raise Killed

    return kill


def _equal(first: Checkpoint, second: Checkpoint) -> bool:
    return all(torch.equal(first.state[name], second.state[name]) for name in first.state)


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    """Return folder, checkpoint and the steps' reports of a run without a break."""
    torch.set_num_threads(1)
    folder, reports = tmp_path_factory.mktemp("unbroken"), []
    checkpoint = pretrain_tiny(folder, at_step=reports.append)
    return folder, checkpoint, reports


def test_the_folder_holds_an_encoder_without_head_and_no_leftovers(unbroken):
    """And the checkpoint can be read as any other."""
    folder, checkpoint, _ = unbroken
    assert {path.name for path in folder.iterdir()} == {"checkpoint", "run.json"}
    assert checkpoint.labels == ()
    assert all(name.startswith("encoder.") for name in checkpoint.state)
    assert (checkpoint.seed, checkpoint.epoch) == (1, 3)
    features = Checkpoint.load(folder / "checkpoint").network()(torch.zeros(2, 3, 100))
    assert features.shape == (2, 8)


def test_each_step_is_told(unbroken):
    """Terms by objective, the weighted sum, epochs of three steps, micro-batches of three windows."""
    reports = unbroken[2]
    assert [report.step for report in reports] == list(range(1, LAST + 1))
    assert [report.epoch for report in reports] == [1, 1, 1, 2, 2, 2, 3, 3, 3]
    terms = reports[0].terms
    assert terms["loss"] == pytest.approx(terms["toy_memory.loss"] + 0.5 * terms["toy_reconstruction.loss"])
    assert {report.micro_batch_size for report in reports} == {3}
    assert {report.samples for report in reports} == {8}
    assert all(report.gradient_norm > 0 for report in reports)


def test_the_same_seed_gives_the_same_bytes_and_another_one_does_not(unbroken, tmp_path):
    """Whatever the process did before."""
    folder, checkpoint, _ = unbroken
    torch.manual_seed(99)
    pretrain_tiny(tmp_path / "again")
    for name in ("checkpoint/model.safetensors", "checkpoint/checkpoint.json"):
        assert (folder / name).read_bytes() == (tmp_path / "again" / name).read_bytes()
    assert not _equal(checkpoint, pretrain_tiny(tmp_path / "other", seed=2))


def test_no_global_state_is_left_behind(tmp_path):
    """Random numbers, switches and signal handlers are as before."""
    torch.manual_seed(5)
    expected = torch.rand(1)
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    torch.manual_seed(5)
    pretrain_tiny(tmp_path, steps=1)
    assert torch.equal(torch.rand(1), expected)
    assert not torch.are_deterministic_algorithms_enabled()
    assert handlers == [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]


@pytest.mark.parametrize(("step", "minutes"), [(1, EVERY_STEP), (4, 10.0), (5, EVERY_STEP), (7, EVERY_STEP)])
def test_a_killed_run_goes_on_to_the_same_weights_bit_for_bit(unbroken, tmp_path, step, minutes):
    """In the middle of an epoch or at its beginning, saved just before or never; a queue and averages included."""
    with pytest.raises(Killed):
        pretrain_tiny(tmp_path, at_step=_killed_at(step), save_every_minutes=minutes)
    steps = []
    resumed = pretrain_tiny(tmp_path, at_step=lambda report: steps.append(report.step))
    assert steps[0] == (step if minutes == EVERY_STEP else 1)
    assert _equal(resumed, unbroken[1])
    assert resumed.metric == unbroken[1].metric


def test_a_run_that_is_killed_often_goes_on_each_time(unbroken, tmp_path):
    """At its first steps, between epochs, and at its last step."""
    for step in (2, 3, 4, 6, LAST):
        with pytest.raises(Killed):
            pretrain_tiny(tmp_path, at_step=_killed_at(step), save_every_minutes=EVERY_STEP)
    assert _equal(pretrain_tiny(tmp_path), unbroken[1])


@pytest.mark.parametrize("step", [2, 3, LAST])
def test_sigterm_saves_and_raises_and_the_run_goes_on(unbroken, tmp_path, step):
    """In the middle of an epoch, at its end, and at the very end, where the run is finished instead."""

    def stop(report) -> None:
        if report.step == step:
            os.kill(os.getpid(), signal.SIGTERM)

    if step == LAST:
        assert _equal(pretrain_tiny(tmp_path, at_step=stop), unbroken[1])
        return
    with pytest.raises(CancelledError, match=r"SIGTERM: saved .* same command goes on"):
        pretrain_tiny(tmp_path, at_step=stop)
    assert (tmp_path / "last.ckpt").exists()
    steps = []
    assert _equal(pretrain_tiny(tmp_path, at_step=lambda report: steps.append(report.step)), unbroken[1])
    assert steps[0] == step + 1


def test_a_run_killed_before_its_checkpoint_is_written_only_writes_it(unbroken, tmp_path, monkeypatch):
    """No step is done twice, and the numbers of the last one are still known."""

    def killed(*_, **__):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("einthoven.training.pretrain._finish", killed)
        with pytest.raises(Killed):
            pretrain_tiny(tmp_path)
    checkpoint = pretrain_tiny(tmp_path, at_step=killed)
    assert _equal(checkpoint, unbroken[1])
    assert (checkpoint.metric, checkpoint.epoch) == (unbroken[1].metric, unbroken[1].epoch)


def test_a_finished_run_is_not_run_again_unless_something_that_counts_has_changed(unbroken):
    """How often it was saved doesn't count, the learning rate does."""
    folder, checkpoint, _ = unbroken
    with pytest.raises(Killed):
        pretrain_tiny(folder.parent / "fresh", at_step=_killed_at(1))
    assert _equal(pretrain_tiny(folder, at_step=_killed_at(1), save_every_minutes=5.0, seeds=(1, 2)), checkpoint)
    copied = folder.parent / "copied"
    pretrain_tiny(copied, steps=1)
    with pytest.raises(Killed):
        pretrain_tiny(copied, at_step=_killed_at(1), steps=1, max_learning_rate=1e-4)


def test_parts_of_a_batch_add_up_to_the_batch(tmp_path):
    """With a loss that is a mean over samples, whatever the size of the parts."""
    curves = []
    for size in (0, 8, 3, 1):
        curve = []
        pretrain_tiny(
            tmp_path / str(size),
            at_step=lambda report, curve=curve: curve.append([report.terms["loss"], report.gradient_norm]),
            objectives={"toy_reconstruction": {}},
            settings={**TINY, "block_dropout": 0.0},
            micro_batch_size=size,
        )
        curves.append(curve)
    for curve in curves[1:]:
        np.testing.assert_allclose(curve, curves[0], rtol=2e-4, atol=1e-5)


def test_the_micro_batch_is_halved_when_memory_is_short_and_the_step_is_done_again(tmp_path):
    """It is told, nothing of the tries is left, and the weights are those of a run that began with small parts."""
    sentences, reports = [], []
    options = {"settings": {**TINY, "block_dropout": 0.0}, "at_step": reports.append}
    checkpoint = pretrain_tiny(
        tmp_path / "short",
        objectives={"toy_failure": {"most_samples": 2}},
        micro_batch_size=0,
        status=sentences.append,
        **options,
    )
    assert sentences == [
        "out of memory at step 1: going on with 4 windows at once, not 8",
        "out of memory at step 1: going on with 2 windows at once, not 4",
    ]
    assert {report.micro_batch_size for report in reports} == {2}
    assert [report.step for report in reports] == list(range(1, LAST + 1))
    small = pretrain_tiny(tmp_path / "small", objectives=FAILURE, micro_batch_size=2, **options)
    assert _equal(checkpoint, small)


def test_a_window_that_does_not_fit_is_an_error_that_says_what_to_do(tmp_path):
    """After it was tried with one window at once; the state is saved."""
    with pytest.raises(ImpossibleStepError, match=r"not even one window fits into memory at step 1: take a narrower"):
        pretrain_tiny(tmp_path, objectives={"toy_failure": {"most_samples": 0}})
    assert (tmp_path / "last.ckpt").exists()


def test_other_errors_are_not_taken_for_short_memory(tmp_path):
    """They come out as they are."""
    store = FakeStore(32)
    store.read = None
    with pytest.raises(TypeError):
        pretrain_tiny(tmp_path, store=store)


@pytest.mark.parametrize("share", [0.5, 0.34])
def test_a_loss_that_is_not_finite_stops_the_run_as_it_was_before_the_step(unbroken, tmp_path, share):
    """In the middle of an epoch and at its first step: what is saved goes on as if nothing had been."""
    healthy = pretrain_tiny(tmp_path / "healthy", objectives=FAILURE)
    broken = tmp_path / "broken"
    with pytest.raises(ImpossibleStepError, match=r"the loss is nan at step") as caught:
        pretrain_tiny(broken, objectives={"toy_failure": {"fails_at": share}})
    assert "the embeddings of all of them are finite; lower max_learning_rate" in str(caught.value)
    state = torch.load(broken / "last.ckpt", weights_only=True)
    assert state["global_step"] == {0.5: 5, 0.34: 4}[share]
    assert state["state_dict"]["objectives.objectives.toy_failure.seen"] == 8 * state["global_step"]
    _claim(broken, tmp_path / "healthy")
    with pytest.raises(Killed):
        pretrain_tiny(broken, objectives=FAILURE, at_step=_killed_at(7), save_every_minutes=EVERY_STEP)
    steps = []
    resumed = pretrain_tiny(broken, objectives=FAILURE, at_step=lambda report: steps.append(report.step))
    assert steps == [7, 8, 9]
    assert _equal(resumed, healthy)


def _claim(folder: Path, other: Path) -> None:
    """Make the state in a folder that of another run, as if its cause had been mended without a trace."""
    print_ = json.loads((other / "run.json").read_text())["fingerprint"]
    (folder / "run.json").write_bytes((other / "run.json").read_bytes())
    state = torch.load(folder / "last.ckpt", weights_only=True)
    state["callbacks"]["resumption"]["fingerprint"] = print_
    torch.save(state, folder / "last.ckpt")


def test_records_of_a_loss_that_is_not_finite_are_named(tmp_path):
    """All of the batch, and of these the one that is to blame."""
    store = FakeStore(32)
    store._scale[7] = np.float32(np.nan)
    with pytest.raises(ImpossibleStepError) as caught:
        pretrain_tiny(tmp_path, store=store)
    message = str(caught.value)
    assert message.startswith("the loss is nan at step")
    assert ": record0007 give embeddings that aren't finite; look at their signals (einthoven inspect)" in message
    assert message.count("record00") == 9


def test_a_pretraining_goes_on_from_a_checkpoint_and_carries_on_what_it_has_seen(unbroken, tmp_path):
    """Sources, published name and licence; its weights are where the run begins."""
    start = dataclasses.replace(
        unbroken[1],
        pretrained_on=("archive", "made"),
        simulated=("made",),
        public="some_model",
        licence="MIT",
        seen_in_pretraining=(Seen("ptb_xl", "all"),),
    )
    store = FakeStore(32)
    cohort = store.cohort().append_column("source", pa.array(["here", "there"] * 16))
    options = {"store": store, "cohort": cohort, "start": start, "steps": 1, "ema_decay": 0.0}
    checkpoint = pretrain_tiny(tmp_path / "still", max_learning_rate=1e-30, weight_decay=0.0, **options)
    assert _equal(checkpoint, start)
    assert checkpoint.pretrained_on == ("archive", "here", "made", "there")
    assert checkpoint.simulated == ("made",)
    assert (checkpoint.public, checkpoint.licence) == ("some_model", "MIT")
    assert checkpoint.seen_in_pretraining == start.seen_in_pretraining
    with pytest.raises(CheckpointError, match="sees the leads"):
        pretrain_tiny(tmp_path / "leads", leads=("I", "II"), **options)
    with pytest.raises(CheckpointError, match=r"is a vit1d .* but the pretraining is for a vit1d"):
        pretrain_tiny(tmp_path / "narrow", settings={**TINY, "width": 4}, **options)


def test_objectives_that_pair_differently_are_refused(tmp_path):
    """A sample has one partner."""
    from fakes.toy_objectives import ToyContrast

    class Other(ToyContrast):
        pairing = "patient"

    import fakes.toy_objectives as toys

    toys.Other = Other
    toys.TOYS["other"] = "fakes.toy_objectives:Other"
    try:
        with pytest.raises(SpecificationError, match="toy_contrast by segment, other by patient"):
            pretrain_tiny(tmp_path, objectives={"toy_contrast": {}, "other": {}})
    finally:
        del toys.TOYS["other"], toys.Other


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"objectives": {"toy_memry": {}}}, UnknownNameError, "objectives has no 'toy_memry'; did you mean"),
        ({"objectives": {"toy_memory": {"wieght": 2}}}, UnknownNameError, "objective toy_memory has no setting"),
        ({"objectives": {"toy_memory": {"weight": 0}}}, SpecificationError, "weight of objective toy_memory"),
        ({"architecture": "vit2d"}, UnknownNameError, "did you mean 'vit1d'"),
        ({"batch_size": 1000}, EinthovenError, "1000"),
        ({"augmentation": Augmentation(mixup=0.2)}, SpecificationError, "mixup mixes ECGs with their labels"),
        ({"parallel": "fsdp"}, SpecificationError, "there are none: take 'ddp'"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_learnt(tmp_path, changes, error, message):
    """By name, with the nearest one."""
    with pytest.raises(error, match=message):
        pretrain_tiny(tmp_path, **changes)
    assert not (tmp_path / "last.ckpt").exists()


def test_bf16_and_other_shapes_of_a_run_train(tmp_path):
    """Half precision, no clipping, no averaging, steps instead of epochs, some of the leads."""
    reports = []
    checkpoint = pretrain_tiny(
        tmp_path,
        at_step=reports.append,
        precision="bf16",
        gradient_clip=0.0,
        ema_decay=0.0,
        steps=4,
        leads=("II", "I"),
        micro_batch_size=0,
    )
    assert [report.step for report in reports] == [1, 2, 3, 4]
    assert checkpoint.spec.leads == ("II", "I")
    assert all(tensor.isfinite().all() and tensor.dtype == torch.float32 for tensor in checkpoint.state.values())


@pytest.mark.slow
def test_a_compiled_encoder_has_the_same_names_and_the_same_losses(tmp_path, monkeypatch):
    """Parts are compiled (here without making machine code); names of weights are those of the architecture."""
    backends = []

    def compiled(module) -> None:
        backends.append(compile_blocks(module, backend="eager"))

    monkeypatch.setattr("einthoven.training.pretrain.compile_blocks", compiled)
    curves = {}
    for wanted in (False, True):
        curve = curves[wanted] = []
        checkpoint = pretrain_tiny(
            tmp_path / str(wanted),
            at_step=lambda r, curve=curve: curve.append(r.terms["loss"]),
            compile=wanted,
            steps=2,
        )
        assert not [name for name in checkpoint.state if "_orig_mod" in name]
    assert backends == [6]
    np.testing.assert_allclose(curves[True], curves[False], rtol=1e-5)


def test_labels_are_learnt_with_a_head_that_is_kept_and_averaged(tmp_path):
    """Mixed before the batch is cut into parts; the checkpoint scores the labels of the data."""
    checkpoint = pretrain_tiny(
        tmp_path,
        objectives={"supervised": {}},
        labels=("up", "loud"),
        minimum_positives=1,
        augmentation=Augmentation(mixup=0.2),
    )
    assert checkpoint.labels == ("up", "loud")
    network = Checkpoint.load(tmp_path / "checkpoint").network()
    assert network(torch.zeros(2, 3, 100)).shape == (2, 2)


def _child(*arguments: str, launcher: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(CHILD.parent.parent), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, *launcher, str(CHILD), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.slow
def test_a_process_that_was_really_stopped_goes_on_to_the_same_weights(unbroken, tmp_path):
    """SIGTERM is answered; SIGKILL leaves no time to save: what counts is what was on the disk."""
    assert _child(str(tmp_path)).returncode == -signal.SIGKILL
    assert (tmp_path / "stopped.txt").exists()
    steps = []
    assert _equal(pretrain_tiny(tmp_path, at_step=lambda report: steps.append(report.step)), unbroken[1])
    assert steps[0] == 5


@pytest.mark.slow
def test_two_processes_learn_as_one_with_the_whole_batch(tmp_path):
    """Losses and gradients over all processes, for a contrast, a reconstruction and mixed labels; in parts that fit."""
    objectives = ["patient_contrast", "masked_patches", "toy_failure", "supervised"]
    launcher = ("-m", "torch.distributed.run", "--nproc_per_node=2", "--master_port=0", "--standalone")
    done = _child(str(tmp_path), *objectives, launcher=launcher)
    assert done.returncode == 0, done.stderr[-3000:]
    both = [json.loads((tmp_path / f"steps{rank}.json").read_text()) for rank in range(2)]
    assert both[0] == both[1]
    for name in objectives:
        alone, together = told(tmp_path / "alone", name), both[0][name]
        assert len(alone) == 6
        np.testing.assert_allclose(np.array(together)[:, :2], np.array(alone)[:, :2], atol=1e-4)
    assert {size for *_, size in both[0]["masked_patches"]} == {4}
    assert {size for *_, size in both[0]["toy_failure"]} == {1}


def test_a_damaged_state_is_refused(tmp_path):
    """With the way out."""
    with pytest.raises(Killed):
        pretrain_tiny(tmp_path, at_step=_killed_at(3), save_every_minutes=EVERY_STEP)
    (tmp_path / "last.ckpt").write_bytes(b"nothing")
    with pytest.raises(TrainingError, match=r"last\.ckpt is damaged"):
        pretrain_tiny(tmp_path)


def test_settings_of_this_file_are_what_they_say():
    """Nine steps: 24 records for training, batches of eight, three epochs."""
    assert SETTINGS.epochs * 24 // SETTINGS.batch_size == LAST
