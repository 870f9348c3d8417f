"""Strata for Begg and Greenes' correction: numbers are cut at their quantiles, as finely as the verified ones allow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Strata", "verification_strata"]

# groups of equal size that numbers are cut into: the most with FEWEST verified records in each cell
GROUPS = (5, 4, 3, 2)
FEWEST = 5


@dataclass(frozen=True, slots=True, eq=False)
class Strata:
    """The stratum of each record, int64 (record,), and how they were made in words."""

    code: NDArray[np.int64]
    words: str


def verification_strata(
    values: Mapping[str, NDArray[Any]], called: NDArray[np.bool_], told: NDArray[np.bool_]
) -> Strata:
    """Return the strata that columns make, crossed.

    Numbers are cut into the most groups of equal size (5, 4, 3 or 2) for which each cell of call and stratum holds at
    least 5 verified records; where not even 2 groups do, numbers make no strata. Texts always do. A missing value is a
    group of its own.

    Parameters
    ----------
    values : mapping of column to float64 (record,) or object (record,)
    called, told : bool (record,)
        The test's result; whether the record was verified.

    Examples
    --------
    >>> values = {"age": np.arange(40.0)}
    >>> verification_strata(values, np.arange(40) % 2 == 0, np.ones(40, dtype=bool)).words
    'age in 4 groups'
    """
    numbers = [name for name, found in values.items() if found.dtype != object]
    texts = [name for name in values if name not in numbers]
    for groups in GROUPS if numbers else ():
        code = _crossed([_grouped(values[name], groups) for name in numbers] + [values[name] for name in texts])
        _, cell = np.unique(2 * code + called, return_inverse=True)
        if np.bincount(cell[told], minlength=int(cell.max(initial=-1)) + 1).min(initial=FEWEST) >= FEWEST:
            return Strata(code, " x ".join([f"{name} in {groups} groups" for name in numbers] + texts))
    words = " x ".join(texts) or "no strata"
    if numbers:
        words += f"; too few are verified to cut {' and '.join(numbers)}"
    return Strata(_crossed([values[name] for name in texts] or [np.zeros(called.size)]), words)


def _grouped(number: NDArray[np.float64], groups: int) -> NDArray[np.int64]:
    """Return the quantile group of each number, -1 where missing."""
    known = ~np.isnan(number)
    if not known.any():
        return np.full(number.size, -1, dtype=np.int64)
    borders = np.unique(np.quantile(number[known], np.arange(1, groups) / groups))
    return np.where(known, np.searchsorted(borders, np.nan_to_num(number), side="right"), -1).astype(np.int64)


def _crossed(parts: list[NDArray[Any]]) -> NDArray[np.int64]:
    code = np.zeros(len(parts[0]), dtype=np.int64)
    for part in parts:
        levels, place = np.unique(part, return_inverse=True)
        _, code = np.unique(code * levels.size + place.reshape(-1), return_inverse=True)
        code = code.reshape(-1).astype(np.int64)
    return code
