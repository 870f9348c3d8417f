"""A pretraining of seconds: a store in memory, a transformer of some hundred weights, objectives as small."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import lightning.pytorch as lightning

from einthoven.ecg.input_spec import ViewSpec
from einthoven.models.checkpoint import Checkpoint
from einthoven.training import pretrain as pretrain_file
from einthoven.training.augmentation_settings import Augmentation
from einthoven.training.objectives import OBJECTIVES
from einthoven.training.pretrain_settings import PretrainSettings
from einthoven.training.step_report import StepReport
from fakes.stores import FakeStore
from fakes.toy_objectives import TOYS

VIEW = ViewSpec(window_s=1.0, test_crops_s=(0.0,))
TINY = {"patch_samples": 20, "max_samples": 100, "width": 8, "depth": 1, "heads": 2, "head_width": 4, "mlp_width": 16}
SETTINGS = PretrainSettings(
    {"toy_memory": {}, "toy_reconstruction": {"weight": 0.5}},
    architecture="vit1d",
    settings={**TINY, "block_dropout": 0.2},
    epochs=3,
    batch_size=8,
    micro_batch_size=3,
    ema_decay=0.5,
    augmentation=Augmentation(time_scale=0.05, mixup=0.0),
)
EVERY_STEP = 1e-9  # minutes


class AtEachStep(lightning.Callback):
    """Hand each step's report to a function, and nothing else."""

    def __init__(self, told: Callable[[StepReport], None]) -> None:
        self._told = told

    def on_train_batch_end(self, _trainer, module, *_) -> None:
        """Tell of the step."""
        self._told(module.report)


def pretrain_tiny(folder: Path, *, at_step=None, store=None, cohort=None, **options) -> Checkpoint:
    """Pretrain without watching anything but the steps' reports; options are settings or arguments of ``pretrain``."""
    changed = {name: options.pop(name) for name in list(options) if name in PretrainSettings.__slots__}
    store = store or FakeStore(32)
    options = {"view": VIEW, "seed": 1, "device": "cpu", **options}
    before = dict(OBJECTIVES), pretrain_file._watchers, pretrain_file._write_card
    OBJECTIVES.update(TOYS)
    pretrain_file._watchers = lambda *_, **__: [AtEachStep(at_step or (lambda _: None))]
    pretrain_file._write_card = lambda *_, **__: None
    try:
        return pretrain_file.pretrain(
            dataclasses.replace(SETTINGS, **changed), store, cohort or store.cohort(), run_dir=folder, **options
        )
    finally:
        OBJECTIVES.clear()
        OBJECTIVES.update(before[0])
        pretrain_file._watchers, pretrain_file._write_card = before[1:]
