"""The first convolutions and a maximum pool: leads become channels, the rate falls to a quarter or less."""

from __future__ import annotations

from torch import nn

from einthoven.models.blocks.convolution import convolution_norm

__all__ = ["stem"]


def stem(n_leads: int, widths: tuple[int, ...], *, kernel_size: int, stride: int) -> nn.Sequential:
    """Return one convolution per width, the first with ``stride``, and a maximum over 3 samples with stride 2."""
    layers = [
        convolution_norm(before, after, kernel_size=kernel_size, stride=stride if index == 0 else 1)
        for index, (before, after) in enumerate(zip((n_leads, *widths[:-1]), widths, strict=True))
    ]
    return nn.Sequential(*layers, nn.MaxPool1d(3, 2, 1))
