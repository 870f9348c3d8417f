"""net1d: stages of grouped bottlenecks without normalisation, shaped like a RegNet; the network of ECGFounder.

Hong et al. 2020, arXiv:2008.04063 (Net1D); Radosavovic et al. 2020, arXiv:2003.13678 (RegNet); Li et al.
2025, doi:10.1056/AIoa2401033 (ECGFounder, whose shape is the default; code: github.com/PKUDigitalHealth/ECGFounder,
MIT). As theirs: the activation stands before each convolution, SAME padding, a gain per channel from half as many
hidden values, shortcuts without weights, no activation after the last block. Ours differs in that batch normalisation
and dropout, which ECGFounder switches off, don't exist, and that blocks can be left out at random in training
(``block_dropout``), which helps when ECGFounder is fine-tuned (arXiv:2509.12991).
"""

from __future__ import annotations

import itertools
from collections import OrderedDict
from dataclasses import dataclass
from typing import ClassVar

from torch import nn

from einthoven.errors import SpecificationError
from einthoven.models.blocks.pooling import Pooling
from einthoven.models.blocks.residual import ResidualBlock
from einthoven.models.blocks.same_padded_convolution import SamePaddedConvolution
from einthoven.models.blocks.squeeze_excitation import SqueezeExcitation
from einthoven.models.blocks.zero_padded_shortcut import zero_padded_shortcut
from einthoven.models.encoder import ConvolutionalEncoder
from einthoven.models.lengths import Lengths

__all__ = ["Net1d", "Net1dSettings"]

STEM_STRIDE = 2  # fixed in the authors' code, whatever the stride of the stages


@dataclass(frozen=True, slots=True)
class Net1dSettings:
    """Shape of the network, by the authors' names; the defaults make ECGFounder.

    Attributes
    ----------
    base_filters : int
        Channels of the stem.
    ratio : float
        Inner channels of a block per channel that it puts out.
    filter_list : tuple of int
        Channels of each stage; none has fewer than the one before it.
    m_blocks_list : tuple of int
        Blocks of each stage; the first of them has the stride.
    kernel_size : int
        Of stem and middle convolutions, in samples; may be even.
    stride : int
        Of a stage. The stem's is 2.
    groups_width : int
        Channels per group of the middle convolution.
    block_dropout : float in [0, 1)
        Stochastic depth.
    """

    base_filters: int = 64
    ratio: float = 1.0
    filter_list: tuple[int, ...] = (64, 160, 160, 400, 400, 1024, 1024)
    m_blocks_list: tuple[int, ...] = (2, 2, 2, 3, 3, 4, 4)
    kernel_size: int = 16
    stride: int = 2
    groups_width: int = 16
    block_dropout: float = 0.0

    def __post_init__(self) -> None:
        if not self.filter_list or len(self.filter_list) != len(self.m_blocks_list) or min(self.m_blocks_list) < 1:
            raise SpecificationError(
                "filter_list and m_blocks_list of net1d need one value per stage, at least one block each, "
                f"got {self.filter_list} and {self.m_blocks_list}"
            )
        if min(self.base_filters, self.kernel_size, self.stride, self.groups_width) < 1:
            raise SpecificationError(
                "base_filters, kernel_size, stride and groups_width of net1d must be positive, "
                f"got {self.base_filters}, {self.kernel_size}, {self.stride} and {self.groups_width}"
            )
        widths = (self.base_filters, *self.filter_list)
        if any(after < before for before, after in itertools.pairwise(widths)):
            raise SpecificationError(
                "filter_list of net1d must not fall, nor start below base_filters, for shortcuts can't lose channels, "
                f"got base_filters {self.base_filters} and filter_list {self.filter_list}"
            )
        for width in self.filter_list:
            if width < self.groups_width or not self.inner(width) or self.inner(width) % (width // self.groups_width):
                raise SpecificationError(
                    "groups_width of net1d must make groups that divide ratio * filters, "
                    f"got groups_width {self.groups_width} and ratio {self.ratio:g} for {width} filters"
                )
        if not 0 <= self.block_dropout < 1:
            raise SpecificationError(f"block_dropout of net1d must lie in [0, 1), got {self.block_dropout}")

    def inner(self, width: int) -> int:
        """Return how many inner channels a block has that puts out ``width``."""
        return int(width * self.ratio)


class Net1d(ConvolutionalEncoder):
    """Net1D, by default the one of ECGFounder: 30.6 million weights, 1024 features.

    Parameters
    ----------
    settings : Net1dSettings
    n_leads : int
    """

    settings_type: ClassVar[type[Net1dSettings]] = Net1dSettings

    def __init__(self, settings: Net1dSettings, *, n_leads: int) -> None:
        width = settings.base_filters
        stem = SamePaddedConvolution(n_leads, width, kernel_size=settings.kernel_size, stride=STEM_STRIDE)
        blocks: dict[str, nn.Module] = {"stem": nn.Sequential(stem, nn.SiLU())}
        for index, (out, count) in enumerate(zip(settings.filter_list, settings.m_blocks_list, strict=True)):
            # the stem's activation serves the very first block
            stage = [_block(settings, width, out, stride=settings.stride, activate=index > 0)]
            stage += [_block(settings, out, out, stride=1, activate=True) for _ in range(count - 1)]
            blocks[f"stage{index + 1}"] = nn.Sequential(*stage)
            width = out
        super().__init__(
            blocks,
            pooling=Pooling(width, "mean"),
            n_leads=n_leads,
            lengths=Lengths(minimum=STEM_STRIDE * settings.stride ** len(settings.filter_list)),
            n_layers=2 + 3 * sum(settings.m_blocks_list),
            receptive_field=None,  # squeeze and excitation see the whole window
        )


def _block(settings: Net1dSettings, in_width: int, out_width: int, *, stride: int, activate: bool) -> ResidualBlock:
    inner = settings.inner(out_width)
    layers: OrderedDict[str, nn.Module] = OrderedDict(
        activation1=nn.SiLU() if activate else nn.Identity(),
        conv1=nn.Conv1d(in_width, inner, 1),
        activation2=nn.SiLU(),
        conv2=SamePaddedConvolution(
            inner,
            inner,
            kernel_size=settings.kernel_size,
            stride=stride,
            groups=out_width // settings.groups_width,
        ),
        activation3=nn.SiLU(),
        conv3=nn.Conv1d(inner, out_width, 1),
        squeeze_excitation=SqueezeExcitation(out_width, hidden_width=out_width // 2, activation=nn.SiLU),
    )
    shortcut = zero_padded_shortcut(in_width, out_width, stride=stride)
    return ResidualBlock(nn.Sequential(layers), shortcut, drop_probability=settings.block_dropout, activate=False)
