"""Which weights are drawn towards zero: matrices and kernels, nothing else."""

from __future__ import annotations

from typing import Any

from torch import nn

__all__ = ["parameter_groups"]


def parameter_groups(module: nn.Module, *, weight_decay: float) -> list[dict[str, Any]]:
    """Return two groups for an optimiser of what can be trained: with weight decay and without.

    Without are vectors (biases, normalisations, tokens of one vector, steps and scales of state spaces) and positions,
    which are known by ``position`` in their names.
    """
    decayed: list[nn.Parameter] = []
    free: list[nn.Parameter] = []
    for name, parameter in module.named_parameters():
        if not parameter.requires_grad:
            continue
        is_vector = sum(size > 1 for size in parameter.shape) <= 1 and parameter.ndim != 2
        (free if is_vector or "position" in name else decayed).append(parameter)
    return [{"params": decayed, "weight_decay": weight_decay}, {"params": free, "weight_decay": 0.0}]
