"""Learning labels with ``pretrain()``, with a bare loop and with torch_ecg's trainer: one network, the same data.

torch_ecg is no dependency: install it beside einthoven (in an environment of its own, its needs clash) and run this
there. Its trainer gets the windows as float32 in memory; ``pretrain()`` reads them from a store.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset, TensorDataset
from torch_ecg.components.trainer import BaseTrainer

import pretraining_speed as speed
from einthoven.ecg.input_spec import InputSpec
from einthoven.models.architectures import build
from einthoven.models.network import Network
from einthoven.store.pretraining_batches import PretrainingBatches
from einthoven.training.augmentation_settings import Augmentation
from einthoven.training.pretrain_parts import pretrain_parts
from einthoven.training.pretrain_settings import PretrainSettings
from einthoven.training.training_signal import training_signal
from measuring import machine, table

NETWORK = {"depth": 18, "widths": [32, 48, 64, 64], "stem_widths": [16, 16, 32]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=7)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    speed.CONTESTANTS["supervised"] = speed.Contestant("xresnet1d", NETWORK, changes={"labels": ("fast", "loud")})
    with tempfile.TemporaryDirectory() as folder, speed.make_store(Path(folder), copies=1) as store:
        cohort = speed.make_cohort(store, Path(folder))
        real, bare = speed.measure(
            "supervised", store, cohort, Path(folder), rounds=arguments.rounds, steps=arguments.steps
        )
        data = _windows(store, cohort)
        theirs = _median([_torch_ecg(data, Path(folder) / f"theirs{i}") for i in range(arguments.rounds)])
    print(
        machine(), f"torch {torch.__version__}, one thread; xresnet1d {NETWORK}, batches of {speed.BATCH}.\n", sep="\n"
    )
    rows = [
        (name, f"{speed.BATCH / taken.wall_s:,.0f}", f"{speed.BATCH / taken.processor_s:,.0f}")
        for name, taken in (("einthoven pretrain()", real), ("bare loop", bare), ("torch_ecg BaseTrainer", theirs))
    ]
    print(table(("supervised", "windows per s", "windows per s of processor time"), rows))


def _windows(store: speed.Store, cohort: object) -> TensorDataset:
    """Return the windows of one epoch, float32, with their labels."""
    settings = PretrainSettings(
        {"supervised": {}}, architecture="xresnet1d", settings=NETWORK, batch_size=speed.BATCH, labels=("fast", "loud")
    )
    spec = InputSpec(store.spec, speed.VIEW)
    data = pretrain_parts(settings, store, cohort, spec=spec, seed=1).data
    batches = PretrainingBatches(store, data, batch_size=speed.BATCH, seed=1, view=spec.view, prefetch=0)
    seen = [(training_signal(b["window"], Augmentation.off(), spec), b["window"]["target"]) for b in batches]
    return TensorDataset(torch.cat([s for s, _ in seen]), torch.cat([t for _, t in seen]))


class _Trainer(BaseTrainer):
    """As little as its base asks for; nothing is evaluated or saved."""

    __name__ = "Trainer"
    data: Dataset[tuple[Tensor, ...]]

    @property
    def batch_dim(self) -> int:
        return 0

    @property
    def extra_required_train_config_fields(self) -> list[str]:
        return []

    def run_one_step(self, *data: Tensor) -> tuple[Tensor, Tensor]:
        signal, target = data
        return self.model(signal), target

    def evaluate(self, _data_loader: object) -> dict[str, float]:
        return {}

    def _setup_dataloaders(self, *_: object) -> None:
        self.train_loader = DataLoader(self.data, batch_size=speed.BATCH, shuffle=True, drop_last=True)
        self.val_loader = self.val_train_loader = None


class _Saved(Network):
    """The trainer saves its model at the end."""

    def save(self, path: str, **_: object) -> None:
        """Save nothing."""


def _torch_ecg(data: TensorDataset, folder: Path) -> speed.Seconds:
    """Return the seconds of a step of their trainer over one epoch."""
    built = build("xresnet1d", n_leads=12, n_labels=2, **NETWORK)
    model: nn.Module = _Saved(built.encoder, built.head)
    settings = {
        "classes": ["fast", "loud"], "n_epochs": 1, "batch_size": speed.BATCH, "log_step": 10, "optimizer": "adamw",
        "lr_scheduler": "none", "learning_rate": 1e-4, "loss": "BCEWithLogitsLoss", "checkpoints": str(folder),
        "log_dir": str(folder), "keep_checkpoint_max": 0, "monitor": None,
    }  # fmt: skip
    _Trainer.data = data
    trainer = _Trainer(model, TensorDataset, {}, settings)
    started = speed.now()
    trainer.train()
    return speed.since(started, steps=len(trainer.train_loader))


def _median(taken: list[speed.Seconds]) -> speed.Seconds:
    return speed.Seconds(*(statistics.median(values) for values in zip(*taken, strict=True)))


if __name__ == "__main__":
    main()
