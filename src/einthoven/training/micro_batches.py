"""Parts of a batch that go through a network one after another, and how one sees that a part was too large."""

from __future__ import annotations

from itertools import pairwise
from typing import cast

import torch
from torch import Tensor

from einthoven.store.pretraining_batch import PretrainingBatch

__all__ = ["is_out_of_memory", "micro_slices", "taken"]


def micro_slices(n_samples: int, size: int) -> list[slice]:
    """Return as few parts of at most ``size`` samples as there can be, whose sizes differ by at most one.

    Examples
    --------
    >>> [(part.start, part.stop) for part in micro_slices(10, 4)]
    [(0, 4), (4, 7), (7, 10)]
    """
    count = -(-n_samples // size)
    short, longer = divmod(n_samples, count)
    starts = [part * short + min(part, longer) for part in range(count + 1)]
    return [slice(first, last) for first, last in pairwise(starts)]


def taken(batch: PretrainingBatch, part: slice) -> PretrainingBatch:
    """Return some samples of a batch, as views of the same memory."""
    return cast("PretrainingBatch", _taken(batch, part))


def _taken(values: object, part: slice) -> object:
    if isinstance(values, Tensor):
        return values[part]
    if isinstance(values, dict):
        return {name: _taken(value, part) for name, value in values.items()}
    return values


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether the device, or the main memory, had no room for a tensor.

    PyTorch has a type of its own for accelerators; its CPU allocator raises a ``RuntimeError`` that names itself.
    """
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and "DefaultCPUAllocator" in str(error)
