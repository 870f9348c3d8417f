"""A watched pretraining end to end: what is told, that telling changes nothing, and that a kill leaves no trace."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import torch

from einthoven.errors import TrainingError
from einthoven.models.predict import embed
from einthoven.training.pretrain_settings import WatchSettings
from einthoven.training.selection import macro_auroc
from einthoven.training.watching import arithmetic, looks, running_clock
from einthoven.training.watching.probe_scores import linear_scores, neighbour_scores
from einthoven.training.watching.spread import Spread, spread
from einthoven.training.watching.step_table import read_step_table
from fakes.pretraining import pretrain_tiny
from fakes.stores import FakeStore
from fakes.watched_pretraining import pretrain_watched

TIMES = {"samples_per_s", "tflop_per_s", "utilisation", "memory_gb", "seconds", "time_left_s"}


class Killed(BaseException):
    """Stands for a process that is gone: nothing of ours handles it."""


def _kill_at(step: int):
    def progress(done: int, _total: int) -> None:
        if done == step:
            raise Killed

    return progress


def _told(folder, name):
    lines = read_step_table(folder / name)
    return [{key: value for key, value in line.items() if key not in TIMES} for line in lines]


def _summary(folder):
    facts = json.loads((folder / "watching.json").read_text())
    del facts["machine"]
    return facts


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    """Return folder, checkpoint and sentences of a run without a break."""
    torch.set_num_threads(1)
    folder, sentences = tmp_path_factory.mktemp("watched"), []
    checkpoint = pretrain_watched(folder, status=sentences.append, draws=True)
    return folder, checkpoint, sentences


def test_all_files_are_there(unbroken):
    names = {path.name for path in unbroken[0].iterdir()}
    wanted = {"history.csv", "probes.csv", "watching.json", "training.svg", "training.png", "tensorboard"}
    assert wanted | {"model_card.md", "model_card.json", "checkpoint", "run.json"} == names


def test_the_history_has_a_line_every_so_many_steps_and_one_at_the_end(unbroken):
    lines = read_step_table(unbroken[0] / "history.csv")
    assert [int(line["step"]) for line in lines] == [2, 4, 6, 8, 9]
    assert [int(line["samples"]) for line in lines] == [16, 32, 48, 64, 72]
    assert {"loss", "toy_memory.loss", "toy_reconstruction.root", "gradient_norm", "learning_rate"} <= set(lines[0])
    for line in lines:
        weighted = float(line["toy_memory.loss"]) + 0.5 * float(line["toy_reconstruction.loss"])
        assert float(line["loss"]) == pytest.approx(weighted, rel=1e-4)


def test_a_line_is_the_mean_of_the_steps_since_the_line_before(unbroken, tmp_path):
    """Told by the same training, that isn't watched."""
    reports = []
    pretrain_tiny(tmp_path, at_step=reports.append)
    lines = read_step_table(unbroken[0] / "history.csv")
    for line, part in zip(lines, (reports[0:2], reports[2:4], reports[4:6], reports[6:8], reports[8:]), strict=True):
        for name in ("loss", "toy_memory.loss"):
            assert float(line[name]) == pytest.approx(np.mean([report.terms[name] for report in part]), rel=1e-5)
        assert float(line["gradient_norm"]) == pytest.approx(
            np.mean([report.gradient_norm for report in part]), rel=1e-5
        )
        assert float(line["learning_rate"]) == pytest.approx(part[-1].learning_rate, rel=1e-5)


def test_watching_leaves_the_weights_as_they_are(unbroken, tmp_path):
    """Modes, random states and the counting of operations: bit for bit the same training."""
    other = pretrain_tiny(tmp_path)
    assert all(torch.equal(unbroken[1].state[name], other.state[name]) for name in other.state)


def test_the_last_look_is_that_of_the_checkpoint_computed_independently(unbroken):
    """Through prediction's own embeddings."""
    folder, checkpoint, _ = unbroken
    store = FakeStore(32)
    splits = np.array(store.cohort()["split"].to_pylist())
    training, validation = np.flatnonzero(splits == "train"), np.flatnonzero(splits == "validation")
    own, asked = (embed(checkpoint, store, rows).astype(np.float64) for rows in (training, validation))
    line = read_step_table(folder / "probes.csv")[-1]
    assert int(line["step"]) == 9
    truth = store.labels[validation]
    for name, function in (("linear_auroc", linear_scores), ("neighbour_auroc", neighbour_scores)):
        expected = macro_auroc(function(own, store.labels[training], asked), truth)
        assert float(line[name]) == pytest.approx(expected, abs=1e-5)
    found = spread(np.concatenate([own, asked]))
    assert float(line["effective_rank"]) == pytest.approx(found.effective_rank, rel=1e-4)
    assert (line["labels"], line["records"], line["width"]) == ("2", "32", "8")


def test_looks_come_before_the_first_step_every_so_many_and_at_the_end(unbroken):
    assert [int(line["step"]) for line in read_step_table(unbroken[0] / "probes.csv")] == [0, 4, 8, 9]


@pytest.mark.parametrize("kill_at", [1, 7])
def test_a_killed_run_goes_on_to_the_same_files(unbroken, tmp_path, kill_at):
    """Lines that the killed process wrote behind its last saved state are cut off and written again."""
    with pytest.raises(Killed):
        pretrain_watched(tmp_path, progress=_kill_at(kill_at))
    said: list[str] = []
    pretrain_watched(tmp_path, status=said.append)
    saved = [sentence for sentence in said if sentence.startswith("going on after step ")]
    assert all(sentence.endswith(" of 9, which was saved") for sentence in saved)
    assert len(saved) == 1 or kill_at == 1
    for name in ("history.csv", "probes.csv"):
        assert _told(tmp_path, name) == _told(unbroken[0], name)
    assert _summary(tmp_path) == _summary(unbroken[0])
    cards = [json.loads((folder / "model_card.json").read_text()) for folder in (tmp_path, unbroken[0])]
    for card in cards:
        del card["machine"]
    assert cards[0] == cards[1]


