"""One step of pretraining: micro-batches, the sum of their gradients, AdamW, averages, and what the step tells.

A step that can't be done leaves everything as it was before it. Random numbers of a step come from
``SeedSequence([seed, step, rank])``, those of views and objectives from the samples' keys, so a step is the same
whether or not the process was started anew before it.
"""

from __future__ import annotations

import dataclasses
import logging
import math
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import lightning.pytorch as lightning
import torch
from lightning.pytorch.core.optimizer import LightningOptimizer
from lightning.pytorch.strategies import DDPStrategy
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel
from typing_extensions import override

from einthoven.ecg.input_spec import InputSpec
from einthoven.errors import TrainingError
from einthoven.models.encoder import Encoder
from einthoven.models.heads import Head
from einthoven.store.pretraining_batch import PretrainingBatch
from einthoven.store.pretraining_batches import PretrainingBatches
from einthoven.training.all_processes import mean_terms, names_of_all
from einthoven.training.averaging import Averages
from einthoven.training.batch_views import ViewMaker
from einthoven.training.composition import Composition
from einthoven.training.impossible_step import (
    ImpossibleStepError,
    finite_samples,
    no_room_message,
    not_finite_message,
)
from einthoven.training.micro_batches import is_out_of_memory, micro_slices
from einthoven.training.objectives.objective import Terms, Views
from einthoven.training.optimiser_step import gradient_norm, optimiser_step
from einthoven.training.parameter_groups import parameter_groups
from einthoven.training.pretrain_settings import PretrainSettings
from einthoven.training.rehearsal import first_batch, note_size, rehearse
from einthoven.training.reproducible import reseed
from einthoven.training.step_report import StepReport
from einthoven.training.training_progress import StatusCallback

__all__ = ["PretrainModule"]

log = logging.getLogger(__name__)


