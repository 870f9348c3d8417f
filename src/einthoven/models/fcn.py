"""FCN: three convolutions with batch normalisation and ReLU at the full rate, then the mean over time.

Wang, Yan, Oates, "Time series classification from scratch with deep neural networks: a strong baseline", IJCNN 2017,
arXiv:1611.06455 (code: github.com/cauchyturing/UCR_Time_Series_Classification_Deep_Learning_Baseline). Channels of
128, 256 and 128 and kernels of 8, 5 and 3 are theirs; the kernel of 8 is padded with 3 zeros before and 4 behind, as
Keras does. Ours differs in convolutions without the bias, which the batch normalisation behind them takes away again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import nn

from einthoven.errors import SpecificationError
from einthoven.models.blocks.pooling import Pooling, PoolingName
from einthoven.models.blocks.receptive_field import receptive_field
from einthoven.models.blocks.same_padding import same_convolution_norm
from einthoven.models.encoder import ConvolutionalEncoder
from einthoven.models.lengths import Lengths

__all__ = ["Fcn", "FcnSettings"]


@dataclass(frozen=True, slots=True)
class FcnSettings:
    """Shape of the network; the defaults are the paper's.

    Attributes
    ----------
    widths : tuple of int
        Channels of the convolutions, at least two.
    kernel_sizes : tuple of int
        One per convolution, in samples, odd or even. A window is no shorter than the longest.
    pooling : ``mean`` or ``mean_max``
    """

    widths: tuple[int, ...] = (128, 256, 128)
    kernel_sizes: tuple[int, ...] = (8, 5, 3)
    pooling: PoolingName = "mean"

    def __post_init__(self) -> None:
        if len(self.widths) != len(self.kernel_sizes) or len(self.widths) < 2:
            raise SpecificationError(
                "fcn needs as many widths as kernel_sizes, at least two of each, "
                f"got {self.widths} and {self.kernel_sizes}"
            )
        if min(self.widths + self.kernel_sizes) < 1:
            raise SpecificationError(
                f"widths and kernel_sizes of fcn must be positive, got {self.widths} and {self.kernel_sizes}"
            )


class Fcn(ConvolutionalEncoder):
    """Fully convolutional network: one token per sample.

    ``n_layers`` counts the convolutions and the last linear layer.

    Parameters
    ----------
    settings : FcnSettings
    n_leads : int
    """

    settings_type: ClassVar[type[FcnSettings]] = FcnSettings

    def __init__(self, settings: FcnSettings, *, n_leads: int) -> None:
        blocks: dict[str, nn.Module] = {}
        width = n_leads
        for index, (out, kernel_size) in enumerate(zip(settings.widths, settings.kernel_sizes, strict=True)):
            blocks[f"convolution{index + 1}"] = same_convolution_norm(width, out, kernel_size=kernel_size)
            width = out
        super().__init__(
            blocks,
            pooling=Pooling(width, settings.pooling),
            n_leads=n_leads,
            lengths=Lengths(minimum=max(settings.kernel_sizes)),
            n_layers=len(blocks) + 1,
            receptive_field=receptive_field(blocks.values()),
        )
