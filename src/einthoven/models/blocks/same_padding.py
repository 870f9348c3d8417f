"""Convolution along time with a kernel of any size, even ones too, that keeps the length."""

from __future__ import annotations

from torch import nn

from einthoven.models.blocks.convolution import convolution

__all__ = ["same_convolution", "same_convolution_norm"]


def same_convolution(in_width: int, out_width: int, *, kernel_size: int, stride: int = 1) -> nn.Sequential:
    """Return a convolution without bias whose output has ``ceil(T / stride)`` samples, He-initialised.

    Zeros are added on both sides, ``(kernel_size - 1) // 2`` before and ``kernel_size // 2`` behind: an even kernel has
    one more behind, as in Keras ("same"), in which the papers' authors wrote theirs.
    """
    layers: list[nn.Module] = [convolution(in_width, out_width, kernel_size=kernel_size, stride=stride)]
    if kernel_size % 2 == 0:
        layers.insert(0, nn.ConstantPad1d((0, 1), 0.0))
    return nn.Sequential(*layers)


def same_convolution_norm(
    in_width: int, out_width: int, *, kernel_size: int, stride: int = 1, activate: bool = True
) -> nn.Sequential:
    """Return ``same_convolution``, batch normalisation and, with ``activate``, a ReLU of its own."""
    layers: list[nn.Module] = [
        *same_convolution(in_width, out_width, kernel_size=kernel_size, stride=stride),
        nn.BatchNorm1d(out_width),
    ]
    return nn.Sequential(*layers, nn.ReLU()) if activate else nn.Sequential(*layers)
