"""efficientnet1d: EfficientNetV2 along time, stages of fused and of depthwise inverted bottlenecks.

Tan and Le, "EfficientNetV2: smaller models and faster training", ICML 2021, arXiv:2104.00298 (code:
github.com/google/automl, Apache-2.0, read for facts). Stages, expansions, squeeze and excitation, SiLU and the rounding
of scaled widths are theirs; ours differs in the one dimension, in odd kernels of any size, in a batch normalisation
with torch's momentum of 0.1 (theirs 0.01), in no stochastic depth unless asked for, and in the dropout and the linear
layer, which belong to the head.

The defaults are EfficientNetV2-B0 with kernels of 5. EfficientNetV2-S: ``stem_width=24``,
``widths=(24, 48, 64, 128, 160, 256), repeats=(2, 4, 4, 6, 9, 15)``; B3: ``width_multiplier=1.2, depth_multiplier=1.4``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from torch import nn

from einthoven.errors import SpecificationError
from einthoven.models.blocks.mobile_convolution import convolution_silu, fused_mobile_convolution, mobile_convolution
from einthoven.models.blocks.pooling import Pooling, PoolingName
from einthoven.models.blocks.receptive_field import receptive_field
from einthoven.models.encoder import ConvolutionalEncoder
from einthoven.models.lengths import Lengths

__all__ = ["EfficientNet1d", "EfficientNet1dSettings"]

# scaled widths are multiples of it (google/automl, efficientnetv2/hparams.py, depth_divisor)
WIDTH_DIVISOR = 8


@dataclass(frozen=True, slots=True)
class EfficientNet1dSettings:
    """Shape of the network; the defaults make one of 5.7 million weights.

    Attributes
    ----------
    widths, repeats, strides, expansions : tuple of int
        One per stage: channels, blocks, stride of the first block, and inner channels per channel of the input.
    fused_stages : int
        The first so many stages have fused blocks, without squeeze and excitation; the others have depthwise ones.
    kernel_size : int
        Of all blocks and the stem, odd, in samples; 3 in the paper.
    stem_width, stem_stride : int
    feature_width : int
        Channels of the last 1x1 convolution, which the tokens have.
    width_multiplier, depth_multiplier : float
        Of all widths (rounded to multiples of 8) and of the repeats (rounded up).
    pooling : ``mean`` or ``mean_max``
    block_dropout : float
        Stochastic depth; rises linearly from 0 in the first block to nearly this behind the last. 0.2 in the paper.
    """

    widths: tuple[int, ...] = (16, 32, 48, 96, 112, 192)
    repeats: tuple[int, ...] = (1, 2, 2, 3, 5, 8)
    strides: tuple[int, ...] = (1, 2, 2, 2, 1, 2)
    expansions: tuple[int, ...] = (1, 4, 4, 4, 6, 6)
    fused_stages: int = 3
    kernel_size: int = 5
    stem_width: int = 32
    stem_stride: int = 2
    feature_width: int = 1280
    width_multiplier: float = 1.0
    depth_multiplier: float = 1.0
    pooling: PoolingName = "mean"
    block_dropout: float = 0.0

    def __post_init__(self) -> None:
        per_stage = (self.widths, self.repeats, self.strides, self.expansions)
        if not self.widths or len({len(values) for values in per_stage}) > 1:
            raise SpecificationError(
                "widths, repeats, strides and expansions of efficientnet1d must have one value per stage, "
                f"got {self.widths}, {self.repeats}, {self.strides} and {self.expansions}"
            )
        if min(min(values) for values in per_stage) < 1:
            raise SpecificationError(
                "widths, repeats, strides and expansions of efficientnet1d must be positive, "
                f"got {self.widths}, {self.repeats}, {self.strides} and {self.expansions}"
            )
        if min(self.stem_width, self.stem_stride, self.feature_width) < 1:
            raise SpecificationError(
                "stem_width, stem_stride and feature_width of efficientnet1d must be positive, "
                f"got {self.stem_width}, {self.stem_stride} and {self.feature_width}"
            )
        if not 0 <= self.fused_stages <= len(self.widths):
            raise SpecificationError(
                f"fused_stages of efficientnet1d must be 0 to {len(self.widths)}, got {self.fused_stages}"
            )
        if self.kernel_size < 1 or self.kernel_size % 2 == 0:
            raise SpecificationError(f"kernel_size of efficientnet1d must be odd, got {self.kernel_size}")
        if min(self.width_multiplier, self.depth_multiplier) <= 0:
            raise SpecificationError(
                "width_multiplier and depth_multiplier of efficientnet1d must be positive, "
                f"got {self.width_multiplier} and {self.depth_multiplier}"
            )
        if not 0 <= self.block_dropout < 1:
            raise SpecificationError(f"block_dropout of efficientnet1d must be in [0, 1), got {self.block_dropout}")


class EfficientNet1d(ConvolutionalEncoder):
    """EfficientNetV2 along time; one token per 32 samples with the default strides.

    ``n_layers`` counts as the paper's table 4: a block is a layer, the stem one and the last convolution with the
    linear layer one; 42 for EfficientNetV2-S.

    Parameters
    ----------
    settings : EfficientNet1dSettings
    n_leads : int
    """

    settings_type: ClassVar[type[EfficientNet1dSettings]] = EfficientNet1dSettings

    def __init__(self, settings: EfficientNet1dSettings, *, n_leads: int) -> None:
        width = _scaled_width(settings.stem_width, settings.width_multiplier)
        blocks: dict[str, nn.Module] = {
            "stem": convolution_silu(n_leads, width, kernel_size=settings.kernel_size, stride=settings.stem_stride)
        }
        repeats = [math.ceil(count * settings.depth_multiplier) for count in settings.repeats]
        for stage in range(len(repeats)):
            blocks[f"stage{stage + 1}"] = _stage(settings, width, stage=stage, repeats=repeats)
            width = _scaled_width(settings.widths[stage], settings.width_multiplier)
        features = _scaled_width(settings.feature_width, settings.width_multiplier)
        blocks["features"] = convolution_silu(width, features)
        excited = settings.fused_stages < len(repeats)  # squeeze and excitation see the whole window
        super().__init__(
            blocks,
            pooling=Pooling(features, settings.pooling),
            n_leads=n_leads,
            lengths=Lengths(minimum=settings.stem_stride * math.prod(settings.strides)),
            n_layers=2 + sum(repeats),
            receptive_field=None if excited else receptive_field(blocks.values()),
        )


def _stage(settings: EfficientNet1dSettings, in_width: int, *, stage: int, repeats: list[int]) -> nn.Sequential:
    out = _scaled_width(settings.widths[stage], settings.width_multiplier)
    block = fused_mobile_convolution if stage < settings.fused_stages else mobile_convolution
    before, total = sum(repeats[:stage]), sum(repeats)
    return nn.Sequential(
        *[
            block(
                in_width if position == 0 else out,
                out,
                expansion=settings.expansions[stage],
                kernel_size=settings.kernel_size,
                stride=settings.strides[stage] if position == 0 else 1,
                drop_probability=settings.block_dropout * (before + position) / total,
            )
            for position in range(repeats[stage])
        ]
    )


def _scaled_width(width: int, multiplier: float) -> int:
    """Return the nearest multiple of 8, as the authors round; a multiplier of 1 leaves the width as it is."""
    if multiplier == 1:
        return width
    return max(WIDTH_DIVISOR, int(width * multiplier + WIDTH_DIVISOR / 2) // WIDTH_DIVISOR * WIDTH_DIVISOR)
