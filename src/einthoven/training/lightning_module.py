"""One supervised training step: stored integers, disturbed window, loss, AdamW on a one-cycle schedule, averages."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import lightning.pytorch as lightning
import numpy as np
import torch
from torch import Tensor
from typing_extensions import override

from einthoven.ecg.input_spec import InputSpec
from einthoven.errors import TrainingError
from einthoven.models.model_input import amplitudes, seen
from einthoven.models.network import Network
from einthoven.store.torch_dataset import Batch
from einthoven.training.arm import ArmSettings
from einthoven.training.augmentation import augment, mixup, resample_window
from einthoven.training.objectives.supervised import SupervisedObjective
from einthoven.training.reproducible import reseed

__all__ = ["SupervisedModule"]

_MIXUP = 1  # tells the stream of mixup from that of dropout


class SupervisedModule(lightning.LightningModule):
    """Network, objective and optimiser for Lightning.

    Random numbers of a step come from ``SeedSequence([seed, global step, rank])``, so a step is the same whether or not
    the process was started anew before it.

    Parameters
    ----------
    network : Network
        With an output for each label and, after these, for each auxiliary label.
    arm : ArmSettings
    spec : InputSpec
    objective : SupervisedObjective
    total_steps : int
        Length of the one-cycle schedule.
    seed : int
    record_ids : mapping of int to str
        By row of the store, to name records in errors.
    """

    def __init__(
        self,
        network: Network,
        arm: ArmSettings,
        *,
        spec: InputSpec,
        objective: SupervisedObjective,
        total_steps: int,
        seed: int,
        record_ids: Mapping[int, str],
    ) -> None:
        super().__init__()
        self.network = network
        self.averaged = copy.deepcopy(network).requires_grad_(False) if arm.ema_decay else None
        self._arm = arm
        self._spec = spec
        self._objective = objective
        self._total_steps = total_steps
        self._seed = seed
        self._record_ids = record_ids

    @property
    def kept(self) -> Network:
        """The network that is measured and saved: the averaged one, where there is one."""
        return self.network if self.averaged is None else self.averaged

    @override
    def training_step(self, batch: Batch, batch_index: int) -> Tensor:
        """Return the loss of a batch.

        Raises
        ------
        TrainingError
            The loss is not finite; names the records.
        """
        entropy = (self._seed, self.global_step, self.global_rank)
        reseed(*entropy)
        signal, target = self._signal(batch), batch["target"]
        if self._arm.augmentation.mixup:
            generator = np.random.default_rng(np.random.SeedSequence([*entropy, _MIXUP]))
            signal, target = mixup(signal, target, alpha=self._arm.augmentation.mixup, generator=generator)
        logits = self.network(signal)
        loss = self._objective(logits.float(), target)
        if not torch.isfinite(loss):
            raise self._not_finite(batch, logits)
        return loss

    @override
    def optimizer_step(self, *arguments: Any, **named: Any) -> None:
        """Step, then average: before any callback can save a state in which the two don't belong together."""
        steps = self.global_step + 1
        super().optimizer_step(*arguments, **named)
        if self.averaged is None:
            return
        decay = min(self._arm.ema_decay, (1 + steps) / (10 + steps))  # short memory at the start, as TensorFlow's
        current = self.network.state_dict()
        with torch.no_grad():
            for name, tensor in self.averaged.state_dict().items():
                if tensor.dtype.is_floating_point:
                    tensor.lerp_(current[name], 1 - decay)
                else:
                    tensor.copy_(current[name])

    @override
    def configure_optimizers(self) -> Any:
        """Return AdamW, without decay on biases and normalisations, and its one-cycle schedule."""
        parameters = [parameter for parameter in self.network.parameters() if parameter.requires_grad]
        groups = [
            {"params": [p for p in parameters if p.ndim > 1], "weight_decay": self._arm.weight_decay},
            {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
        ]
        optimizer = torch.optim.AdamW(groups, lr=self._arm.max_learning_rate)
        # both phases need a positive length, which a run of a few steps would not give them
        warm_up = min(max(self._arm.warm_up, 1.5 / self._total_steps), 0.9)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, self._arm.max_learning_rate, total_steps=self._total_steps, pct_start=warm_up
        )
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

    def _signal(self, batch: Batch) -> Tensor:
        """Return the disturbed windows, float32 (B, L, T)."""
        augmentation, rate_hz = self._arm.augmentation, self._spec.ingest.rate_hz
        with torch.no_grad():
            signal = amplitudes(batch["signal"], batch["scale"])
            if augmentation.time_scale:
                signal = resample_window(signal, batch["start"], batch["stretch"], length=self._spec.window_samples)
            signal = seen(signal, batch["valid"], self._spec, batch["level"])
            return augment(signal, batch["key"], augmentation, rate_hz=rate_hz)

    def _not_finite(self, batch: Batch, logits: Tensor) -> TrainingError:
        culprits = ~torch.isfinite(logits).all(dim=1)
        rows = batch["row"][culprits] if bool(culprits.any()) and not bool(culprits.all()) else batch["row"]
        names = [self._record_ids[row] for row in rows.tolist()]
        return TrainingError(
            f"the loss is not finite at step {self.global_step}, with the records {', '.join(names)}: look at their "
            "signals (einthoven inspect), lower max_learning_rate, or set gradient_clip = 1"
        )
