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
from lightning.pytorch.strategies import DDPStrategy, FSDPStrategy, Strategy

from einthoven.errors import SpecificationError
from einthoven.training.arm import Precision

__all__ = ["EngineSettings", "Parallel", "Processes", "processes", "quiet", "trainer"]

Parallel = Literal["ddp", "fsdp"]


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """How far and how exactly a trainer computes.

    Attributes
    ----------
    epochs : int
        At most. A limit in steps is the module's business: with ``max_steps`` Lightning does not go on exactly from a
        state that was saved between two epochs.
    precision : ``auto``, ``fp32`` or ``bf16``
    gradient_clip : float
        For modules that leave their optimiser to Lightning; 0 for no limit.
    parallel : ``ddp`` or ``fsdp``
        Among several processes.
    """

    epochs: int
    precision: Precision = "auto"
    gradient_clip: float = 0.0
    parallel: Parallel = "ddp"


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
    settings: EngineSettings,
    workers: Processes,
    *,
    callbacks: Sequence[lightning.Callback],
    folder: Path,
    tensorboard: bool,
) -> lightning.Trainer:
    """Return a trainer that runs these epochs and nothing else; call it within ``quiet``.

    Raises
    ------
    SpecificationError
        ``fsdp`` without a GPU.
    """
    return lightning.Trainer(
        accelerator=workers.accelerator,
        devices=workers.count,
        strategy=_strategy(settings.parallel, workers),
        max_epochs=settings.epochs,
        precision="bf16-mixed" if _use_bf16(settings.precision, workers) else "32-true",
        gradient_clip_val=settings.gradient_clip or None,
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


def _use_bf16(precision: Precision, workers: Processes) -> bool:
    if precision == "auto":
        return workers.accelerator == "cuda" and torch.cuda.is_bf16_supported()
    return precision == "bf16"


def _strategy(parallel: Parallel, workers: Processes) -> Strategy | str:
    if parallel == "fsdp":
        if workers.accelerator != "cuda":
            raise SpecificationError("parallel = 'fsdp' shares weights among GPUs, and there are none: take 'ddp'")
        return FSDPStrategy(use_orig_params=True, state_dict_type="full")
    return DDPStrategy() if workers.count > 1 else "auto"


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
