"""A transformer layer that normalises after each residual sum (Vaswani et al. 2017, arXiv:1706.03762, figure 1).

As in BERT (Devlin et al. 2019, arXiv:1810.04805) the activation is an exact GELU.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from einthoven.models.blocks.self_attention import SelfAttention

__all__ = ["PostNormLayer"]

# standard deviation of the initial weights of linear layers: Devlin et al. 2019, authors' code
INITIAL_DEVIATION = 0.02


class PostNormLayer(nn.Module):
    """``y = norm(x + attention(x))``, then ``norm(y + narrow(gelu(widen(y))))``.

    Parameters
    ----------
    width, hidden_width : int
        Of a token, and between the two linear layers.
    n_heads : int
    dropout : float in [0, 1)
        Of what is added to each residual sum, and of the hidden units.
    attention_dropout : float in [0, 1)
    drop_probability : float in [0, 1)
        Chance that a record skips the layer in training (Fan et al. 2020, "LayerDrop", arXiv:1909.11556, there for all
        records of a batch alike); nothing is scaled up, since what leaves a layer is normalised.
    """

    def __init__(
        self,
        width: int,
        *,
        hidden_width: int,
        n_heads: int,
        dropout: float = 0.0,
        attention_dropout: float = 0.0,
        drop_probability: float = 0.0,
    ) -> None:
        super().__init__()
        self.attention = SelfAttention(width, n_heads=n_heads, dropout=attention_dropout)
        self.attention_norm = nn.LayerNorm(width)
        self.widen = nn.Linear(width, hidden_width)
        self.activation = nn.GELU()
        self.narrow = nn.Linear(hidden_width, width)
        self.output_norm = nn.LayerNorm(width)
        self.dropout = nn.Dropout(dropout)
        self.drop_probability = drop_probability
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, std=INITIAL_DEVIATION)
                nn.init.zeros_(module.bias)

    def forward(self, tokens: Tensor) -> Tensor:
        """Return float32 (B, P, D) of tokens (B, P, D)."""
        seen = self.attention_norm(tokens + self.dropout(self.attention(tokens)))
        hidden = self.dropout(self.activation(self.widen(seen)))
        out: Tensor = self.output_norm(seen + self.dropout(self.narrow(hidden)))
        if self.training and self.drop_probability > 0:
            kept = torch.rand(len(tokens), 1, 1, device=tokens.device) >= self.drop_probability
            out = torch.where(kept, out, tokens)
        return out
