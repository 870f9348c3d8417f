"""Random numbers of a sample as a function of (seed, epoch, whose, stream): the same in any batch, process or thread.

A chain of SplitMix64 (Steele, Lea and Flood 2014, doi:10.1145/2660193.2660195) over whole arrays: a ``SeedSequence``
per sample takes longer than reading the sample.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["sample_draws"]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MULTIPLIERS = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_SHIFTS = (np.uint64(30), np.uint64(27), np.uint64(31))
_WORD = (1 << 64) - 1


def sample_draws(checksums: NDArray[np.uint32], *, seed: int, epoch: int, stream: int) -> NDArray[np.uint32]:
    """Return four evenly distributed numbers per sample, uint32 (B, 4).

    Parameters
    ----------
    checksums : uint32 (B,)
        CRC-32 of the names of the records or patients.
    seed, epoch : int
    stream : int
        Numbers of different streams are unrelated.
    """
    common = np.zeros(1, dtype=np.uint64)
    for part in (seed, epoch, stream):
        common = _mixed(common + np.uint64(part & _WORD))
    state = _mixed(common + checksums.astype(np.uint64))
    words = np.stack([_mixed(state), _mixed(state + _GOLDEN)], axis=1)
    return np.ascontiguousarray(words).view(np.uint32)


def _mixed(state: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return one step of SplitMix64 of each state; arithmetic wraps round."""
    state = state + _GOLDEN
    state = (state ^ (state >> _SHIFTS[0])) * _MULTIPLIERS[0]
    state = (state ^ (state >> _SHIFTS[1])) * _MULTIPLIERS[1]
    mixed: NDArray[np.uint64] = state ^ (state >> _SHIFTS[2])
    return mixed