def test_records_of_the_test_split_are_never_read(tmp_path, monkeypatch):
    store = FakeStore(40)
    splits = (["train"] * 3 + ["validation", "test"]) * 8
    cohort = store.cohort()
    cohort = cohort.set_column(cohort.column_names.index("split"), "split", pa.array(splits))
    read: set[int] = set()
    for name in ("read", "read_each"):
        original = getattr(store, name)

        def noted(rows, original=original, **named):
            read.update(np.asarray(rows).tolist())
            return original(rows, **named)

        monkeypatch.setattr(store, name, noted)
    pretrain_watched(tmp_path, store=store, cohort=cohort, steps=2)
    assert {splits[row] for row in read} == {"train", "validation"}


def test_without_labels_the_spread_is_watched_and_that_is_said_once(tmp_path, monkeypatch):
    sentences = []
    cohort = FakeStore(32).cohort().drop_columns(["y.up", "y.loud"])
    watch = WatchSettings(every_steps=1, log_every_steps=1)
    pretrain_watched(tmp_path, cohort=cohort, watch=watch, steps=3, status=sentences.append)
    assert sum("aren't probed" in sentence for sentence in sentences) == 1
    lines = read_step_table(tmp_path / "probes.csv")
    assert {line["linear_auroc"] for line in lines} == {""}
    assert all(float(line["effective_rank"]) >= 1 for line in lines)


def test_a_collapse_is_told_logged_and_kept(tmp_path, monkeypatch, caplog):
    collapsed = Spread(effective_rank=1.0, normalised_deviation=0.0, dead_share=1.0)
    monkeypatch.setattr("einthoven.training.watching.probe.spread", lambda _: collapsed)
    sentences = []
    with caplog.at_level(logging.WARNING, logger="einthoven"):
        pretrain_watched(tmp_path, status=sentences.append)
    warned = [sentence for sentence in sentences if sentence.startswith("warning: step 4: ")]
    assert len(warned) == 3
    assert sum("directions" in record.message for record in caplog.records) == 1
    raised = {"dead_dimensions", "effective_rank", "normalised_deviation"}
    probes, history = (read_step_table(tmp_path / name) for name in ("probes.csv", "history.csv"))
    assert [set(line["alarms"].split()) for line in probes] == [set(), raised, raised, raised]
    assert set(history[-1]["alarms"].split()) == raised
    assert {alarm["name"] for alarm in _summary(tmp_path)["alarms"]} == raised
    assert "alarm effective_rank, steps 4 to 9" in (tmp_path / "model_card.md").read_text()


def test_the_time_of_looks_is_left_out_of_the_speed(tmp_path, monkeypatch):
    """A look that takes an hour on a clock of its own changes the speed by nothing."""
    now = [0.0]
    monkeypatch.setattr(running_clock, "time", type("Clock", (), {"monotonic": staticmethod(lambda: now[0])}))
    original = looks.Looks.look

    def slow(self, encoder):
        now[0] += 3600
        return original(self, encoder)

    def step(done: int, _total: int) -> None:
        now[0] += 2.0

    monkeypatch.setattr(looks.Looks, "look", slow)
    pretrain_watched(tmp_path, progress=step)
    # a line is written before its step is told: each sees the steps before it
    rates = [float(line["samples_per_s"]) for line in read_step_table(tmp_path / "history.csv")]
    assert rates == pytest.approx([16 / 2, 4.0, 4.0, 4.0, 4.0])


def test_operations_of_a_step_are_counted_once_and_are_those_of_forward_and_backward(unbroken, tmp_path):
    facts = _summary(unbroken[0])
    counts = []

    class Counted(arithmetic.FlopCount):
        def __exit__(self, *arguments):
            counts.append(self.flops)
            return super().__exit__(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("einthoven.training.watching.step_cost.FlopCount", Counted)
        pretrain_watched(tmp_path, steps=4)
    assert len(counts) == 1
    assert facts["flops_per_sample"] == counts[0] / 8 > 0


def test_a_run_that_fails_closes_what_is_open(tmp_path):
    objectives = {"toy_failure": {"fails_at": 0.3}}
    with pytest.raises(TrainingError):
        pretrain_watched(tmp_path, objectives=objectives)
    assert not [thread for thread in threading.enumerate() if thread.name == "energy"]
    assert read_step_table(tmp_path / "history.csv")


@pytest.mark.slow
def test_two_processes_write_one_set_of_files_and_share_the_machine(tmp_path):
    """Operations of a sample are those of one process; the first process alone writes and looks."""
    child = Path(__file__).parents[2] / "fakes" / "watched_pretraining.py"
    launcher = ("-m", "torch.distributed.run", "--nproc_per_node=2", "--master_port=0", "--standalone")
    environment = {**os.environ, "PYTHONPATH": str(child.parents[1]), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, *launcher, str(child), str(tmp_path / "two")],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    pretrain_watched(tmp_path / "one", steps=4)
    facts = [json.loads((tmp_path / name / "watching.json").read_text()) for name in ("one", "two")]
    assert facts[0]["flops_per_sample"] == facts[1]["flops_per_sample"]
    assert [one["machine"]["processes"] for one in facts] == [1, 2]
    assert facts[0]["first_look"] == facts[1]["first_look"]
    assert [line["samples"] for line in read_step_table(tmp_path / "two" / "history.csv")] == ["16", "32"]
