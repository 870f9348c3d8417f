"""xresnet1d: a ResNet with a stem of small convolutions, averaging shortcuts and blocks that start as the identity.

He, Zhang, Zhang, Zhang, Xie, Li, "Bag of tricks for image classification", CVPR 2019, arXiv:1812.01187; on ECGs by
Strodthoff et al. 2021, doi:10.1109/JBHI.2020.3022989 (code: github.com/helme/ecg_ptbxl_benchmarking, MIT). As theirs:
all four stages have the same width, kernels of 5. Ours differs in that one linear layer is the default head, and that
depth, widths, kernels and stem are settings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import nn

from einthoven.errors import SpecificationError
from einthoven.models.blocks.convolution import convolution_norm
from einthoven.models.blocks.pooling import Pooling, PoolingName
from einthoven.models.blocks.receptive_field import receptive_field
from einthoven.models.blocks.residual import ResidualBlock, average_shortcut
from einthoven.models.blocks.stem import stem
from einthoven.models.encoder import ConvolutionalEncoder
from einthoven.models.lengths import Lengths

__all__ = ["XResNet1d", "XResNet1dSettings"]

# blocks per stage, and output channels per inner channel (4: bottleneck), He et al. 2016, table 1
DEPTHS: dict[int, tuple[tuple[int, ...], int]] = {
    18: ((2, 2, 2, 2), 1),
    34: ((3, 4, 6, 3), 1),
    50: ((3, 4, 6, 3), 4),
    101: ((3, 4, 23, 3), 4),
}


@dataclass(frozen=True, slots=True)
class XResNet1dSettings:
    """Shape of the network.

    Attributes
    ----------
    depth : 18, 34, 50 or 101
    widths : tuple of int
        Inner channels of the four stages; from depth 50 on a stage puts out four times as many.
    kernel_size : int
        Of the blocks, odd, in samples.
    stem_widths : tuple of int
    stem_kernel_size, stem_stride : int
        The first of the stem's convolutions has the stride.
    pooling : ``mean`` or ``mean_max``
    block_dropout : float
        Stochastic depth.
    """

    depth: int = 18
    widths: tuple[int, ...] = (64, 64, 64, 64)
    kernel_size: int = 5
    stem_widths: tuple[int, ...] = (32, 32, 64)
    stem_kernel_size: int = 5
    stem_stride: int = 2
    pooling: PoolingName = "mean_max"
    block_dropout: float = 0.0

    def __post_init__(self) -> None:
        if self.depth not in DEPTHS:
            raise SpecificationError(f"depth of xresnet1d must be one of {sorted(DEPTHS)}, got {self.depth}")
        if len(self.widths) != 4 or not self.stem_widths:
            raise SpecificationError(
                f"xresnet1d needs 4 widths and at least one stem width, got {self.widths} and {self.stem_widths}"
            )
        if self.kernel_size % 2 == 0 or self.stem_kernel_size % 2 == 0:
            raise SpecificationError(
                f"kernels of xresnet1d must be odd, got {self.kernel_size} and {self.stem_kernel_size}"
            )
        if min(*self.widths, *self.stem_widths, self.kernel_size, self.stem_kernel_size, self.stem_stride) < 1:
            raise SpecificationError(
                "widths, kernels and stem_stride of xresnet1d must be positive, got "
                f"{self.widths}, {self.stem_widths}, {self.kernel_size}, {self.stem_kernel_size}, {self.stem_stride}"
            )
        if not 0 <= self.block_dropout < 1:
            raise SpecificationError(f"block_dropout of xresnet1d must lie in [0, 1), got {self.block_dropout}")


class XResNet1d(ConvolutionalEncoder):
    """xresnet1d of 18, 34, 50 or 101 layers.

    Parameters
    ----------
    settings : XResNet1dSettings
    n_leads : int
    """

    settings_type: ClassVar[type[XResNet1dSettings]] = XResNet1dSettings

    def __init__(self, settings: XResNet1dSettings, *, n_leads: int) -> None:
        counts, expansion = DEPTHS[settings.depth]
        blocks: dict[str, nn.Module] = {
            "stem": stem(
                n_leads, settings.stem_widths, kernel_size=settings.stem_kernel_size, stride=settings.stem_stride
            )
        }
        width = settings.stem_widths[-1]
        for index, count in enumerate(counts):
            out = settings.widths[index] * expansion
            blocks[f"stage{index + 1}"] = _stage(settings, width, index=index, count=count, expansion=expansion)
            width = out
        per_block = 2 if expansion == 1 else 3
        super().__init__(
            blocks,
            pooling=Pooling(width, settings.pooling),
            n_leads=n_leads,
            lengths=Lengths(minimum=settings.stem_stride * 16),
            n_layers=2 + per_block * sum(counts),
            receptive_field=receptive_field(blocks.values()),
        )


def _stage(settings: XResNet1dSettings, in_width: int, *, index: int, count: int, expansion: int) -> nn.Sequential:
    inner = settings.widths[index]
    out = inner * expansion
    blocks = []
    for position in range(count):
        stride = 2 if position == 0 and index > 0 else 1
        block_in = in_width if position == 0 else out
        branch = _basic if expansion == 1 else _bottleneck
        blocks.append(
            ResidualBlock(
                branch(block_in, inner, out, kernel_size=settings.kernel_size, stride=stride),
                average_shortcut(block_in, out, stride=stride),
                drop_probability=settings.block_dropout,
            )
        )
    return nn.Sequential(*blocks)


def _basic(in_width: int, inner: int, out: int, *, kernel_size: int, stride: int) -> nn.Sequential:
    return nn.Sequential(
        convolution_norm(in_width, inner, kernel_size=kernel_size, stride=stride),
        convolution_norm(inner, out, kernel_size=kernel_size, activate=False, start_at_zero=True),
    )


def _bottleneck(in_width: int, inner: int, out: int, *, kernel_size: int, stride: int) -> nn.Sequential:
    return nn.Sequential(
        convolution_norm(in_width, inner),
        convolution_norm(inner, inner, kernel_size=kernel_size, stride=stride),
        convolution_norm(inner, out, activate=False, start_at_zero=True),
    )
