"""Convolution along time, batch normalisation and, where asked for, a ReLU: the brick of the convolutional networks."""

from __future__ import annotations

from torch import nn

__all__ = ["convolution", "convolution_norm"]


def convolution(in_width: int, out_width: int, *, kernel_size: int = 1, stride: int = 1, groups: int = 1) -> nn.Conv1d:
    """Return a convolution without bias that keeps the length at stride 1, He-initialised (He 2015).

    Parameters
    ----------
    in_width, out_width : int
        Channels; both are multiples of ``groups``.
    kernel_size : int
        Odd, in samples.
    stride : int
        The output has ``ceil(T / stride)`` samples.
    groups : int
        Channels are convolved in this many separate groups ("cardinality").
    """
    layer = nn.Conv1d(in_width, out_width, kernel_size, stride, (kernel_size - 1) // 2, groups=groups, bias=False)
    nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    return layer


def convolution_norm(
    in_width: int,
    out_width: int,
    *,
    kernel_size: int = 1,
    stride: int = 1,
    groups: int = 1,
    activate: bool = True,
    start_at_zero: bool = False,
) -> nn.Sequential:
    """Return convolution, batch normalisation and, with ``activate``, a ReLU of its own.

    ``start_at_zero`` gives the normalisation a gain of 0, so that a residual branch starts as the identity
    (He et al. 2019, "zero gamma").
    """
    norm = nn.BatchNorm1d(out_width)
    if start_at_zero:
        nn.init.zeros_(norm.weight)
    layers = [convolution(in_width, out_width, kernel_size=kernel_size, stride=stride, groups=groups), norm]
    return nn.Sequential(*layers, nn.ReLU()) if activate else nn.Sequential(*layers)
