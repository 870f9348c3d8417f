"""A shortcut without weights: maximum over time, zeros for missing channels (He et al. 2016, "option A")."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["ZeroPaddedChannels", "ZeroPaddedMaximum", "zero_padded_shortcut"]


def zero_padded_shortcut(in_width: int, out_width: int, *, stride: int) -> nn.Sequential:
    """Return the shortcut from (B, in width, T) to (B, out width, ``ceil(T / stride)``)."""
    layers: list[nn.Module] = []
    if stride > 1:
        layers.append(ZeroPaddedMaximum(stride))
    if in_width != out_width:
        layers.append(ZeroPaddedChannels(in_width, out_width))
    return nn.Sequential(*layers)


class ZeroPaddedMaximum(nn.Module):
    """The largest of each ``width`` samples; zeros stand at the ends and count as samples.

    torch's own padding stands for minus infinity. Here an incomplete last window of negative samples gives 0.

    Parameters
    ----------
    width : int
        Of the windows, in samples; they don't overlap. ``width - 1`` zeros are added, the odd one behind.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.padding = ((width - 1) // 2, width // 2)
        self.pool = nn.MaxPool1d(width)

    def forward(self, signal: Tensor) -> Tensor:
        """Return float32 (B, D, ``ceil(T / width)``)."""
        # joined on, for onnxruntime fuses F.pad into the pool, whose own padding is minus infinity (its PR 18136)
        before, behind = (signal.new_zeros((*signal.shape[:2], n_zeros)) for n_zeros in self.padding)
        pooled: Tensor = self.pool(torch.cat([before, signal, behind], dim=-1))
        return pooled


class ZeroPaddedChannels(nn.Module):
    """Channels of zeros on both sides of the given ones, the odd one behind.

    Parameters
    ----------
    in_width, out_width : int
    """

    def __init__(self, in_width: int, out_width: int) -> None:
        super().__init__()
        before = (out_width - in_width) // 2
        self.padding = (0, 0, before, out_width - in_width - before)

    def forward(self, signal: Tensor) -> Tensor:
        """Return float32 (B, out width, T)."""
        return F.pad(signal, self.padding)
