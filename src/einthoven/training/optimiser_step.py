"""One step of the optimiser: the gradient's norm is limited, the learning rate follows its cosine."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from lightning.pytorch.core.optimizer import LightningOptimizer
from torch import Tensor, nn

from einthoven.training.cosine_schedule import cosine_learning_rate
from einthoven.training.pretrain_settings import PretrainSettings

__all__ = ["gradient_norm", "optimiser_step"]


def gradient_norm(trained: Sequence[nn.Parameter]) -> Tensor:
    """Return the Euclidean norm over all gradients that there are, a scalar."""
    return torch.nn.utils.get_total_norm([p.grad for p in trained if p.grad is not None])


def optimiser_step(
    optimizer: torch.optim.Optimizer | LightningOptimizer,
    trained: Sequence[nn.Parameter],
    *,
    norm: Tensor,
    settings: PretrainSettings,
    step: int,
    total_steps: int,
) -> float:
    """Change the weights, drop the gradients, and return the learning rate.

    Parameters
    ----------
    optimizer : Optimizer
    trained : sequence of Parameter
        All of the optimiser's.
    norm : Tensor
        Of their gradients (``gradient_norm``), finite.
    settings : PretrainSettings
    step : int
        Steps that were done before.
    total_steps : int
    """
    if settings.gradient_clip:
        torch.nn.utils.clip_grads_with_norm_(trained, settings.gradient_clip, norm)
    rate = cosine_learning_rate(
        step,
        total_steps=total_steps,
        warm_up=settings.warm_up,
        largest=settings.max_learning_rate,
        smallest=settings.min_learning_rate,
    )
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.step()
    optimizer.zero_grad()
    return rate
