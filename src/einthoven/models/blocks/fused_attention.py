"""Attention of tokens to each other whose queries, keys and values come from one linear layer (Vaswani et al. 2017)."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

__all__ = ["FusedAttention"]


class FusedAttention(nn.Module):
    """``softmax(q k / sqrt(head_width)) v`` per head, then a linear layer over all heads.

    Parameters
    ----------
    width : int
        Of a token.
    heads, head_width : int
        Their product may differ from ``width``.
    bias : bool
        Of queries, keys and values; the last layer always has one.
    """

    def __init__(self, width: int, *, heads: int, head_width: int, bias: bool) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * heads * head_width, bias=bias)
        self.out = nn.Linear(heads * head_width, width)

    def forward(self, tokens: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return float32 (B, P, D) of tokens (B, P, D).

        Parameters
        ----------
        tokens : float32 (B, P, D)
        mask : bool (P, P), optional
            True where the token of the row may see the token of the column; each row has at least one.
        """
        parts = self.qkv(tokens).reshape(*tokens.shape[:2], 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        query, key, value = parts.unbind(0)
        seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        out: Tensor = self.out(seen.transpose(1, 2).flatten(2))
        return out
