"""Self-attention with several heads and a layer each for queries, keys and values (Vaswani et al. 2017).

"Attention is all you need", NeurIPS 2017, arXiv:1706.03762, section 3.2.2.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

__all__ = ["SelfAttention"]


class SelfAttention(nn.Module):
    """``softmax(Q K' / sqrt(width of a head)) V`` of each head, side by side, through a last layer.

    Parameters
    ----------
    width : int
        Of a token; a multiple of ``n_heads``.
    n_heads : int
    dropout : float in [0, 1)
        Of the attention weights, in training.
    """

    def __init__(self, width: int, *, n_heads: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.dropout = dropout
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)
        self.output = nn.Linear(width, width)

    def forward(self, tokens: Tensor) -> Tensor:
        """Return float32 (B, P, D) of tokens (B, P, D)."""
        query, key, value = (self._heads(layer(tokens)) for layer in (self.query, self.key, self.value))
        dropout = self.dropout if self.training else 0.0
        attended = functional.scaled_dot_product_attention(query, key, value, dropout_p=dropout)
        out: Tensor = self.output(attended.transpose(1, 2).flatten(2))
        return out

    def _heads(self, tokens: Tensor) -> Tensor:
        """Return (B, head, P, width of a head) of (B, P, D)."""
        batch, n_tokens, width = tokens.shape
        return tokens.reshape(batch, n_tokens, self.n_heads, width // self.n_heads).transpose(1, 2)
