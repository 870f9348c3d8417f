"""A transformer block that normalises before each branch (Xiong et al. 2020, arXiv:2002.04745; vision transformers)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from einthoven.models.blocks.fused_attention import FusedAttention

__all__ = ["PreNormLayer", "start_linear"]

# standard deviation of new weights, Radford et al. 2018 (GPT); BERT and vision transformers also cut the distribution,
# at two deviations, which would make building a network ten times slower
START = 0.02


class PreNormLayer(nn.Module):
    """``x + attention(norm(x))``, then ``x + mlp(norm(x))``, with GELU between the two layers of the perceptron.

    Parameters
    ----------
    width : int
    heads, head_width : int
    mlp_width : int
    qkv_bias : bool
    drop_probability : float in [0, 1)
        Chance that a sample skips a branch in training (Huang et al. 2016); kept branches are scaled up.
    """

    def __init__(
        self,
        width: int,
        *,
        heads: int,
        head_width: int,
        mlp_width: int,
        qkv_bias: bool,
        drop_probability: float = 0.0,
    ) -> None:
        super().__init__()
        self.attention_norm = nn.LayerNorm(width)
        self.attention = FusedAttention(width, heads=heads, head_width=head_width, bias=qkv_bias)
        self.mlp_norm = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, mlp_width), nn.GELU(), nn.Linear(mlp_width, width))
        self.drop_probability = drop_probability
        self.apply(start_linear)

    def forward(self, tokens: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return float32 (B, P, D) of tokens (B, P, D); ``mask`` as in ``FusedAttention``."""
        tokens = tokens + self._kept(self.attention(self.attention_norm(tokens), mask))
        return tokens + self._kept(self.mlp(self.mlp_norm(tokens)))

    def divide_outputs(self, by: float) -> None:
        """Make both branches' last weights smaller, so that a deep stack starts near the identity."""
        with torch.no_grad():
            for name in ("attention.out.weight", "mlp.2.weight"):
                self.get_parameter(name).div_(by)

    def _kept(self, branch: Tensor) -> Tensor:
        if not self.training or self.drop_probability == 0:
            return branch
        kept = torch.rand(branch.shape[0], 1, 1, device=branch.device) >= self.drop_probability
        return branch * (kept / (1 - self.drop_probability))


def start_linear(module: nn.Module) -> None:
    """Draw a linear layer's weights from a normal distribution; biases become 0."""
    if isinstance(module, nn.Linear):
        nn.init.normal_(module.weight, std=START)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
