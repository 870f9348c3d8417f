"""InceptionTime: convolutions of three lengths side by side at the full rate, with a shortcut over every third module.

Ismail Fawaz, Lucas, Forestier et al., "InceptionTime: finding AlexNet for time series classification", 2020,
doi:10.1007/s10618-020-00710-y (code: github.com/hfawaz/InceptionTime, GPL-3, read for facts). As theirs: six modules, a
bottleneck of 32 channels, kernels of 40, 20 and 10 beside a maximum over 3 samples, 32 channels from each, and no
bottleneck where one lead comes in. An even kernel is padded with one zero more behind than before, as Keras does. Ours
is one network; the paper averages five that start from different weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from einthoven.errors import SpecificationError
from einthoven.models.blocks.convolution import convolution, convolution_norm
from einthoven.models.blocks.pooling import Pooling, PoolingName
from einthoven.models.blocks.residual import ResidualBlock
from einthoven.models.blocks.same_padding import same_convolution
from einthoven.models.encoder import ConvolutionalEncoder
from einthoven.models.lengths import Lengths

__all__ = ["InceptionModule", "InceptionTime", "InceptionTimeSettings"]

# modules that one shortcut spans
MODULES_PER_SHORTCUT = 3


@dataclass(frozen=True, slots=True)
class InceptionTimeSettings:
    """Shape of the network; the defaults are the paper's.

    Attributes
    ----------
    depth : int
        Modules; every third is joined to a shortcut, modules behind the last shortcut have none.
    width : int
        Channels from each kernel and from the maximum; a module puts out ``width * (1 + number of kernels)``.
    bottleneck_width : int
        Channels that the kernels read; 0 for no bottleneck.
    kernel_sizes : tuple of int
        In samples, odd or even. A window is no shorter than the longest.
    pooling : ``mean`` or ``mean_max``
    block_dropout : float
        Stochastic depth, of three modules at once.
    """

    depth: int = 6
    width: int = 32
    bottleneck_width: int = 32
    kernel_sizes: tuple[int, ...] = (40, 20, 10)
    pooling: PoolingName = "mean"
    block_dropout: float = 0.0

    def __post_init__(self) -> None:
        if self.depth < 2 or self.width < 1 or self.bottleneck_width < 0:
            raise SpecificationError(
                "inception_time needs a depth of 2 or more, a positive width and a bottleneck_width of 0 or more, "
                f"got {self.depth}, {self.width} and {self.bottleneck_width}"
            )
        if not self.kernel_sizes or min(self.kernel_sizes) < 1:
            raise SpecificationError(f"kernel_sizes of inception_time must be positive, got {self.kernel_sizes}")
        if not 0 <= self.block_dropout < 1:
            raise SpecificationError(f"block_dropout of inception_time must be in [0, 1), got {self.block_dropout}")


class InceptionTime(ConvolutionalEncoder):
    """Inception modules in residual groups of three; one token per sample.

    ``n_layers`` counts modules, the paper's "depth". The receptive field is ``1 + depth * (longest kernel - 1)``
    samples: 235 for the defaults, 0.94 s at 250 Hz.

    Parameters
    ----------
    settings : InceptionTimeSettings
    n_leads : int
    """

    settings_type: ClassVar[type[InceptionTimeSettings]] = InceptionTimeSettings

    def __init__(self, settings: InceptionTimeSettings, *, n_leads: int) -> None:
        blocks: dict[str, nn.Module] = {"stem": nn.Sequential()}
        width, out = n_leads, settings.width * (1 + len(settings.kernel_sizes))
        for start in range(0, settings.depth, MODULES_PER_SHORTCUT):
            count = min(MODULES_PER_SHORTCUT, settings.depth - start)
            modules = nn.Sequential(*[InceptionModule(settings, width if i == 0 else out) for i in range(count)])
            if count == MODULES_PER_SHORTCUT:
                shortcut = convolution_norm(width, out, activate=False)
                blocks[f"group{len(blocks)}"] = ResidualBlock(
                    modules, shortcut, drop_probability=settings.block_dropout
                )
            else:
                blocks[f"group{len(blocks)}"] = modules
            width = out
        longest = max(*settings.kernel_sizes, 3)  # the maximum sees 3 samples
        super().__init__(
            blocks,
            pooling=Pooling(out, settings.pooling),
            n_leads=n_leads,
            lengths=Lengths(minimum=longest),
            n_layers=settings.depth,
            receptive_field=1 + settings.depth * (longest - 1),
        )


class InceptionModule(nn.Module):
    """Convolutions of several lengths and a maximum side by side, then batch normalisation and a ReLU.

    Parameters
    ----------
    settings : InceptionTimeSettings
    in_width : int
    """

    def __init__(self, settings: InceptionTimeSettings, in_width: int) -> None:
        super().__init__()
        narrow = bool(settings.bottleneck_width) and in_width > 1
        inner = settings.bottleneck_width if narrow else in_width
        self.bottleneck = convolution(in_width, inner) if narrow else nn.Identity()
        self.convolutions = nn.ModuleList(
            same_convolution(inner, settings.width, kernel_size=kernel_size) for kernel_size in settings.kernel_sizes
        )
        self.maximum = nn.Sequential(nn.MaxPool1d(3, 1, 1), convolution(in_width, settings.width))
        self.norm = nn.BatchNorm1d(settings.width * (1 + len(settings.kernel_sizes)))
        self.activation = nn.ReLU()

    def forward(self, signal: Tensor) -> Tensor:
        """Return float32 (B, ``width * (1 + number of kernels)``, T)."""
        narrowed = self.bottleneck(signal)
        branches = [convolve(narrowed) for convolve in self.convolutions]
        out: Tensor = self.activation(self.norm(torch.cat([*branches, self.maximum(signal)], dim=1)))
        return out
