"""Integers and Gumbel noise as a function of (key, stream, position), on the numbers of ``counter_random``."""

from __future__ import annotations

import torch
from torch import Tensor

from einthoven.training.counter_random import uniform

__all__ = ["drawn_integers", "gumbel"]

_BELOW_ONE = 1 - 2.0**-24  # the largest float32 below 1: the largest number that ``uniform`` draws is rounded to 1


def drawn_integers(keys: Tensor, count: int, *, below: int | Tensor, stream: int) -> Tensor:
    """Return integers drawn evenly and with repeats, int64 (B, count), from 0 to ``below - 1``.

    Parameters
    ----------
    keys : int64 (B,), 0 to 2**32 - 1
    count : int
    below : int, or int64 (B,)
        1 to 2**20: a number's chance departs from ``1 / below`` by less than ``below / 2**24`` of it.
    stream : int
    """
    limit = below.unsqueeze(1) if isinstance(below, Tensor) else below
    return (uniform(keys, count, stream=stream).clamp(max=_BELOW_ONE) * limit).long()


def gumbel(keys: Tensor, count: int, *, stream: int) -> Tensor:
    """Return standard Gumbel noise, float32 (B, count): added to logits, the largest sum is a draw of their softmax."""
    return -torch.log(-torch.log(uniform(keys, count, stream=stream).clamp(max=_BELOW_ONE)))
