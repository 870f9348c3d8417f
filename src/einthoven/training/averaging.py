"""Exponential moving averages of weights: what is kept when single steps are too noisy (Polyak and Juditsky 1992)."""

from __future__ import annotations

import torch
from torch import nn

__all__ = ["average_decay", "update_average"]


def average_decay(steps: int, *, largest: float) -> float:
    """Return the share that the average keeps after step number ``steps`` (from 1): ``(1 + t) / (10 + t)`` at most.

    So the memory is short at the start, as in TensorFlow's ``ExponentialMovingAverage``.

    Examples
    --------
    >>> average_decay(1, largest=0.99), average_decay(2000, largest=0.99)
    (0.18, 0.99)
    """
    return min(largest, (1 + steps) / (10 + steps))


@torch.no_grad()
def update_average(averaged: nn.Module, current: nn.Module, *, decay: float) -> None:
    """Move ``averaged`` towards ``current``, buffers included; whole numbers are taken over."""
    new = current.state_dict()
    for name, tensor in averaged.state_dict().items():
        if tensor.dtype.is_floating_point:
            tensor.lerp_(new[name], 1 - decay)
        else:
            tensor.copy_(new[name])
