"""A plain ResNet of basic blocks along time, as MERL and the EchoNext minimodel have it.

He, Zhang, Ren, Sun, "Deep residual learning for image recognition", CVPR 2016, doi:10.1109/CVPR.2016.90, in one
dimension. The defaults are the ResNet-18 of MERL (Liu et al., ICML 2024, arXiv:2403.06659; code:
github.com/cheliu-computation/MERL-ICML2024, MIT), which leaves the stem's maximum out. The minimodel of EchoNext
(Hughes et al., NEJM AI 2026; code: github.com/PierreElias/IntroECG) keeps it, and has longer kernels, narrower and more
blocks, dropout in them, and mean and maximum side by side as features. As theirs: the shortcuts are strided 1x1
convolutions. Ours differs in that there is no linear layer; the head is the network's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import nn

from einthoven.errors import SpecificationError
from einthoven.models.blocks.convolution import convolution_norm
from einthoven.models.blocks.pooling import Pooling, PoolingName
from einthoven.models.blocks.receptive_field import receptive_field
from einthoven.models.blocks.residual import ResidualBlock
from einthoven.models.encoder import ConvolutionalEncoder
from einthoven.models.lengths import Lengths

__all__ = ["MerlResNet", "MerlResNetSettings"]


@dataclass(frozen=True, slots=True)
class MerlResNetSettings:
    """Shape of the network; the defaults are MERL's ResNet-18.

    Attributes
    ----------
    widths, depths : tuple of int
        Channels and number of blocks of each stage; every stage but the first halves the rate.
    kernel_size : int
        Of the blocks, odd, in samples.
    stem_kernel_size, stem_stride : int
        Of the stem's one convolution, which puts out the first stage's width.
    stem_maximum : bool
        A maximum over 3 samples with stride 2 behind it, as in the paper.
    pooling : ``mean`` or ``mean_max``
    dropout : float in [0, 1)
        Between the two convolutions of a block.
    """

    widths: tuple[int, ...] = (64, 128, 256, 512)
    depths: tuple[int, ...] = (2, 2, 2, 2)
    kernel_size: int = 3
    stem_kernel_size: int = 7
    stem_stride: int = 2
    stem_maximum: bool = False
    pooling: PoolingName = "mean"
    dropout: float = 0.0

    def __post_init__(self) -> None:
        if not self.widths or len(self.widths) != len(self.depths) or min(*self.widths, *self.depths) < 1:
            raise SpecificationError(
                f"merl_resnet needs one depth for each of its widths, got widths {self.widths} and depths {self.depths}"
            )
        if self.kernel_size % 2 == 0 or self.stem_kernel_size % 2 == 0:
            raise SpecificationError(
                f"kernels of merl_resnet must be odd, got {self.kernel_size} and {self.stem_kernel_size}"
            )
        if min(self.kernel_size, self.stem_kernel_size, self.stem_stride) < 1:
            raise SpecificationError(
                "kernels and stem_stride of merl_resnet must be positive, "
                f"got {self.kernel_size}, {self.stem_kernel_size} and {self.stem_stride}"
            )
        if not 0 <= self.dropout < 1:
            raise SpecificationError(f"dropout of merl_resnet must lie in [0, 1), got {self.dropout}")


class MerlResNet(ConvolutionalEncoder):
    """ResNet of basic blocks; of 18 layers by default.

    Parameters
    ----------
    settings : MerlResNetSettings
    n_leads : int
    """

    settings_type: ClassVar[type[MerlResNetSettings]] = MerlResNetSettings

    def __init__(self, settings: MerlResNetSettings, *, n_leads: int) -> None:
        blocks: dict[str, nn.Module] = {"stem": _stem(settings, n_leads)}
        before = (settings.widths[0], *settings.widths[:-1])
        for index, (width, depth) in enumerate(zip(settings.widths, settings.depths, strict=True)):
            first = _block(settings, before[index], width, stride=2 if index else 1)
            others = [_block(settings, width, width, stride=1) for _ in range(depth - 1)]
            blocks[f"stage{index + 1}"] = nn.Sequential(first, *others)
        of_stem = settings.stem_stride * (2 if settings.stem_maximum else 1)
        super().__init__(
            blocks,
            pooling=Pooling(settings.widths[-1], settings.pooling),
            n_leads=n_leads,
            lengths=Lengths(minimum=of_stem * 2 ** (len(settings.widths) - 1)),
            n_layers=2 + 2 * sum(settings.depths),
            receptive_field=receptive_field(blocks.values()),
        )


def _stem(settings: MerlResNetSettings, n_leads: int) -> nn.Sequential:
    convolved = convolution_norm(
        n_leads, settings.widths[0], kernel_size=settings.stem_kernel_size, stride=settings.stem_stride
    )
    return nn.Sequential(convolved, nn.MaxPool1d(3, 2, 1)) if settings.stem_maximum else nn.Sequential(convolved)


def _block(settings: MerlResNetSettings, in_width: int, out_width: int, *, stride: int) -> ResidualBlock:
    branch = nn.Sequential(
        convolution_norm(in_width, out_width, kernel_size=settings.kernel_size, stride=stride),
        nn.Dropout(settings.dropout),
        convolution_norm(out_width, out_width, kernel_size=settings.kernel_size, activate=False),
    )
    changes = stride > 1 or in_width != out_width
    shortcut = convolution_norm(in_width, out_width, stride=stride, activate=False) if changes else nn.Sequential()
    return ResidualBlock(branch, shortcut)
