"""The network of ECG-CPC: a few convolutions, then causal S4 layers, made to predict what comes next in an ECG.

Al-Masud, Lopez Alcaraz, Strodthoff, "Benchmarking ECG foundation models", ICLR 2026, arXiv:2509.25095; contrastive
predictive coding on ECGs: Mehari and Strodthoff 2022, doi:10.1016/j.compbiomed.2021.105114; the authors' code:
github.com/AI4HealthUOL/ecg-fm-benchmarking (no licence stated: read for facts alone). As theirs: four convolutions with
batch normalisation, of which the first halves the rate, and four layers of S4 with HiPPO-LegS that look at the past
alone. Ours differs in how S4 is computed (``low_rank_state_space.py``). Features are the mean over time, as in their
linear evaluation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import nn

from einthoven.errors import SpecificationError
from einthoven.models.blocks.convolution import convolution_norm
from einthoven.models.blocks.low_rank_state_space import LowRankStateSpace
from einthoven.models.blocks.state_space_block import StateSpaceBlock
from einthoven.models.state_space_encoder import StateSpaceEncoder

__all__ = ["ConvCpc", "ConvCpcSettings"]


@dataclass(frozen=True, slots=True)
class ConvCpcSettings:
    """Shape of the network; the defaults are those of ECG-CPC.

    Attributes
    ----------
    widths, kernel_sizes, strides : tuple of int
        Of the convolutions, one each; kernels are odd. The S4 layers are as wide as the last convolution.
    state_size : int
        Real numbers in the state of a channel, even.
    n_layers : int
        Of S4.
    dropout : float in [0, 1)
        Of channels, in each S4 layer.
    """

    widths: tuple[int, ...] = (512, 512, 512, 512)
    kernel_sizes: tuple[int, ...] = (3, 1, 1, 1)
    strides: tuple[int, ...] = (2, 1, 1, 1)
    state_size: int = 8
    n_layers: int = 4
    dropout: float = 0.2

    def __post_init__(self) -> None:
        if not len(self.widths) == len(self.kernel_sizes) == len(self.strides) > 0:
            raise SpecificationError(
                "conv_cpc needs as many kernel_sizes and strides as widths, "
                f"got {self.kernel_sizes}, {self.strides} and {self.widths}"
            )
        if any(kernel % 2 == 0 for kernel in self.kernel_sizes):
            raise SpecificationError(f"kernel_sizes of conv_cpc must be odd, got {self.kernel_sizes}")
        if min(*self.widths, *self.kernel_sizes, *self.strides, self.n_layers) < 1:
            raise SpecificationError(
                "widths, kernel_sizes, strides and n_layers of conv_cpc must be positive, "
                f"got {self.widths}, {self.kernel_sizes}, {self.strides} and {self.n_layers}"
            )
        if self.state_size < 2 or self.state_size % 2:
            raise SpecificationError(f"state_size of conv_cpc must be even and at least 2, got {self.state_size}")
        if not 0 <= self.dropout < 1:
            raise SpecificationError(f"dropout of conv_cpc must be in [0, 1), got {self.dropout}")


class ConvCpc(StateSpaceEncoder):
    """Convolutions and causal S4: each token knows what lies before it, and what its convolutions see behind it.

    Parameters
    ----------
    settings : ConvCpcSettings
    n_leads : int
    """

    settings_type: ClassVar[type[ConvCpcSettings]] = ConvCpcSettings

    def __init__(self, settings: ConvCpcSettings, *, n_leads: int) -> None:
        width = settings.widths[-1]
        before = (n_leads, *settings.widths[:-1])
        shapes = zip(before, settings.widths, settings.kernel_sizes, settings.strides, strict=True)
        stem = nn.Sequential(
            *(
                convolution_norm(in_width, out_width, kernel_size=kernel, stride=stride)
                for in_width, out_width, kernel, stride in shapes
            )
        )
        blocks = (
            StateSpaceBlock(
                LowRankStateSpace(width, state_size=settings.state_size, bidirectional=False), dropout=settings.dropout
            )
            for _ in range(settings.n_layers)
        )
        super().__init__(
            stem,
            blocks,
            kernel_sizes=settings.kernel_sizes,
            strides=settings.strides,
            n_leads=n_leads,
            width=width,
            bidirectional=False,
        )
