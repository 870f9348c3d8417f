"""A process that pretrains, and is stopped or one of several: ``pretraining_child.py FOLDER [OBJECTIVE ...]``.

Without objectives it gets SIGTERM at step 2, goes on, and is killed at step 5. With objectives it pretrains for each of
them in turn, and leaves what each step told in ``steps<rank>.json``.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from pathlib import Path

import torch

from einthoven.errors import CancelledError
from einthoven.training import engine
from einthoven.training.augmentation_settings import Augmentation
from fakes.pretraining import EVERY_STEP, TINY, pretrain_tiny

OBJECTIVES = {
    "patient_contrast": {"positives": "segment", "projection_width": 8, "hidden_width": 16, "queue": 16},
    "masked_patches": {"decoder_width": 8, "decoder_depth": 1, "decoder_heads": 2},
    "toy_failure": {"most_samples": 1},
    "supervised": {"head": {"dropout": 0.0}},
}
"""Settings of the objectives that can be asked for; ``toy_failure`` has no room for what a process has to do."""
CHANGES = {"supervised": {"labels": ("up", "loud"), "minimum_positives": 1, "augmentation": Augmentation(mixup=0.5)}}
"""Other settings of their pretrainings."""


def told(folder: Path, objective: str, **changes) -> list[list[float]]:
    """Return loss, gradient norm and size of the micro-batch of each step of a pretraining for one objective."""
    steps: list[list[float]] = []
    pretrain_tiny(
        folder / objective,
        at_step=lambda r: steps.append([r.terms["loss"], r.gradient_norm, r.micro_batch_size]),
        objectives={objective: OBJECTIVES[objective]},
        settings={**TINY, "block_dropout": 0.0},
        **{"micro_batch_size": 0, "ema_decay": 0.0, "epochs": 2, **CHANGES.get(objective, {}), **changes},
    )
    return steps


def be_stopped(folder: Path) -> None:
    """Pretrain until the process is gone."""

    def stop(report) -> None:
        if report.step == 2:
            os.kill(os.getpid(), signal.SIGTERM)
        if report.step == 5:
            os.kill(os.getpid(), signal.SIGKILL)

    with contextlib.suppress(CancelledError):
        pretrain_tiny(folder, at_step=stop)
    (folder / "stopped.txt").write_text("by SIGTERM")
    pretrain_tiny(folder, at_step=stop, save_every_minutes=EVERY_STEP)


def main(folder: Path, objectives: list[str]) -> None:
    """Pretrain."""
    torch.set_num_threads(1)
    if not objectives:
        be_stopped(folder)
    steps = {name: told(folder, name) for name in objectives}
    (folder / f"steps{engine.processes('cpu').rank}.json").write_text(json.dumps(steps))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
