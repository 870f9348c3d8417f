"""resnet1d: three residual blocks of convolutions at the full rate, the baseline of time series classification.

Wang, Yan, Oates, "Time series classification from scratch with deep neural networks: a strong baseline", IJCNN 2017,
arXiv:1611.06455 (code: github.com/cauchyturing/UCR_Time_Series_Classification_Deep_Learning_Baseline). The defaults are
theirs: three blocks of 64, 128 and 128 channels, three convolutions each with kernels of 8, 5 and 3, and shortcuts with
batch normalisation, behind a 1x1 convolution where the width changes. Ours differs in convolutions without the bias,
which the batch normalisation behind them takes away again, and in no batch normalisation of the input, which the
authors' code has and their paper has not.

The strided variant for ECGs of Strodthoff et al. 2021, doi:10.1109/JBHI.2020.3022989 ("resnet1d_wang" in
github.com/helme/ecg_ptbxl_benchmarking): ``widths=(128, 128, 128), kernel_sizes=(5, 3), strides=(1, 2, 2)``,
``stem_width=128, stem_kernel_size=7, plain_shortcut=True, pooling="mean_max"``. It differs from theirs in the linear
head. ``xresnet1d`` is the later network of that paper.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from torch import nn

from einthoven.errors import SpecificationError
from einthoven.models.blocks.convolution import convolution
from einthoven.models.blocks.pooling import Pooling, PoolingName
from einthoven.models.blocks.receptive_field import receptive_field
from einthoven.models.blocks.residual import ResidualBlock
from einthoven.models.blocks.same_padding import same_convolution_norm
from einthoven.models.encoder import ConvolutionalEncoder
from einthoven.models.lengths import Lengths

__all__ = ["ResNet1d", "ResNet1dSettings"]


@dataclass(frozen=True, slots=True)
class ResNet1dSettings:
    """Shape of the network; the defaults are those of Wang et al.

    Attributes
    ----------
    widths : tuple of int
        Channels of the residual blocks.
    kernel_sizes : tuple of int
        Of the convolutions of each block, in samples, odd or even.
    strides : tuple of int
        One per block, of its first convolution.
    stem_width : int
        Channels of a convolution before the blocks; 0 for none.
    stem_kernel_size : int
        Of that convolution, in samples; nothing where there is none.
    plain_shortcut : bool
        The shortcut of a block that keeps width and length is the identity; False normalises it.
    pooling : ``mean`` or ``mean_max``
    block_dropout : float
        Stochastic depth.
    """

    widths: tuple[int, ...] = (64, 128, 128)
    kernel_sizes: tuple[int, ...] = (8, 5, 3)
    strides: tuple[int, ...] = (1, 1, 1)
    stem_width: int = 0
    stem_kernel_size: int = 7
    plain_shortcut: bool = False
    pooling: PoolingName = "mean"
    block_dropout: float = 0.0

    def __post_init__(self) -> None:
        if not self.widths or len(self.widths) != len(self.strides):
            raise SpecificationError(
                f"resnet1d needs one stride per width, and at least one, got {self.strides} and {self.widths}"
            )
        if not self.kernel_sizes or min(self.widths + self.strides + self.kernel_sizes) < 1:
            raise SpecificationError(
                "widths, strides and kernel_sizes of resnet1d must be positive, "
                f"got {self.widths}, {self.strides} and {self.kernel_sizes}"
            )
        if self.stem_width < 0 or self.stem_kernel_size < 1:
            raise SpecificationError(
                "stem_width of resnet1d must be 0 or positive and stem_kernel_size positive, "
                f"got {self.stem_width} and {self.stem_kernel_size}"
            )
        if not 0 <= self.block_dropout < 1:
            raise SpecificationError(f"block_dropout of resnet1d must be in [0, 1), got {self.block_dropout}")


class ResNet1d(ConvolutionalEncoder):
    """Residual blocks without a bottleneck; one token per sample unless a block has a stride.

    ``n_layers`` counts the convolutions on the main path and the last linear layer, 10 for the defaults; Ismail Fawaz
    et al. 2019, doi:10.1007/s10618-019-00619-1, also count the mean over time and say 11.

    Parameters
    ----------
    settings : ResNet1dSettings
    n_leads : int
    """

    settings_type: ClassVar[type[ResNet1dSettings]] = ResNet1dSettings

    def __init__(self, settings: ResNet1dSettings, *, n_leads: int) -> None:
        width = settings.stem_width or n_leads
        stem = same_convolution_norm(n_leads, width, kernel_size=settings.stem_kernel_size)
        blocks: dict[str, nn.Module] = {"stem": stem if settings.stem_width else nn.Sequential()}
        for index, (out, stride) in enumerate(zip(settings.widths, settings.strides, strict=True)):
            blocks[f"block{index + 1}"] = _block(settings, width, out, stride=stride)
            width = out
        super().__init__(
            blocks,
            pooling=Pooling(width, settings.pooling),
            n_leads=n_leads,
            lengths=Lengths(minimum=max(settings.kernel_sizes) * math.prod(settings.strides)),
            n_layers=int(settings.stem_width > 0) + len(settings.kernel_sizes) * len(settings.widths) + 1,
            receptive_field=receptive_field(blocks.values()),
        )


def _block(settings: ResNet1dSettings, in_width: int, out_width: int, *, stride: int) -> ResidualBlock:
    last = len(settings.kernel_sizes) - 1
    branch = [
        same_convolution_norm(
            in_width if index == 0 else out_width,
            out_width,
            kernel_size=kernel_size,
            stride=stride if index == 0 else 1,
            activate=index < last,
        )
        for index, kernel_size in enumerate(settings.kernel_sizes)
    ]
    shortcut: list[nn.Module] = []
    changes = in_width != out_width or stride > 1
    if changes:
        shortcut.append(convolution(in_width, out_width, stride=stride))
    if changes or not settings.plain_shortcut:
        shortcut.append(nn.BatchNorm1d(out_width))
    return ResidualBlock(nn.Sequential(*branch), nn.Sequential(*shortcut), drop_probability=settings.block_dropout)
