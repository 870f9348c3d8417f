"""SE-ResNeXt along time: grouped bottlenecks in four stages, each with squeeze and excitation.

Xie, Girshick, Dollar, Tu, He, "Aggregated residual transformations", CVPR 2017, arXiv:1611.05431; Hu, Shen, Sun,
"Squeeze-and-excitation networks", CVPR 2018, arXiv:1709.01507. The stages of 50, 101 and 152 layers are theirs; ours
differs in the one dimension, in odd kernels of any size, in average-pooled shortcuts (He et al. 2019), and in width and
growth of the width, which make networks that two CPU cores can train.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import nn

from einthoven.errors import SpecificationError
from einthoven.models.blocks.convolution import convolution_norm
from einthoven.models.blocks.pooling import Pooling, PoolingName
from einthoven.models.blocks.residual import ResidualBlock, average_shortcut
from einthoven.models.blocks.squeeze_excitation import SqueezeExcitation
from einthoven.models.blocks.stem import stem
from einthoven.models.encoder import ConvolutionalEncoder
from einthoven.models.lengths import Lengths

__all__ = ["SeResNeXt1d", "SeResNeXt1dSettings"]

# bottlenecks per stage; 3 convolutions each, the stem and the last linear layer make the depth
DEPTHS: dict[int, tuple[int, ...]] = {
    26: (2, 2, 2, 2),
    50: (3, 4, 6, 3),
    101: (3, 4, 23, 3),
    152: (3, 8, 36, 3),
}


@dataclass(frozen=True, slots=True)
class SeResNeXt1dSettings:
    """Shape of the network; the defaults make a narrow one, of 0.22 million weights, for two CPU cores.

    The paper's: ``width=64, growth=2, cardinality=32, kernel_size=3, stem_widths=(64,), stem_kernel_size=7``,
    ``reduction=16, pooling="mean"``.

    Attributes
    ----------
    depth : 26, 50, 101 or 152
    width : int
        Stage s (0 to 3) convolves ``2 * width * growth**s`` channels and puts out twice as many; 64 in the paper.
    growth : int
        Of the width from stage to stage; 2 in the paper, 1 keeps it.
    cardinality : int
        Groups of the middle convolution; 32 in the paper. Divides ``2 * width``.
    kernel_size : int
        Of the middle convolution, odd, in samples.
    stem_widths : tuple of int
        Convolutions of the stem; empty for one of ``width`` channels.
    stem_kernel_size, stem_stride : int
    reduction : int
        Of squeeze and excitation.
    pooling : ``mean`` or ``mean_max``
    block_dropout : float
        Stochastic depth.
    """

    depth: int = 26
    width: int = 32
    growth: int = 1
    cardinality: int = 8
    kernel_size: int = 5
    stem_widths: tuple[int, ...] = (32, 64)
    stem_kernel_size: int = 5
    stem_stride: int = 2
    reduction: int = 8
    pooling: PoolingName = "mean_max"
    block_dropout: float = 0.0

    def __post_init__(self) -> None:
        if self.depth not in DEPTHS:
            raise SpecificationError(f"depth of se_resnext1d must be one of {sorted(DEPTHS)}, got {self.depth}")
        if min(self.width, self.growth, self.cardinality) < 1 or (2 * self.width) % self.cardinality:
            raise SpecificationError(
                "cardinality of se_resnext1d must divide twice the width, "
                f"got cardinality {self.cardinality} and width {self.width}"
            )
        if self.kernel_size % 2 == 0 or self.stem_kernel_size % 2 == 0:
            raise SpecificationError(
                f"kernels of se_resnext1d must be odd, got {self.kernel_size} and {self.stem_kernel_size}"
            )
        if min(self.kernel_size, self.stem_kernel_size, self.stem_stride, self.reduction, *self.stem_widths) < 1:
            raise SpecificationError(
                "kernels, stem_stride, reduction and stem_widths of se_resnext1d must be positive, got "
                f"{self.kernel_size}, {self.stem_kernel_size}, {self.stem_stride}, {self.reduction}, {self.stem_widths}"
            )
        if not 0 <= self.block_dropout < 1:
            raise SpecificationError(f"block_dropout of se_resnext1d must lie in [0, 1), got {self.block_dropout}")


class SeResNeXt1d(ConvolutionalEncoder):
    """SE-ResNeXt of 26, 50, 101 or 152 layers.

    Parameters
    ----------
    settings : SeResNeXt1dSettings
    n_leads : int
    """

    settings_type: ClassVar[type[SeResNeXt1dSettings]] = SeResNeXt1dSettings

    def __init__(self, settings: SeResNeXt1dSettings, *, n_leads: int) -> None:
        stem_widths = settings.stem_widths or (settings.width,)
        blocks: dict[str, nn.Module] = {
            "stem": stem(n_leads, stem_widths, kernel_size=settings.stem_kernel_size, stride=settings.stem_stride)
        }
        width = stem_widths[-1]
        counts = DEPTHS[settings.depth]
        for index, count in enumerate(counts):
            out = 4 * settings.width * settings.growth**index
            stage = [
                _block(settings, width if position == 0 else out, out, stride=2 if position == 0 and index > 0 else 1)
                for position in range(count)
            ]
            blocks[f"stage{index + 1}"] = nn.Sequential(*stage)
            width = out
        super().__init__(
            blocks,
            pooling=Pooling(width, settings.pooling),
            n_leads=n_leads,
            lengths=Lengths(minimum=settings.stem_stride * 16),
            n_layers=2 + 3 * sum(counts),
            receptive_field=None,  # squeeze and excitation see the whole window
        )


def _block(settings: SeResNeXt1dSettings, in_width: int, out_width: int, *, stride: int) -> ResidualBlock:
    inner = out_width // 2
    branch = nn.Sequential(
        convolution_norm(in_width, inner),
        convolution_norm(inner, inner, kernel_size=settings.kernel_size, stride=stride, groups=settings.cardinality),
        convolution_norm(inner, out_width, activate=False, start_at_zero=True),
        SqueezeExcitation(out_width, reduction=settings.reduction),
    )
    shortcut = average_shortcut(in_width, out_width, stride=stride)
    return ResidualBlock(branch, shortcut, drop_probability=settings.block_dropout)
