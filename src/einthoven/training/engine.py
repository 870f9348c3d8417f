"""Lightning's trainer as this project uses it: quiet, without its own checkpoints, alone or under ``torchrun``."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import lightning.pytorch as lightning
import torch
from lightning.fabric.plugins.environments.torchelastic import TorchElasticEnvironment
from lightning.pytorch.loggers import TensorBoardLogger

from einthoven.training.arm import ArmSettings

__all__ = ["Processes", "processes", "quiet", "trainer"]


@dataclass(frozen=True, slots=True)
class Processes:
    """The processes that train together, and which of them this is."""

    rank: int
    count: int
    accelerator: Literal["cpu", "cuda"]

    @property
    def is_first(self) -> bool:
        """Whether this process writes the files."""
        return self.rank == 0

    def wait(self) -> None:
        """Wait until all processes are here."""
        if self.count > 1 and torch.distributed.is_initialized():
            torch.distributed.barrier()


def processes(device: Literal["auto", "cpu", "cuda"]) -> Processes:
    """Return what ``torchrun`` started, or a single process."""
    accelerator: Literal["cpu", "cuda"] = "cuda" if device != "cpu" and torch.cuda.is_available() else "cpu"
    if not TorchElasticEnvironment.detect():
        return Processes(0, 1, accelerator)
    environment = TorchElasticEnvironment()
    return Processes(environment.global_rank(), environment.world_size(), accelerator)


def trainer(
    arm: ArmSettings,
    workers: Processes,
    *,
    callbacks: Sequence[lightning.Callback],
    folder: Path,
    tensorboard: bool,
) -> lightning.Trainer:
    """Return a trainer that runs the arm's epochs and nothing else; call it within ``quiet``."""
    half = workers.accelerator == "cuda" and torch.cuda.is_bf16_supported() if arm.precision == "auto" else None
    use_bf16 = arm.precision == "bf16" if half is None else half
    return lightning.Trainer(
        accelerator=workers.accelerator,
        devices=workers.count,
        strategy="ddp" if workers.count > 1 else "auto",
        max_epochs=arm.epochs,
        precision="bf16-mixed" if use_bf16 else "32-true",
        gradient_clip_val=arm.gradient_clip or None,
        callbacks=list(callbacks),
        logger=TensorBoardLogger(folder, name="tensorboard", version="") if tensorboard else False,
        default_root_dir=folder,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        limit_val_batches=0,
        num_sanity_val_steps=0,
        use_distributed_sampler=False,
    )


@contextmanager
def quiet() -> Iterator[None]:
    """Keep Lightning's advertisements and hints off the terminal; its warnings stay in the log of einthoven."""
    loggers = [logging.getLogger(name) for name in ("lightning.pytorch", "lightning.fabric")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module="lightning")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
