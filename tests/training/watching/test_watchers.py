"""Settings become callbacks, and what can't be done is refused before anything runs."""

from __future__ import annotations

import sys

import pytest

from einthoven.ecg.input_spec import InputSpec
from einthoven.errors import CohortError, TrainingError
from einthoven.training.pretrain_settings import WatchSettings
from einthoven.training.watching.watched_records import WatchedRecords
from einthoven.training.watching.watchers import watchers
from fakes.pretraining import VIEW
from fakes.stores import FakeStore
from fakes.watched_pretraining import pretrain_watched


def _watchers(folder, settings, **options):
    store = FakeStore(24)
    spec = InputSpec(store.spec, VIEW)
    return watchers(settings, store=store, cohort=store.cohort(), spec=spec, run_dir=folder, total_steps=10, **options)


def _records(callbacks) -> WatchedRecords:
    (watcher,) = callbacks
    return watcher._looks._probe.records


def test_the_settings_tasks_go_before_those_of_the_study(tmp_path):
    assert _records(_watchers(tmp_path, WatchSettings(), tasks=("up",))).labels == ("up",)
    assert _records(_watchers(tmp_path, WatchSettings(tasks=("loud",)), tasks=("up",))).labels == ("loud",)


def test_nothing_is_written_before_the_training_starts(tmp_path):
    _watchers(tmp_path / "run", WatchSettings())
    assert not (tmp_path / "run").exists()


def test_an_unknown_task_is_refused(tmp_path):
    with pytest.raises(CohortError, match=r"watch\.tasks 'upp'; did you mean 'up'"):
        _watchers(tmp_path, WatchSettings(tasks=("upp",)))


def test_mlflow_that_is_not_installed_is_refused_before_the_first_step(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "mlflow", None)
    steps = []
    with pytest.raises(TrainingError, match=r"einthoven\[tracking\]"):
        pretrain_watched(
            tmp_path, watch=WatchSettings(mlflow="http://host:5000"), progress=lambda *step: steps.append(step)
        )
    assert steps == []
