"""How many samples one output of stacked convolutions depends on (Araujo et al. 2019, doi:10.23915/distill.00021)."""

from __future__ import annotations

from collections.abc import Iterable

from torch import nn

__all__ = ["receptive_field"]


def receptive_field(parts: Iterable[nn.Module]) -> int:
    """Return the receptive field in samples of convolutions and pools that stand one behind the other.

    Modules under a name that holds ``shortcut`` are left out: they never see more than the branch beside them.

    Examples
    --------
    >>> receptive_field([nn.Sequential(nn.Conv1d(1, 1, 3), nn.MaxPool1d(3, 2)), nn.Conv1d(1, 1, 3)])
    9
    """
    field, step = 1, 1
    for part in parts:
        for name, module in part.named_modules():
            if "shortcut" not in name and isinstance(module, nn.Conv1d | nn.MaxPool1d | nn.AvgPool1d):
                kernel, stride, dilation = (_first(module, key) for key in ("kernel_size", "stride", "dilation"))
                field += (kernel - 1) * dilation * step
                step *= stride
    return field


def _first(module: nn.Module, key: str) -> int:
    value = getattr(module, key, 1)  # an average pool has no dilation
    return int(value[0] if isinstance(value, tuple) else value)
