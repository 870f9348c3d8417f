"""TensorBoard and MLflow get every number once; a missing or silent MLflow is told of."""

from __future__ import annotations

import logging
import sys
from types import SimpleNamespace

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from einthoven.errors import TrainingError
from einthoven.training.watching.mlflow_tracker import MlflowTracker
from einthoven.training.watching.tensorboard_tracker import TensorBoardTracker


def _scalars(folder, name):
    events = EventAccumulator(str(folder))
    events.Reload()
    return [(event.step, round(event.value, 4)) for event in events.Scalars(name)]


def test_tensorboard_hides_what_a_killed_process_wrote_behind_its_saved_step(tmp_path):
    first = TensorBoardTracker(tmp_path)
    first.begin(after=None, state="")
    for step in (10, 20, 30):
        first.send(step, {"cpc.loss": step})
    first.end(finished=False)
    second = TensorBoardTracker(tmp_path)
    second.begin(after=20, state="")
    for step in (30, 40):
        second.send(step, {"cpc.loss": 2 * step})
    second.end(finished=True)
    assert _scalars(tmp_path, "cpc/loss") == [(10, 10), (20, 20), (30, 60), (40, 80)]


def test_a_run_from_the_beginning_leaves_no_numbers_of_an_earlier_one(tmp_path):
    for value in (1.0, 2.0):
        tracker = TensorBoardTracker(tmp_path)
        tracker.begin(after=None, state="")
        tracker.send(1, {"loss": value})
        tracker.end(finished=True)
    assert _scalars(tmp_path, "loss") == [(1, 2.0)]


class FakeMlflow:
    """A server in memory, with those calls of MLflow's client that are used."""

    class SilentError(Exception):
        """What MLflow raises."""

    def __init__(self) -> None:
        self.exceptions = SimpleNamespace(MlflowException=self.SilentError)
        self.metrics, self.params, self.statuses, self.runs = [], {}, [], 0
        self.fails = False

    def MlflowClient(self, tracking_uri):  # noqa: N802 - MLflow's name
        """Return the client."""
        self.address = tracking_uri
        return self

    def _check(self):
        if self.fails:
            raise self.SilentError("gone\nand more")

    def get_experiment_by_name(self, _name):
        """Return none."""
        self._check()

    def create_experiment(self, _name):
        """Return a number."""
        return "1"

    def create_run(self, _experiment, run_name):
        """Return a run."""
        self.runs += 1
        return SimpleNamespace(info=SimpleNamespace(run_id=f"{run_name}-{self.runs}"))

    def update_run(self, run, status):
        """Note the status."""
        self.statuses.append((run, status))

    set_terminated = update_run

    def log_param(self, _run, name, value):
        """Note a parameter."""
        self.params[name] = value

    def log_metric(self, run, name, value, timestamp, step):
        """Note a number."""
        assert timestamp > 0
        self._check()
        self.metrics.append((run, name, value, step))


@pytest.fixture
def mlflow(monkeypatch):
    """Return a fake module in the place of MLflow."""
    fake = FakeMlflow()
    monkeypatch.setitem(sys.modules, "mlflow", fake)
    return fake


def test_mlflow_gets_settings_and_numbers_and_a_resumed_process_goes_on_with_its_run(mlflow):
    first = MlflowTracker("sqlite:///a.db", name="vit", parameters={"epochs": 3, "watch": {"tasks": ["up"]}})
    first.begin(after=None, state="")
    first.send(10, {"loss": 0.5})
    first.end(finished=False)
    second = MlflowTracker("sqlite:///a.db", name="vit", parameters={})
    second.begin(after=10, state=first.state)
    second.send(20, {"loss": 0.4})
    second.end(finished=True)
    assert mlflow.address == "sqlite:///a.db"
    assert mlflow.params == {"epochs": "3", "watch.tasks": "['up']"}
    assert mlflow.metrics == [("vit-1", "loss", 0.5, 10), ("vit-1", "loss", 0.4, 20)]
    assert [status for _, status in mlflow.statuses] == ["KILLED", "RUNNING", "FINISHED"]


def test_a_server_that_does_not_answer_at_the_start_is_refused(mlflow):
    mlflow.fails = True
    with pytest.raises(TrainingError, match=r"http://host:5000 can't be used \(gone\).*watch\.mlflow"):
        MlflowTracker("http://host:5000", name="vit", parameters={}).begin(after=None, state="")


def test_a_server_that_goes_away_is_told_of_once_and_the_training_goes_on(mlflow, caplog):
    tracker = MlflowTracker("http://host:5000", name="vit", parameters={})
    tracker.begin(after=None, state="")
    mlflow.fails = True
    with caplog.at_level(logging.WARNING, logger="einthoven"):
        for step in (1, 2):
            tracker.send(step, {"loss": 1.0})
        tracker.end(finished=True)
    assert ["going on without it" in record.message for record in caplog.records] == [True]


def test_without_mlflow_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "mlflow", None)
    with pytest.raises(TrainingError, match=r"pip install 'einthoven\[tracking\]'"):
        MlflowTracker("http://host:5000", name="vit", parameters={}).begin(after=None, state="")
