"""Random numbers as a function of (key, stream, position): the same on any device, whatever else is in the batch.

Each number is a hash of a counter (Salmon et al. 2011, doi:10.1145/2063384.2063405, on counter-based generators); the
hash is ``lowbias32`` of C. Wellons' hash-prospector (public domain). Good enough to disturb a signal, not for
statistics.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

__all__ = ["normal", "uniform"]

_GOLDEN = -1640531527  # 0x9E3779B9 as a signed 32-bit integer: 2**32 divided by the golden ratio
_MULTIPLIERS = (0x7FEB352D, -2073254261)  # the second is 0x846CA68B
_TWO_16 = 1 << 16
_TWO_24 = 1 << 24


def uniform(keys: Tensor, count: int, *, stream: int) -> Tensor:
    """Return evenly distributed numbers, float32 (B, count) in (0, 1).

    Parameters
    ----------
    keys : int64 (B,), 0 to 2**32 - 1
        One per sample of the batch.
    count : int
    stream : int
        Numbers of different streams are unrelated.
    """
    bits = (_hashes(keys, count, stream=stream) >> 8) & (_TWO_24 - 1)
    return (bits.to(torch.float32) + 0.5) / _TWO_24


def normal(keys: Tensor, count: int, *, stream: int) -> Tensor:
    """Return standard normal numbers, float32 (B, count), by Box and Muller from 16 bits each: none is beyond 4.9."""
    hashes = _hashes(keys, (count + 1) // 2, stream=stream)
    high = (((hashes >> 16) & (_TWO_16 - 1)).to(torch.float32) + 0.5) / _TWO_16
    low = (hashes & (_TWO_16 - 1)).to(torch.float32) * (2 * math.pi / _TWO_16)
    radius = torch.sqrt(-2 * torch.log(high))
    return torch.cat([radius * torch.cos(low), radius * torch.sin(low)], dim=1)[:, :count]


def _hashes(keys: Tensor, count: int, *, stream: int) -> Tensor:
    """Return int32 (B, count)."""
    signed = (keys - ((keys >> 31) << 32)).to(torch.int32)
    seeds = _mix(_mix(signed) + stream * _MULTIPLIERS[0])
    counter = torch.arange(count, dtype=torch.int32, device=keys.device) * _GOLDEN
    return _mix(seeds.unsqueeze(1) + counter)


def _mix(x: Tensor) -> Tensor:
    """Return lowbias32 of each int32; arithmetic wraps round, shifts are made logical by their masks."""
    x = (x ^ ((x >> 16) & 0xFFFF)) * _MULTIPLIERS[0]
    x = (x ^ ((x >> 15) & 0x1FFFF)) * _MULTIPLIERS[1]
    return x ^ ((x >> 16) & 0xFFFF)
