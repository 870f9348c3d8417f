"""Exponential moving averages of weights: what is kept when single steps are too noisy (Polyak and Juditsky 1992)."""

from __future__ import annotations

import copy
from collections.abc import Mapping

import torch
from torch import nn

__all__ = ["Averages", "average_decay", "update_average"]


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


class Averages(nn.Module):
    """Averages of some modules, which begin as their copies and are saved with whatever holds this.

    Parameters
    ----------
    current : mapping of str to Module
        What is trained.
    decay : float in [0, 1)
        At most, as in ``average_decay``.
    """

    def __init__(self, current: Mapping[str, nn.Module], *, decay: float) -> None:
        super().__init__()
        self.parts = nn.ModuleDict({name: copy.deepcopy(part) for name, part in current.items()})
        self.parts.requires_grad_(False)
        self._current = dict(current)  # a plain dict: they are part of something else
        self._decay = decay

    def update(self, *, steps: int) -> None:
        """Follow what is trained, after step number ``steps`` (from 1)."""
        for name, part in self.parts.items():
            update_average(part, self._current[name], decay=average_decay(steps, largest=self._decay))
