"""The mean over the rows of all processes that count, where each process holds another number of them."""

from __future__ import annotations

import torch
from torch import Tensor

from einthoven.training.objectives.gathered import gathered

__all__ = ["mean_over_processes"]


def mean_over_processes(values: Tensor, counts: Tensor) -> Tensor:
    """Return this process's share: its average over the processes is the mean of what counts; 0 where nothing does.

    Parameters
    ----------
    values : float32 (B, ...)
        What doesn't count may be any finite number.
    counts : bool, shape of ``values``

    Returns
    -------
    float32 scalar

    Examples
    --------
    >>> mean_over_processes(torch.tensor([1.0, 2.0, 9.0]), torch.tensor([True, True, False]))
    tensor(1.5000)
    """
    own = torch.where(counts, values, 0.0).sum()
    each = gathered(counts.sum().reshape(1)).rows
    return own * len(each) / each.sum().clamp(min=1)
