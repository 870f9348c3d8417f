"""From a signal to tokens by strided convolutions without padding (wav2vec 2.0, Baevski et al. 2020, arXiv:2006.11477).

The first convolution's channels are normalised over the whole window (a group normalisation with one channel per
group, Wu and He 2018, arXiv:1803.08494), so no token is independent of the rest of its window.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from torch import Tensor, nn

__all__ = ["ConvolutionalTokens", "samples_per_token"]


class ConvolutionalTokens(nn.Module):
    """Convolution without bias, normalisation (the first alone), GELU; again and again.

    Parameters
    ----------
    in_width : int
        Channels of the signal.
    widths, kernel_sizes, strides : sequence of int
        One of each per convolution.
    """

    def __init__(
        self, in_width: int, *, widths: Sequence[int], kernel_sizes: Sequence[int], strides: Sequence[int]
    ) -> None:
        super().__init__()
        layers = []
        for index, (width, kernel_size, stride) in enumerate(zip(widths, kernel_sizes, strides, strict=True)):
            convolution = nn.Conv1d(in_width, width, kernel_size, stride, bias=False)
            nn.init.kaiming_normal_(convolution.weight)
            norm = nn.GroupNorm(width, width) if index == 0 else nn.Identity()
            parts = {"convolution": convolution, "norm": norm, "activation": nn.GELU()}
            layers.append(nn.Sequential(OrderedDict(parts)))
            in_width = width
        self.layers = nn.Sequential(*layers)

    def forward(self, signal: Tensor) -> Tensor:
        """Return float32 (B, P, last width) of a signal (B, ``in_width``, T)."""
        tokens: Tensor = self.layers(signal)
        return tokens.transpose(1, 2)


def samples_per_token(kernel_sizes: Sequence[int], strides: Sequence[int]) -> int:
    """Return the shortest signal that makes a token, in samples.

    Examples
    --------
    >>> samples_per_token((10, 3, 3, 2, 2), (4, 2, 2, 2, 2))
    82
    """
    samples = 1
    for kernel_size, stride in zip(reversed(kernel_sizes), reversed(strides), strict=True):
        samples = (samples - 1) * stride + kernel_size
    return samples
