"""One loop of training and one of scoring for the networks here: AdamW, one cycle, binary cross-entropy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

__all__ = ["Schedule", "fit", "scores_of"]

Augmentation = Callable[[Tensor, torch.Generator], Tensor]


@dataclass(frozen=True, slots=True)
class Schedule:
    """How a network is trained."""

    epochs: int = 20
    batch: int = 32
    learning_rate: float = 3e-3
    weight_decay: float = 1e-2


def fit(
    model: nn.Module,
    signal: NDArray[np.float32],
    truth: NDArray[np.float32],
    *,
    schedule: Schedule,
    seed: int,
    augment: Augmentation | None = None,
    after_epoch: Callable[[int], None] | None = None,
) -> nn.Module:
    """Train a network in place and return it, ready to score.

    Parameters
    ----------
    model : Module
        (B, L, T) to logits (B, C).
    signal : float32 (ecg, lead, sample)
    truth : float32 (ecg, label)
        NaN has no part in the loss.
    schedule : Schedule
    seed : int
        Of the order of batches and of augmentation; weights come from torch's global state.
    augment : callable, optional
        Changes a batch.
    after_epoch : callable, optional
        Is told the number of each finished epoch.
    """
    generator = torch.Generator().manual_seed(seed)
    x, y = torch.as_tensor(signal), torch.as_tensor(truth)
    steps = schedule.epochs * -(-len(x) // schedule.batch)
    optimiser = torch.optim.AdamW(model.parameters(), lr=schedule.learning_rate, weight_decay=schedule.weight_decay)
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimiser, schedule.learning_rate, total_steps=steps)
    for epoch in range(schedule.epochs):
        model.train()
        for rows in torch.randperm(len(x), generator=generator).split(schedule.batch):
            batch = x[rows] if augment is None else augment(x[rows], generator)
            known = ~torch.isnan(y[rows])
            loss = nn.functional.binary_cross_entropy_with_logits(model(batch)[known], y[rows][known])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            cycle.step()
        if after_epoch is not None:
            after_epoch(epoch + 1)
    return model.eval()


def scores_of(model: nn.Module, signal: NDArray[np.float32], *, batch: int = 256) -> NDArray[np.float64]:
    """Return logits, float64 (ecg, label)."""
    model.eval()
    with torch.inference_mode():
        parts = [model(part) for part in torch.as_tensor(signal).split(batch)]
    return torch.cat(parts).double().numpy()
