"""A convolution that turns T samples into exactly T / stride, by zeros that need not be equal on both sides."""

from __future__ import annotations

from typing import Literal

from torch import Tensor, nn

__all__ = ["AlignedConvolution", "LongerSide"]

LongerSide = Literal["before", "behind"]


class AlignedConvolution(nn.Conv1d):
    """Convolution without bias, (B, in width, T) to (B, out width, T / stride), He-initialised (He et al. 2015).

    ``kernel_size - stride`` zeros are added. When their number is odd one side gets one more: the side behind in
    TensorFlow's "same" padding; the side before in PyTorch, where both sides get as many and the last is never reached.

    Parameters
    ----------
    in_width, out_width : int
    kernel_size : int
        Even or odd, at least ``stride``.
    stride : int
        Divides the length.
    longer_side : ``before`` or ``behind``
    """

    def __init__(
        self, in_width: int, out_width: int, *, kernel_size: int, stride: int = 1, longer_side: LongerSide = "behind"
    ) -> None:
        shorter, odd = divmod(kernel_size - stride, 2)
        super().__init__(in_width, out_width, kernel_size, stride, shorter, bias=False)
        nn.init.kaiming_normal_(self.weight, nonlinearity="relu")
        more = (odd, 0) if longer_side == "before" else (0, odd)
        self.more = nn.ConstantPad1d(more, 0.0) if odd else nn.Identity()

    def forward(self, signal: Tensor) -> Tensor:
        """Return float32 (B, out width, T / stride)."""
        return super().forward(self.more(signal))
