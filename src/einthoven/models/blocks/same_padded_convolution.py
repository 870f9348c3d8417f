"""A convolution that pads by the length of its input, so that stride and kernel of any size fit together.

The rule is TensorFlow's "SAME" (Abadi et al. 2016, arXiv:1603.04467): as many zeros as ``ceil(T / stride)`` outputs
need, the odd one behind. With a stride above 1 their number depends on the length; ``same_padding`` has a fixed one.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["SamePaddedConvolution", "same_padding"]


def same_padding(n_samples: int, *, kernel_size: int, stride: int) -> tuple[int, int]:
    """Return how many zeros stand before and behind a signal of ``n_samples``.

    Examples
    --------
    >>> same_padding(10, kernel_size=4, stride=2)
    (1, 1)
    >>> same_padding(9, kernel_size=4, stride=2)
    (1, 2)
    """
    n_outputs = -(-n_samples // stride)
    total = max(0, (n_outputs - 1) * stride + kernel_size - n_samples)
    return total // 2, total - total // 2


class SamePaddedConvolution(nn.Conv1d):
    """A convolution with bias, (B, in width, T) to (B, out width, ``ceil(T / stride)``), with torch's initial weights.

    Parameters
    ----------
    in_width, out_width : int
        Channels; both are multiples of ``groups``.
    kernel_size, stride, groups : int
    """

    def __init__(self, in_width: int, out_width: int, *, kernel_size: int, stride: int = 1, groups: int = 1) -> None:
        super().__init__(in_width, out_width, kernel_size, stride, groups=groups)

    def forward(self, signal: Tensor) -> Tensor:
        """Return float32 (B, out width, ``ceil(T / stride)``)."""
        padding = same_padding(signal.shape[-1], kernel_size=self.kernel_size[0], stride=self.stride[0])
        return super().forward(F.pad(signal, padding))
