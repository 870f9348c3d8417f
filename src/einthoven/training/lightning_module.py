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
from einthoven.models.network import Network
from einthoven.store.torch_dataset import Batch
from einthoven.training.arm import ArmSettings
from einthoven.training.augmentation import mixup
from einthoven.training.averaging import average_decay, update_average
from einthoven.training.objectives.label_loss import LabelLoss
from einthoven.training.reproducible import reseed
from einthoven.training.training_signal import training_signal

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
    objective : LabelLoss
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
        objective: LabelLoss,
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
        signal, target = training_signal(batch, self._arm.augmentation, self._spec), batch["target"]
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
        update_average(self.averaged, self.network, decay=average_decay(steps, largest=self._arm.ema_decay))

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

    def _not_finite(self, batch: Batch, logits: Tensor) -> TrainingError:
        culprits = ~torch.isfinite(logits).all(dim=1)
        rows = batch["row"][culprits] if bool(culprits.any()) and not bool(culprits.all()) else batch["row"]
        names = [self._record_ids[row] for row in rows.tolist()]
        return TrainingError(
            f"the loss is not finite at step {self.global_step}, with the records {', '.join(names)}: look at their "
            "signals (einthoven inspect), lower max_learning_rate, or set gradient_clip = 1"
        )
