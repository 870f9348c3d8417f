"""Ranges and bounds among numbers ("50-55 %", "> 60"): two limits, and the middle where both are known."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from einthoven.cohort.tables.column import Column
from einthoven.cohort.tables.numbers import read_numbers

__all__ = ["Intervals", "read_intervals"]

RANGE = r"^(\d[\d.,]*)\s*%?\s*(?:-|–|~|to)\s*(\d[\d.,]*)\s*(\D.*)?$"
BOUND = r"^([<>≤≥]=?)\s*(\d[\d.,]*)\s*(\D.*)?$"


@dataclass(frozen=True, slots=True, eq=False)
class Intervals:
    """A column of numbers; ``low`` and ``high`` where a cell of it is a range or a bound, both equal for a number."""

    column: Column
    low: pl.Series | None = None
    high: pl.Series | None = None


def read_intervals(cells: pl.Series, *, column: str, unit: str | None = None, spelling: str | None = None) -> Intervals:
    """Return numbers with their limits; parameters and errors as those of ``read_numbers``.

    A range has its middle for a value, a bound none: how far beyond it the truth lies nobody knows.
    """
    parts = _parts(cells) if cells.dtype == pl.String else None
    if parts is None or not parts["is_interval"].any():
        return Intervals(read_numbers(cells, column=column, unit=unit, spelling=spelling))
    number, low, high = (
        read_numbers(parts[name], column=column, unit=unit, spelling=spelling) for name in ("number", "low", "high")
    )
    table = pl.DataFrame(
        {
            "is_interval": parts["is_interval"],
            "number": number.values,
            "low": low.values,
            "high": high.values,
            "unreadable": _first(number.unreadable, low.unreadable, high.unreadable),
            "implausible": _first(number.implausible, low.implausible, high.implausible),
        }
    ).with_columns(
        unreadable=pl.when(pl.col("low") > pl.col("high"))
        .then(pl.lit("the range begins above its end"))
        .otherwise("unreadable")
    )
    is_kept = pl.col("unreadable").is_null() & pl.col("implausible").is_null()
    bounds = {name: pl.when("is_interval").then(name).otherwise("number") for name in ("low", "high")}
    middle = pl.when("is_interval").then((pl.col("low") + pl.col("high")) / 2).otherwise("number")
    kept = table.select(
        pl.when(is_kept).then(value).alias(name) for name, value in (bounds | {"value": middle}).items()
    )
    note = (
        f"{column}: {parts['is_interval'].sum():,} cells are ranges or bounds, kept in {column}.low and {column}.high"
    )
    notes = (*number.notes, note)
    return Intervals(Column(kept["value"], table["unreadable"], table["implausible"], notes), kept["low"], kept["high"])


def _parts(cells: pl.Series) -> pl.DataFrame:
    """Return each cell as a number, or as the text of its two limits."""
    cell = pl.col("cell")
    ends, bound = cell.str.extract_groups(RANGE).struct, cell.str.extract_groups(BOUND).struct
    is_range, is_bound = cell.str.contains(RANGE), cell.str.contains(BOUND)
    is_low = bound.field("1").str.contains("[>≥]")
    of_range = [pl.concat_str(ends.field(end), ends.field("3"), separator=" ", ignore_nulls=True) for end in "12"]
    of_bound = pl.concat_str(bound.field("2"), bound.field("3"), separator=" ", ignore_nulls=True)
    return cells.to_frame("cell").select(
        is_interval=(is_range | is_bound).fill_null(value=False),
        number=pl.when(~(is_range | is_bound)).then(cell),
        low=pl.when(is_range).then(of_range[0]).when(is_bound & is_low).then(of_bound),
        high=pl.when(is_range).then(of_range[1]).when(is_bound & ~is_low).then(of_bound),
    )


def _first(*reasons: pl.Series) -> pl.Series:
    table = pl.DataFrame({str(number): reason for number, reason in enumerate(reasons)})
    return table.select(pl.coalesce(pl.all())).to_series()
