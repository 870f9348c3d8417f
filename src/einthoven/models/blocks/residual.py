"""A residual block: the branch's output plus the shortcut's, then a ReLU (He et al. 2016, doi:10.1109/CVPR.2016.90)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from einthoven.models.blocks.convolution import convolution_norm

__all__ = ["ResidualBlock", "average_shortcut"]


class ResidualBlock(nn.Module):
    """``relu(branch(x) + shortcut(x))``, the branch left out at random in training (Huang et al. 2016).

    Parameters
    ----------
    branch, shortcut : Module
        Both map (B, in width, T) to (B, out width, T').
    drop_probability : float in [0, 1)
        Chance that a sample skips the branch in training; kept branches are scaled up, so evaluation needs no scaling.
    activate : bool
        False leaves the last ReLU out (the "linear" blocks of Sandler et al. 2018, arXiv:1801.04381).
    """

    def __init__(
        self, branch: nn.Module, shortcut: nn.Module, *, drop_probability: float = 0.0, activate: bool = True
    ) -> None:
        super().__init__()
        self.branch = branch
        self.shortcut = shortcut
        self.activation = nn.ReLU() if activate else nn.Identity()
        self.drop_probability = drop_probability

    def forward(self, signal: Tensor) -> Tensor:
        """Return float32 (B, out width, T')."""
        branch = self.branch(signal)
        if self.training and self.drop_probability > 0:
            kept = torch.rand(len(branch), 1, 1, device=branch.device) >= self.drop_probability
            branch = branch * (kept / (1 - self.drop_probability))
        out: Tensor = self.activation(branch + self.shortcut(signal))
        return out


def average_shortcut(in_width: int, out_width: int, *, stride: int) -> nn.Sequential:
    """Return the shortcut of "ResNet-D": mean over ``stride`` samples, then a 1x1 convolution where the width changes.

    A strided 1x1 convolution would throw away samples (He et al. 2019, figure 2c).
    """
    layers: list[nn.Module] = []
    if stride > 1:
        layers.append(nn.AvgPool1d(stride, stride, ceil_mode=True))
    if in_width != out_width:
        layers.append(convolution_norm(in_width, out_width, activate=False))
    return nn.Sequential(*layers)
