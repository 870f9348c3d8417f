"""The residual network of the CODE study: two streams, few units, and features that keep the place in the window.

Ribeiro et al. 2020, "Automatic diagnosis of the 12-lead ECG using a deep neural network",
doi:10.1038/s41467-020-15432-4 (code: github.com/antonior92/automatic-ecg-diagnosis, MIT, Keras), the defaults here; and
Lima et al. 2021, "Deep neural network-estimated electrocardiographic age", doi:10.1038/s41467-021-25351-7 (code:
github.com/antonior92/ecg-age-prediction, MIT, PyTorch), which has one unit more in front, odd
kernels, no ReLU in the stem. As theirs: normalisation and ReLU stand behind the sum (so the sum itself goes on as the
second stream), shortcuts take the maximum over the stride, and the last unit's output is flattened, not averaged: a
window has one length. Ours differs in that the linear layer is the head, and in that the sizes are settings.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, get_args

import torch
from torch import Tensor, nn

from einthoven.errors import SpecificationError
from einthoven.models.blocks.aligned_convolution import AlignedConvolution, LongerSide
from einthoven.models.blocks.receptive_field import receptive_field
from einthoven.models.encoder import Encoder
from einthoven.models.lengths import Lengths

__all__ = ["CodeResNet", "CodeResNetSettings"]

FeatureOrder = Literal["time", "channel"]


@dataclass(frozen=True, slots=True)
class CodeResNetSettings:
    """Shape of the network; the defaults are those of 2020.

    Attributes
    ----------
    n_samples : int
        Of the window; no other length is taken. A multiple of the product of the strides.
    stem_width : int
    stem_activation : bool
        A ReLU behind the stem's normalisation.
    widths, strides : tuple of int
        Channels that each unit puts out, and by what it divides the rate.
    kernel_size : int
        In samples; even or odd, at least the largest stride.
    longer_side : ``behind`` or ``before``
        Which side of the signal gets one zero more where their number is odd: ``behind`` in TensorFlow, ``before`` in
        PyTorch.
    norm_eps : float
        Added to the variance in batch normalisation: 1e-3 in Keras, 1e-5 in PyTorch.
    feature_order : ``time`` or ``channel``
        What the features are flattened by: all channels of the first token come first (Keras), or all tokens of the
        first channel (PyTorch).
    dropout : float in [0, 1)
        Behind each ReLU of a unit.
    """

    n_samples: int = 4096
    stem_width: int = 64
    stem_activation: bool = True
    widths: tuple[int, ...] = (128, 196, 256, 320)
    strides: tuple[int, ...] = (4, 4, 4, 4)
    kernel_size: int = 16
    longer_side: LongerSide = "behind"
    norm_eps: float = 1e-3
    feature_order: FeatureOrder = "time"
    dropout: float = 0.2

    def __post_init__(self) -> None:
        if not self.widths or len(self.widths) != len(self.strides) or min(*self.widths, *self.strides) < 1:
            raise SpecificationError(
                "code_resnet needs one stride for each of its widths, "
                f"got widths {self.widths} and strides {self.strides}"
            )
        product = math.prod(self.strides)
        if self.n_samples < product or self.n_samples % product:
            raise SpecificationError(
                f"n_samples of code_resnet must be a multiple of the product of its strides ({product}), "
                f"got {self.n_samples}"
            )
        if self.kernel_size < max(self.strides):
            raise SpecificationError(
                f"kernel_size of code_resnet must be at least its largest stride, got {self.kernel_size} "
                f"for strides {self.strides}"
            )
        for name, value, accepted in (
            ("longer_side", self.longer_side, get_args(LongerSide)),
            ("feature_order", self.feature_order, get_args(FeatureOrder)),
        ):
            if value not in accepted:
                raise SpecificationError(f"{name} of code_resnet must be one of {', '.join(accepted)}, got {value!r}")
        if self.stem_width < 1 or not self.norm_eps > 0:
            raise SpecificationError(
                f"stem_width and norm_eps of code_resnet must be positive, got {self.stem_width} and {self.norm_eps}"
            )
        if not 0 <= self.dropout < 1:
            raise SpecificationError(f"dropout of code_resnet must lie in [0, 1), got {self.dropout}")


class CodeResNet(Encoder):
    """The CODE study's network without its last layer.

    Parameters
    ----------
    settings : CodeResNetSettings
    n_leads : int
    """

    settings_type: ClassVar[type[CodeResNetSettings]] = CodeResNetSettings

    def __init__(self, settings: CodeResNetSettings, *, n_leads: int) -> None:
        stem = _stem(settings, n_leads)
        before = (settings.stem_width, *settings.widths[:-1])
        units = [
            _Unit(in_width, out_width, stride=stride, settings=settings)
            for in_width, out_width, stride in zip(before, settings.widths, settings.strides, strict=True)
        ]
        width = settings.widths[-1]
        super().__init__(
            n_leads=n_leads,
            token_width=width,
            feature_width=width * settings.n_samples // math.prod(settings.strides),
            lengths=Lengths(settings.n_samples, maximum=settings.n_samples),
            n_layers=2 + 2 * len(units),
            receptive_field=receptive_field([stem, *units]),
            stem=("stem",),
            blocks=tuple(f"units.{index}" for index in range(len(units))),
        )
        self.feature_order = settings.feature_order
        self.stem = stem
        self.units = nn.ModuleList(units)

    def encode(self, signal: Tensor) -> Tensor:
        """Return tokens, float32 (B, T / product of the strides, D)."""
        main: Tensor = self.stem(signal)
        beside = main
        for unit in self.units:
            main, beside = unit(main, beside)
        return main.transpose(1, 2)

    def pool(self, tokens: Tensor) -> Tensor:
        """Return all tokens side by side, float32 (B, P * D)."""
        if self.feature_order == "channel":
            tokens = tokens.transpose(1, 2)
        return torch.flatten(tokens, 1)


class _Unit(nn.Module):
    """Two convolutions; their sum with the shortcut is one stream, its normalised and rectified copy the other."""

    def __init__(self, in_width: int, out_width: int, *, stride: int, settings: CodeResNetSettings) -> None:
        super().__init__()
        same: dict[str, Any] = {"kernel_size": settings.kernel_size, "longer_side": settings.longer_side}
        self.branch = nn.Sequential(
            AlignedConvolution(in_width, out_width, **same),
            nn.BatchNorm1d(out_width, eps=settings.norm_eps),
            nn.ReLU(),
            nn.Dropout(settings.dropout),
            AlignedConvolution(out_width, out_width, stride=stride, **same),
        )
        widen = in_width != out_width
        self.shortcut = nn.Sequential(
            nn.MaxPool1d(stride) if stride > 1 else nn.Identity(),
            AlignedConvolution(in_width, out_width, kernel_size=1) if widen else nn.Identity(),
        )
        self.norm = nn.BatchNorm1d(out_width, eps=settings.norm_eps)
        self.activation = nn.ReLU()
        self.dropout = nn.Dropout(settings.dropout)

    def forward(self, main: Tensor, beside: Tensor) -> tuple[Tensor, Tensor]:
        """Return both streams, float32 (B, out width, T / stride)."""
        total = self.branch(main) + self.shortcut(beside)
        return self.dropout(self.activation(self.norm(total))), total


def _stem(settings: CodeResNetSettings, n_leads: int) -> nn.Sequential:
    layers: list[nn.Module] = [
        AlignedConvolution(
            n_leads, settings.stem_width, kernel_size=settings.kernel_size, longer_side=settings.longer_side
        ),
        nn.BatchNorm1d(settings.stem_width, eps=settings.norm_eps),
    ]
    return nn.Sequential(*layers, nn.ReLU()) if settings.stem_activation else nn.Sequential(*layers)
