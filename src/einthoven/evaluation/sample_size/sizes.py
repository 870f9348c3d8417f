"""Find the smallest number of records that is enough."""

from __future__ import annotations

import math
from collections.abc import Callable

from einthoven.errors import SpecificationError

__all__ = ["LARGEST", "smallest_size"]

# no study has more
LARGEST = 10**9


def smallest_size(enough: Callable[[int], bool], *, what: str, least: int = 2) -> int:
    """Return the smallest n of which ``enough(n)`` holds, and holds for all above.

    Raises
    ------
    SpecificationError
        A thousand million are not enough.
    """
    high = least
    while not enough(high):
        high *= 2
        if high > LARGEST:
            raise SpecificationError(f"{what} can't be reached with {LARGEST:,} records")
    low = max(least - 1, high // 2)
    while high - low > 1:
        middle = math.floor((low + high) / 2)
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
