"""What makes a pretraining another one, and what may be changed while it goes on."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from einthoven.ecg.input_spec import InputSpec
from einthoven.store.pretraining_data import PretrainingData
from einthoven.training.engine import processes
from einthoven.training.pretrain_job import PretrainJob
from einthoven.training.pretrain_settings import WatchSettings
from fakes.pretraining import SETTINGS
from fakes.stores import FakeStore

DATA = PretrainingData(np.arange(2), np.arange(2), ("a", "b"), np.zeros((2, 1), np.float32), labels=("AF",))


@pytest.fixture
def job(tmp_path) -> PretrainJob:
    """Return one pretraining with the seed 1."""
    store = FakeStore(4)
    return PretrainJob(
        SETTINGS, store, store.cohort(), InputSpec(), tmp_path, 1, workers=processes("cpu"), simulated=(), start=None
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"seeds": (1, 2)},
        {"save_every_minutes": 1.0},
        {"watch": WatchSettings(every_steps=5)},
        {"settings": {**SETTINGS.settings, "mlp_width": 16}},
    ],
)
def test_what_leaves_the_weights_as_they_are_may_be_changed(job, changed):
    """A setting that is named with its own value is none that changed."""
    other = dataclasses.replace(job, settings=dataclasses.replace(SETTINGS, **changed))
    assert other.fingerprint(DATA) == job.fingerprint(DATA)


@pytest.mark.parametrize("changed", [{"batch_size": 4}, {"micro_batch_size": 2}, {"order": "random"}, {"steps": 2}])
def test_other_settings_are_another_pretraining(job, changed):
    """Also the micro-batch, which decides the rounding."""
    other = dataclasses.replace(job, settings=dataclasses.replace(SETTINGS, **changed))
    assert other.fingerprint(DATA) != job.fingerprint(DATA)


def test_another_seed_or_other_data_are_another_pretraining(job):
    """A target that was corrected is seen."""
    assert dataclasses.replace(job, seed=2).fingerprint(DATA) != job.fingerprint(DATA)
    corrected = dataclasses.replace(DATA, target=np.ones((2, 1), np.float32))
    assert job.fingerprint(corrected) != job.fingerprint(DATA)
