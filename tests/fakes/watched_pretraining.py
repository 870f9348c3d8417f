"""A pretraining of seconds that is watched, unlike that of ``fakes.pretraining``; as a script: FOLDER."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import torch

from einthoven.models.checkpoint import Checkpoint
from einthoven.training.objectives import OBJECTIVES
from einthoven.training.pretrain import pretrain
from einthoven.training.pretrain_settings import WatchSettings
from einthoven.training.watching import arithmetic
from einthoven.training.watching.watch_files import WatchFiles
from fakes.pretraining import EVERY_STEP, SETTINGS, VIEW
from fakes.stores import FakeStore
from fakes.toy_objectives import TOYS

WATCH = WatchSettings(every_steps=4, log_every_steps=2, tasks=("up", "loud"))


def pretrain_watched(folder: Path, *, store=None, cohort=None, draws: bool = False, **options) -> Checkpoint:
    """Pretrain for nine steps, saving each; options are settings or arguments of ``pretrain``.

    Where nobody looks at them, pictures aren't drawn, and the machine isn't measured for longer than one product.
    """
    store = store or FakeStore(32)
    names = [field.name for field in dataclasses.fields(SETTINGS)]
    changed = {name: options.pop(name) for name in list(options) if name in names}
    settings = dataclasses.replace(SETTINGS, **{"watch": WATCH, "save_every_minutes": EVERY_STEP, **changed})
    before = dict(OBJECTIVES), arithmetic._MEASURED_S, WatchFiles.draw
    OBJECTIVES.update(TOYS)
    arithmetic._MEASURED_S = 0.0
    if not draws:
        WatchFiles.draw = lambda *_, **__: None
    try:
        return pretrain(
            settings,
            store,
            cohort or store.cohort(),
            run_dir=folder,
            **{"view": VIEW, "seed": 1, "device": "cpu", **options},
        )
    finally:
        OBJECTIVES.clear()
        OBJECTIVES.update(before[0])
        arithmetic._MEASURED_S, WatchFiles.draw = before[1:]


if __name__ == "__main__":
    torch.set_num_threads(1)
    pretrain_watched(Path(sys.argv[1]), steps=4)
