"""One number per row, equal for equal rows, so that rows can be told apart without comparing all with all."""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["row_numbers"]

_MULTIPLIER = 6364136223846793005  # Knuth's MMIX, a linear congruential generator modulo 2**64
_INCREMENT = 1442695040888963407


def row_numbers(rows: Tensor) -> Tensor:
    """Return a hash of each row, int64 (N,): different rows have the same one with a chance of about 2**-64.

    Parameters
    ----------
    rows : float32 (N, V)
        0 and -0 are equal.

    Examples
    --------
    >>> number = row_numbers(torch.tensor([[0.0, 1.0], [-0.0, 1.0], [1.0, 0.0]]))
    >>> (number[0] == number[1]).item(), (number[0] == number[2]).item()
    (True, False)
    """
    bits = (rows.float() + 0.0).contiguous().view(torch.int32).to(torch.int64)
    number = torch.zeros(len(rows), dtype=torch.int64, device=rows.device)
    places = _mixed(torch.arange(1, rows.shape[1] + 1, dtype=torch.int64, device=rows.device))
    number = _mixed(bits * _MULTIPLIER + places).sum(dim=1)
    return _mixed(number)


def _mixed(x: Tensor) -> Tensor:
    """Return int64 whose bits all depend on all of ``x``; arithmetic wraps round."""
    for _ in range(2):
        x = x * _MULTIPLIER + _INCREMENT
        x = x ^ ((x >> 32) & 0xFFFFFFFF)
    return x
