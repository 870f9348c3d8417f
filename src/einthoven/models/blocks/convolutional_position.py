"""Relative positions by a wide grouped convolution over the tokens (Mohamed, Okhonko, Zettlemoyer, arXiv:1904.11660).

As in wav2vec 2.0 (Baevski et al. 2020, arXiv:2006.11477, section 2): one convolution whose weights are normalised, and
a GELU; no length is built in.
"""

from __future__ import annotations

import math

from torch import Tensor, nn
from torch.nn.utils import parametrizations

__all__ = ["ConvolutionalPosition"]


class ConvolutionalPosition(nn.Module):
    """What is added to each token for its place among the others.

    Parameters
    ----------
    width : int
        Of a token; a multiple of ``groups``.
    kernel_size : int
        In tokens; an even one reaches one token further back than ahead.
    groups : int
    """

    def __init__(self, width: int, *, kernel_size: int, groups: int) -> None:
        super().__init__()
        convolution = nn.Conv1d(width, width, kernel_size, padding=kernel_size // 2, groups=groups)
        nn.init.normal_(convolution.weight, std=math.sqrt(4 / (kernel_size * width)))  # wav2vec 2.0, authors' code
        nn.init.zeros_(convolution.bias)  # type: ignore[arg-type] # there is one
        # one gain per place in the kernel, as theirs (dim 2), not one per output channel
        self.convolution = parametrizations.weight_norm(convolution, dim=2)
        self.activation = nn.GELU()

    def forward(self, tokens: Tensor) -> Tensor:
        """Return float32 (B, P, D) of tokens (B, P, D)."""
        n_tokens = tokens.shape[1]
        position = self.convolution(tokens.transpose(1, 2))[..., :n_tokens]  # an even kernel gives one token more
        out: Tensor = self.activation(position).transpose(1, 2)
        return out
