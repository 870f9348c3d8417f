"""The residual block of S4 networks: state space, GELU, gated mixing of channels, sum, layer normalisation.

Gu et al. 2022, arXiv:2111.00396; in this order, normalised behind the sum, on ECGs by Mehari and Strodthoff 2022,
arXiv:2211.07579 (code: github.com/tmehari/ssm_ecg).
"""

from __future__ import annotations

from torch import Tensor, nn

from einthoven.models.blocks.channel_dropout import ChannelDropout
from einthoven.models.blocks.state_space import StateSpace

__all__ = ["StateSpaceBlock"]


class StateSpaceBlock(nn.Module):
    """``norm(x + value * sigmoid(gate))``, value and gate being linear maps of ``gelu(state_space(x))``.

    Parameters
    ----------
    state_space : StateSpace
    dropout : float in [0, 1)
        Of channels, behind the activation and before the sum.
    """

    def __init__(self, state_space: StateSpace, *, dropout: float) -> None:
        super().__init__()
        self.state_space = state_space
        self.activation = nn.GELU()
        self.inner_dropout = ChannelDropout(dropout)
        self.mix = nn.Linear(state_space.width, 2 * state_space.width)
        self.gate = nn.Sigmoid()
        self.outer_dropout = ChannelDropout(dropout)
        self.norm = nn.LayerNorm(state_space.width)

    def forward(self, tokens: Tensor) -> Tensor:
        """Return float32 (B, P, D) of tokens (B, P, D)."""
        filtered = self.inner_dropout(self.activation(self.state_space(tokens)))
        value, gate = self.mix(filtered).chunk(2, dim=-1)
        out: Tensor = self.norm(tokens + self.outer_dropout(value * self.gate(gate)))
        return out
