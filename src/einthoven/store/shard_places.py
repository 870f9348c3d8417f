"""Where the records of a store lie in its shards."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["ShardPlaces"]


@dataclass(frozen=True, slots=True, eq=False)
class ShardPlaces:
    """Of each row, int64 (row,): number of the shard, byte in its file, samples per lead."""

    shard: NDArray[np.int64]
    offset: NDArray[np.int64]
    length: NDArray[np.int64]
