"""A column on its way from cells to values: what was read, what could not be, what can't be true."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

__all__ = ["Column", "cleaned", "read_all"]


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A column that was read.

    Attributes
    ----------
    values : Series
        Null where nothing was there or could be used.
    unreadable : Series of String
        Why a cell could not be read; null elsewhere.
    implausible : Series of String
        Why a value that was read can't be true; null elsewhere.
    notes : tuple of str
    """

    values: pl.Series
    unreadable: pl.Series
    implausible: pl.Series
    notes: tuple[str, ...] = ()


def read_all(values: pl.Series, *notes: str) -> Column:
    """Return a column of which every cell could be read."""
    nothing = pl.repeat(None, len(values), dtype=pl.String, eager=True)
    return Column(values, nothing, nothing, notes)


def cleaned(cells: pl.Series, missing: Collection[str]) -> pl.Series:
    """Return text without blanks around it, null for every spelling of nothing; other types as they are."""
    if cells.dtype != pl.String:
        return cells.fill_nan(None) if cells.dtype.is_float() else cells
    # strip_chars knows all white space of Unicode: exports hold no-break and ideographic blanks
    bare = cells.str.strip_chars()
    spellings = [spelling.strip().lower() for spelling in missing]
    return bare.to_frame("cell").select(
        pl.when(~pl.col("cell").str.to_lowercase().is_in(spellings)).then(pl.col("cell"))
    )["cell"]
