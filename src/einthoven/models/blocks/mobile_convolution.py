"""Inverted bottlenecks: channels are expanded, convolved and projected back, with a shortcut where the shape stays.

"MBConv" of Sandler et al. 2018, arXiv:1801.04381, with squeeze and excitation (Tan and Le 2019, arXiv:1905.11946), and
"Fused-MBConv", whose first convolution does the depthwise one's work (Tan and Le 2021, arXiv:2104.00298, figure 2).
"""

from __future__ import annotations

import math

from torch import nn

from einthoven.models.blocks.convolution import convolution
from einthoven.models.blocks.residual import ResidualBlock
from einthoven.models.blocks.squeeze_excitation import SqueezeExcitation

__all__ = ["convolution_silu", "fused_mobile_convolution", "mobile_convolution"]

# of the authors' batch normalisation (google/automl, efficientnetv2/hparams.py)
NORM_EPS = 1e-3
# hidden values of squeeze and excitation per channel of the block's input
SQUEEZE_RATIO = 4


def convolution_silu(
    in_width: int,
    out_width: int,
    *,
    kernel_size: int = 1,
    stride: int = 1,
    groups: int = 1,
    activate: bool = True,
) -> nn.Sequential:
    """Return convolution, batch normalisation and, with ``activate``, a SiLU of its own; the kernel is odd."""
    layer = convolution(in_width, out_width, kernel_size=kernel_size, stride=stride, groups=groups)
    # as the authors start it: by the values that one sample of the input has a part in, those of its own group
    nn.init.normal_(layer.weight, std=math.sqrt(2 * groups / (out_width * kernel_size)))
    layers: list[nn.Module] = [layer, nn.BatchNorm1d(out_width, eps=NORM_EPS)]
    return nn.Sequential(*layers, nn.SiLU()) if activate else nn.Sequential(*layers)


def mobile_convolution(
    in_width: int,
    out_width: int,
    *,
    expansion: int,
    kernel_size: int,
    stride: int,
    drop_probability: float = 0.0,
) -> nn.Module:
    """Return MBConv: 1x1 to ``expansion`` times the width, depthwise, squeeze and excitation, 1x1 to the output's.

    Parameters
    ----------
    in_width, out_width : int
    expansion : int
        1 leaves the first 1x1 convolution out.
    kernel_size, stride : int
        Of the depthwise convolution.
    drop_probability : float in [0, 1)
        Stochastic depth, where there is a shortcut.
    """
    inner = expansion * in_width
    layers: list[nn.Module] = [] if expansion == 1 else [convolution_silu(in_width, inner)]
    layers += [
        convolution_silu(inner, inner, kernel_size=kernel_size, stride=stride, groups=inner),
        SqueezeExcitation(inner, hidden_width=max(1, in_width // SQUEEZE_RATIO), activation=nn.SiLU),
        convolution_silu(inner, out_width, activate=False),
    ]
    return _beside_shortcut(nn.Sequential(*layers), in_width, out_width, stride, drop_probability)


def fused_mobile_convolution(
    in_width: int,
    out_width: int,
    *,
    expansion: int,
    kernel_size: int,
    stride: int,
    drop_probability: float = 0.0,
) -> nn.Module:
    """Return Fused-MBConv: a full convolution to ``expansion`` times the width, 1x1 to the output's.

    With an expansion of 1 it is one convolution with its activation. Parameters as of ``mobile_convolution``.
    """
    if expansion == 1:
        layers = [convolution_silu(in_width, out_width, kernel_size=kernel_size, stride=stride)]
    else:
        inner = expansion * in_width
        layers = [
            convolution_silu(in_width, inner, kernel_size=kernel_size, stride=stride),
            convolution_silu(inner, out_width, activate=False),
        ]
    return _beside_shortcut(nn.Sequential(*layers), in_width, out_width, stride, drop_probability)


def _beside_shortcut(
    branch: nn.Module, in_width: int, out_width: int, stride: int, drop_probability: float
) -> nn.Module:
    if stride > 1 or in_width != out_width:
        return branch
    return ResidualBlock(branch, nn.Identity(), drop_probability=drop_probability, activate=False)
