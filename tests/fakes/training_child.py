"""A process that trains on a fake store and may be stopped at a step: ``training_child.py FOLDER STEP SIGNAL``."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
from pathlib import Path

import lightning.pytorch as lightning
import torch

from einthoven.ecg.input_spec import ViewSpec
from einthoven.errors import CancelledError
from einthoven.models.head_settings import HeadSettings
from einthoven.training import engine
from einthoven.training.arm import ArmSettings
from einthoven.training.augmentation_settings import Augmentation
from einthoven.training.train import train
from fakes.stores import FakeStore

VIEW = ViewSpec(window_s=2.0, test_crops_s=(0.0, 0.5))
ARM = ArmSettings(
    settings={"width": 2, "cardinality": 1, "stem_widths": [4]},
    head=HeadSettings(dropout=0.2),
    epochs=2,
    batch_size=8,
    augmentation=Augmentation(time_scale=0.05),
)


def _hash(state) -> str:
    return hashlib.sha256(b"".join(tensor.numpy().tobytes() for _, tensor in sorted(state.items()))).hexdigest()


def main(folder: Path, step: int, signal_name: str) -> int:
    """Train; return the exit status that the command line would give."""
    torch.set_num_threads(1)
    trained = {}
    fit = lightning.Trainer.fit

    def recorded(self, module, *arguments, **named):
        fit(self, module, *arguments, **named)
        trained.update({name: p.detach().clone() for name, p in module.network.named_parameters()})

    lightning.Trainer.fit = recorded

    def stop(done: int, total: int) -> None:
        if done == step:
            os.kill(os.getpid(), getattr(signal, signal_name))

    store = FakeStore(32)
    try:
        checkpoint = train(
            ARM,
            store,
            store.cohort(),
            labels=("up", "loud"),
            view=VIEW,
            run_dir=folder,
            seed=1,
            progress=stop,
            save_every_steps=1,
            tensorboard=False,
        )
    except CancelledError as error:
        return 128 + error.signal_number
    rank = engine.processes("cpu").rank
    (folder / f"rank{rank}.json").write_text(json.dumps({"trained": _hash(trained), "kept": _hash(checkpoint.state)}))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