class PretrainModule(lightning.LightningModule):
    """Encoder, objectives and optimiser for Lightning.

    Parameters
    ----------
    encoder : Encoder
    objectives : Composition
    settings : PretrainSettings
    spec : InputSpec
    total_steps : int
    batches : PretrainingBatches
        What is trained on: its length makes epochs, it names records, and the first step is tried on it.
    seed : int
    status : StatusCallback, optional
        Told when the micro-batch gets smaller.

    Attributes
    ----------
    report : StepReport, optional
        Of the last step.
    micro_batch_size : int
        Of this process, at most.
    """

    def __init__(
        self,
        encoder: Encoder,
        objectives: Composition,
        settings: PretrainSettings,
        *,
        spec: InputSpec,
        total_steps: int,
        batches: PretrainingBatches,
        seed: int,
        status: StatusCallback | None = None,
    ) -> None:
        super().__init__()
        self.automatic_optimization = False
        self.encoder = encoder
        self.objectives = objectives
        kept = {"encoder": encoder} | ({} if objectives.head is None else {"head": objectives.head})
        self.averaged = Averages(kept, decay=settings.ema_decay) if settings.ema_decay else None
        self._settings = settings
        self._seen = ViewMaker(settings.augmentation, spec)
        self._total_steps = total_steps
        self._batches = batches
        self._seed = seed
        self._status = status
        self._trained: list[nn.Parameter] = []
        self.micro_batch_size = settings.micro_batch_size or settings.batch_size
        self.report: StepReport | None = None

    @property
    def kept_encoder(self) -> Encoder:
        """The encoder that is looked at and saved: the averaged one, where there is one."""
        kept = self.encoder if self.averaged is None else self.averaged.parts["encoder"]
        assert isinstance(kept, Encoder)
        return kept

    @property
    def kept_head(self) -> Head | None:
        """The head that is saved with the encoder, where an objective learns labels."""
        if self.averaged is None or self.objectives.head is None:
            return self.objectives.head
        kept = self.averaged.parts["head"]
        assert isinstance(kept, Head)
        return kept

    @override
    def configure_model(self) -> None:
        """Let several processes agree on the size of the micro-batch before they need each other."""
        if self.trainer.world_size == 1 or self._settings.parallel != "ddp":
            return
        strategy = self.trainer.strategy
        assert isinstance(strategy, DDPStrategy)
        self.to(strategy.root_device)
        rehearsed = rehearse(self, first_batch(self._batches), folder=Path(self.trainer.default_root_dir))
        if rehearsed.leaves_out_weights:
            strategy._ddp_kwargs["find_unused_parameters"] = True  # noqa: SLF001 - Lightning takes it at birth alone

    @override
    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Return AdamW; the learning rate is set step by step."""
        groups = parameter_groups(self, weight_decay=self._settings.weight_decay)
        self._trained = [parameter for group in groups for parameter in group["params"]]
        first, second = self._settings.betas
        return torch.optim.AdamW(groups, lr=self._settings.max_learning_rate, betas=(first, second), fused=True)

    @override
    def training_step(self, batch: PretrainingBatch, batch_index: int) -> dict[str, Any]:
        """Do one step of the optimiser.

        Raises
        ------
        ImpossibleStepError
            The loss or the gradient isn't finite, or not even one sample fits into memory.
        TrainingError
            One of several processes has run out of memory.
        """
        optimizer = self.optimizers()
        assert isinstance(optimizer, LightningOptimizer)
        before = self.moving_copies()
        numbers = self._gradients(batch, before)
        norm = gradient_norm(self._trained)
        values = dict(zip([*numbers, "norm"], torch.stack([*numbers.values(), norm]).tolist(), strict=True))
        norm_value = values.pop("norm")
        if not math.isfinite(values["loss"]) or not math.isfinite(norm_value):
            self.undo(before)
            raise ImpossibleStepError(self._not_finite(batch, loss=values["loss"], norm=norm_value))
        rate = self._change_weights(optimizer, norm)
        self.report = StepReport(
            step=self.global_step,
            epoch=1 + (self.global_step - 1) // len(self._batches),
            terms=values,
            gradient_norm=norm_value,
            learning_rate=rate,
            samples=len(batch["patient"]) * self.trainer.world_size,
            micro_batch_size=min(self.micro_batch_size, len(batch["patient"])),
        )
        return {"loss": torch.tensor(values["loss"])}

    @override
    def on_train_start(self) -> None:
        """Stop at once when all steps were done before."""
        self._stop_in_time()

    @override
    def on_train_batch_end(self, outputs: Any, batch: PretrainingBatch, batch_idx: int) -> None:
        """Stop in the middle of an epoch when the steps are done."""
        self._stop_in_time()

    @override
    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Keep the size of the micro-batch, which decides the rounding, and what was told last."""
        report = None if self.report is None else {**dataclasses.asdict(self.report), "terms": dict(self.report.terms)}
        checkpoint["pretraining"] = {"micro_batch_size": self.micro_batch_size, "report": report}

    @override
    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Go on with the size of the micro-batch."""
        saved = checkpoint["pretraining"]
        self.micro_batch_size = min(self.micro_batch_size, saved["micro_batch_size"])
        self.report = None if saved["report"] is None else StepReport(**saved["report"])

    def _stop_in_time(self) -> None:
        if self.global_step >= self._total_steps:
            self.trainer.should_stop = True

    def _gradients(self, batch: PretrainingBatch, before: Sequence[Tensor]) -> Terms:
        """Return the terms over all processes, once the gradients are there; smaller parts are tried where it must."""
        while True:
            try:
                return mean_terms(self.summed(batch), world_size=self.trainer.world_size)
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
            self.undo(before)  # out here, where the failed step's tensors are free
            self._halve(len(batch["patient"]))

    def summed(self, batch: PretrainingBatch) -> Terms:
        """Add up the gradients of a batch's parts, and return the terms of this process's share."""
        reseed(self._seed, self.global_step, self.global_rank)
        n_samples = len(batch["patient"])
        sums: Terms = {}
        for part, views in zip(*self._parts(batch), strict=True):
            share = (part.stop - part.start) / n_samples
            with self._synchronised(last=part.stop == n_samples):
                terms: Terms = self.objectives(self.encoder, views)
                self.manual_backward(share * terms["loss"])
            for name, term in terms.items():
                value = share * term.detach().float()
                sums[name] = sums[name] + value if name in sums else value
        return sums

    def _parts(self, batch: PretrainingBatch) -> tuple[list[slice], Iterator[Views]]:
        parts = micro_slices(len(batch["patient"]), self.micro_batch_size)
        return parts, self._seen.parts(batch, parts, progress=self.global_step / self._total_steps)

    def _synchronised(self, *, last: bool) -> AbstractContextManager[None]:
        """Gradients of processes are averaged once a step, with the last part."""
        wrapped = self.trainer.model
        return nullcontext() if last or not isinstance(wrapped, DistributedDataParallel) else wrapped.no_sync()

    def _change_weights(self, optimizer: LightningOptimizer, norm: Tensor) -> float:
        """Do the step and what follows it, and return the learning rate."""
        step = self.global_step
        rate = optimiser_step(
            optimizer, self._trained, norm=norm, settings=self._settings, step=step, total_steps=self._total_steps
        )
        with torch.no_grad(), torch.autocast(self.device.type, enabled=False):
            if self.averaged is not None:
                self.averaged.update(steps=step + 1)
            self.objectives.after_step(self.encoder, progress=(step + 1) / self._total_steps)
        return rate

    def _moving(self) -> list[Tensor]:
        return [*self.encoder.buffers(), *self.objectives.buffers()]

    def moving_copies(self) -> list[Tensor]:
        """Return what a forward pass may change: running statistics, queues."""
        return [buffer.clone() for buffer in self._moving()]

    @torch.no_grad()
    def undo(self, before: Sequence[Tensor]) -> None:
        """Drop the gradients and put the buffers back."""
        self.zero_grad()
        for buffer, value in zip(self._moving(), before, strict=True):
            buffer.copy_(value)

    def _halve(self, n_samples: int) -> None:
        step, size = self.global_step + 1, min(self.micro_batch_size, n_samples)
        if size == 1:
            raise ImpossibleStepError(no_room_message(step=step))
        if self.trainer.world_size > 1:
            note_size(Path(self.trainer.default_root_dir), size // 2)
            raise TrainingError(
                f"process {self.global_rank} ran out of memory at step {step}, where the others can't wait for it: the "
                f"same command goes on from where the run was last saved, with {size // 2} windows at once, not {size}"
            )
        self.micro_batch_size = size // 2
        self.tell(f"out of memory at step {step}: going on with {size // 2} windows at once, not {size}")

    def tell(self, sentence: str) -> None:
        """Say something to whoever follows the run."""
        log.warning("%s", sentence)
        if self._status is not None and self.global_rank == 0:
            self._status(sentence)

    def _not_finite(self, batch: PretrainingBatch, *, loss: float, norm: float) -> str:
        finite = finite_samples(self.encoder, (views.signal for views in self._parts(batch)[1]))
        rows = batch["window"]["row"]
        return not_finite_message(
            self._named(rows), self._named(rows[~finite]), step=self.global_step + 1, loss=loss, norm=norm
        )

    def _named(self, rows: Tensor) -> list[str]:
        """Return the record ids of all processes' rows."""
        names = self._batches.record_ids(rows.tolist()) if len(rows) else []
        return names_of_all(names, world_size=self.trainer.world_size)
