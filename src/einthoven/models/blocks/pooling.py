"""From tokens to one feature vector per window."""

from __future__ import annotations

from typing import Literal, get_args

import torch
from torch import Tensor, nn

from einthoven.errors import UnknownNameError
from einthoven.registry import nearest

__all__ = ["Pooling", "PoolingName"]

PoolingName = Literal["mean", "mean_max"]


class Pooling(nn.Module):
    """Mean over time, or mean and maximum side by side (Howard and Gugger 2020, "concat pooling").

    Parameters
    ----------
    width : int
        Of a token.
    name : ``mean`` or ``mean_max``
        The maximum over the whole length makes DeepLIFT incomplete (error 0.7); integrated gradients stay exact.
    """

    def __init__(self, width: int, name: PoolingName) -> None:
        super().__init__()
        if name not in get_args(PoolingName):
            raise UnknownNameError(f"pooling has no {name!r}{nearest(name, get_args(PoolingName))}")
        self.name = name
        self.width = width
        self.out_width = 2 * width if name == "mean_max" else width

    def forward(self, tokens: Tensor) -> Tensor:
        """Return float32 (B, ``out_width``) of tokens (B, P, ``width``)."""
        mean = tokens.mean(dim=1)
        return mean if self.name == "mean" else torch.cat([mean, tokens.amax(dim=1)], dim=1)
