"""Rows of all processes that train together, so that contrasts see the same negatives however many there are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

import torch
from torch import Tensor

__all__ = ["Gathered", "gathered", "without_others"]

_REHEARSED: ContextVar[int] = ContextVar("_REHEARSED", default=0)


class Gathered(NamedTuple):
    """Rows of all processes, those of process 0 first, and at which row this process's begin."""

    rows: Tensor
    begin: int


def gathered(own: Tensor) -> Gathered:
    """Return the rows of all processes, through which gradients flow back to the process that made them.

    With a loss that is the mean over *own* rows, and gradients averaged over the processes as DDP does, the step is
    that of one process with all rows.

    Parameters
    ----------
    own : Tensor (B, ...)
        As many rows in each process.

    Examples
    --------
    >>> gathered(torch.ones(2, 3)).rows.shape
    torch.Size([2, 3])
    """
    if rehearsed := _REHEARSED.get():
        return Gathered(torch.cat([own] * rehearsed), 0)
    if not torch.distributed.is_available() or not torch.distributed.is_initialized():
        return Gathered(own, 0)
    rank, count = torch.distributed.get_rank(), torch.distributed.get_world_size()
    if count == 1:
        return Gathered(own, 0)
    if own.dtype.is_floating_point and own.requires_grad:
        from torch.distributed.nn.functional import all_gather

        parts = all_gather(own.contiguous())  # type: ignore[no-untyped-call] # torch ships no type for it
    else:
        parts = [torch.empty_like(own) for _ in range(count)]
        torch.distributed.all_gather(parts, own.contiguous())
    return Gathered(torch.cat(list(parts)), rank * len(own))


@contextmanager
def without_others(count: int) -> Iterator[None]:
    """Let ``gathered`` put this process's rows in the place of those of all ``count``, without talking to the others.

    For a step that is only tried, in which a process may fail alone and would leave the others waiting.

    Examples
    --------
    >>> with without_others(3):
    ...     gathered(torch.ones(2, 3)).rows.shape
    torch.Size([6, 3])
    """
    token = _REHEARSED.set(count)
    try:
        yield
    finally:
        _REHEARSED.reset(token)
