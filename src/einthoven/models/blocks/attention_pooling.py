"""Attention pooling: tokens are averaged with weights that the network learns (Lee et al. 2019, arXiv:1810.00825).

A learnt query per head asks every token: ``weight_p = softmax_p(query . (W_k token_p) / sqrt(d))``, and the head's
result is ``sum_p weight_p W_v token_p``; the heads' results stand side by side. Lee et al.'s "pooling by multihead
attention", with one seed as here, has an output projection, a residual, a feed-forward layer and normalisations behind
it; ours leaves that to the linear layer that follows. The keys have no bias: it would shift the logits of all tokens
alike, and have no gradient.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from einthoven.errors import SpecificationError

__all__ = ["AttentionPooling"]


class AttentionPooling(nn.Module):
    """Learned-query multi-head attention over tokens.

    Parameters
    ----------
    width : int
        Of a token.
    n_heads : int
        Divides ``width``.

    Raises
    ------
    SpecificationError
        The width is no multiple of the number of heads.
    """

    def __init__(self, width: int, n_heads: int) -> None:
        super().__init__()
        if width % n_heads:
            raise SpecificationError(
                f"attention pooling with {n_heads} heads needs a token width that they divide, got {width}: choose "
                "another head.attention_heads"
            )
        self.width = width
        self.out_width = width
        self.n_heads = n_heads
        self.query = nn.Parameter(torch.empty(n_heads, width // n_heads))
        nn.init.normal_(self.query, std=1.0)
        self.keys = nn.Linear(width, width, bias=False)
        self.values = nn.Linear(width, width)

    def weights(self, tokens: Tensor) -> Tensor:
        """Return how much each token counts, float32 (B, head, P), summing to 1 over the tokens."""
        keys = self._by_head(self.keys(tokens))
        agreement = torch.einsum("bphd,hd->bhp", keys, self.query) / math.sqrt(self.width // self.n_heads)
        return agreement.softmax(dim=-1)

    def forward(self, tokens: Tensor) -> Tensor:
        """Return float32 (B, ``width``) of tokens (B, P, ``width``)."""
        values = self._by_head(self.values(tokens))
        return torch.einsum("bhp,bphd->bhd", self.weights(tokens), values).flatten(1)

    def _by_head(self, tokens: Tensor) -> Tensor:
        return tokens.reshape(*tokens.shape[:-1], self.n_heads, -1)
