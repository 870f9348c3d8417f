"""Dropout of whole channels of tokens: what is left out is left out at every time (Tompson et al. 2015)."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

__all__ = ["ChannelDropout"]


class ChannelDropout(nn.Module):
    """One mask per ECG, shared by its tokens ("tied"); on a CPU drawing one per token costs more than a GELU.

    "Efficient object localization using convolutional networks", CVPR 2015, arXiv:1411.4280.

    Parameters
    ----------
    probability : float in [0, 1)
    """

    def __init__(self, probability: float) -> None:
        super().__init__()
        self.probability = probability

    def forward(self, tokens: Tensor) -> Tensor:
        """Return float32 (B, P, D) of tokens (B, P, D)."""
        if not self.training or self.probability == 0:
            return tokens
        ones = tokens.new_ones(tokens.shape[0], 1, tokens.shape[2])
        return tokens * functional.dropout(ones, self.probability)
