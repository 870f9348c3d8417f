"""Positions as sines and cosines of falling frequency (Vaswani et al. 2017, arXiv:1706.03762), on a line or a grid.

Sines fill the first half of the width and cosines the second, as in masked autoencoders (He et al. 2022,
arXiv:2111.06377); the original paper has them side by side. All are computed in float64.
"""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["sine_grid", "sine_positions"]

# the longest wavelength is 2 pi times this many positions, Vaswani et al. 2017, section 3.5
LONGEST = 10_000.0


def sine_positions(n_positions: int, width: int) -> Tensor:
    """Return one row per position, float32 (``n_positions``, ``width``) in [-1, 1].

    Parameters
    ----------
    n_positions : int
    width : int
        Even.

    Examples
    --------
    >>> sine_positions(2, 2).round(decimals=3).tolist()
    [[0.0, 1.0], [0.8410000205039978, 0.5400000214576721]]
    """
    half = width // 2
    frequency = LONGEST ** -(torch.arange(half, dtype=torch.float64) / half)
    angle = torch.outer(torch.arange(n_positions, dtype=torch.float64), frequency)
    return torch.cat([angle.sin(), angle.cos()], dim=1).float()


def sine_grid(n_rows: int, n_columns: int, width: int) -> Tensor:
    """Return one row per cell of a grid, row after row, float32 (``n_rows * n_columns``, ``width``).

    The first half of the width tells the column, the second half the row.

    Parameters
    ----------
    n_rows, n_columns : int
    width : int
        A multiple of 4.
    """
    column = sine_positions(n_columns, width // 2).repeat(n_rows, 1)
    row = sine_positions(n_rows, width // 2).repeat_interleave(n_columns, dim=0)
    return torch.cat([column, row], dim=1)
