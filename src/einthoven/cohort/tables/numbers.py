"""Numbers out of cells: a point for decimals unless a comma is stated, and units that agree with the column's."""

from __future__ import annotations

import polars as pl

from einthoven.cohort.tables.column import Column
from einthoven.cohort.tables.units import Quantity, factor_between, quantity_of, unit_of
from einthoven.errors import SpecificationError

__all__ = ["DECIMAL_COMMA", "looks_numeric", "read_numbers"]

DECIMAL_COMMA = "decimal comma"
DECIMALS = 9
WITH_POINT = r"^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(\D.*)?$"
WITH_COMMA = r"^([+-]?(?:\d+,?\d*|,\d+)(?:[eE][+-]?\d+)?)\s*(\D.*)?$"
BARE = r"^[+-]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][+-]?\d+)?$"


def read_numbers(
    cells: pl.Series,
    *,
    column: str,
    unit: str | None = None,
    spelling: str | None = None,
) -> Column:
    """Return numbers in the unit of the column's quantity.

    Parameters
    ----------
    cells : Series
        Cleaned text, or numbers as Parquet has them.
    column : str
        Canonical name; it says which quantity is meant.
    unit : str, optional
        Of the bare numbers; the quantity's own when absent. A unit inside a cell must be the stated one; where none is
        stated, it converts its cell.
    spelling : ``decimal comma``, optional

    Raises
    ------
    SpecificationError
        For another format, or a unit of another dimension.
    """
    if spelling not in (None, DECIMAL_COMMA):
        raise SpecificationError(f"the format of numbers is {DECIMAL_COMMA!r} or absent, got {spelling!r} for {column}")
    quantity = quantity_of(column, unit=unit)
    target = quantity.unit
    bare = factor_between(unit, target, column=column) if unit and target else 1.0
    if cells.dtype.is_numeric() or cells.dtype in (pl.Boolean, pl.Null):
        # by the shortest text of a float32: 0.55 there is 0.5500000119 as float64, and would miss a cut-off
        number = cells.cast(pl.String) if cells.dtype == pl.Float32 else cells
        frame = pl.DataFrame({"cell": cells.cast(pl.String), "value": _converted(number.cast(pl.Float64), bare)})
    else:
        frame = _parsed(cells.cast(pl.String), spelling=spelling, bare=bare, stated=unit, target=target)
    is_lost = pl.col("cell").is_not_null() & ~pl.col("value").is_finite().fill_null(value=False)
    hint = ", or a decimal comma: state format = 'decimal comma'" if spelling is None else ""
    reasons = frame.select(
        unreadable=pl.when(is_lost).then(
            pl.when(pl.col("cell").str.contains(r"^[+-]?\d+,\d+"))
            .then(pl.lit(f"a comma in it may divide thousands{hint}"))
            .otherwise(pl.lit(f"it is no number{f' in {unit or target}' if unit or target else ''}"))
        ),
        implausible=_implausible(quantity),
        value=pl.when(~is_lost & _implausible(quantity).is_null()).then("value"),
    )
    note = f"{column}: read in {unit} and kept in {target}" if bare != 1.0 else ""
    return Column(reasons["value"], reasons["unreadable"], reasons["implausible"], (note,) if note else ())


def _parsed(
    cells: pl.Series,
    *,
    spelling: str | None,
    bare: float,
    stated: str | None,
    target: str | None,
) -> pl.DataFrame:
    """Return cell and value; the value is null where the cell is no number, or in a unit that doesn't agree."""
    groups = pl.col("cell").str.extract_groups(WITH_COMMA if spelling == DECIMAL_COMMA else WITH_POINT).struct
    frame = cells.to_frame("cell").with_columns(
        number=groups.field("1").str.replace(",", ".", literal=True).cast(pl.Float64, strict=False),
        suffix=groups.field("2").str.strip_chars(),
    )
    spellings = frame["suffix"].drop_nulls().unique().to_list()
    factors = [_factor_of_cell(spelling, bare=bare, stated=stated, target=target) for spelling in spellings]
    factor = pl.col("suffix").replace_strict(spellings, factors, default=None, return_dtype=pl.Float64)
    factor = pl.when(pl.col("suffix").is_null()).then(bare).otherwise(factor)
    return frame.select("cell", factor=factor, number="number").select(
        "cell",
        value=pl.when(pl.col("factor") == 1).then("number").otherwise(_rounded(pl.col("number") * pl.col("factor"))),
    )


def _converted(numbers: pl.Series, factor: float) -> pl.Series:
    return numbers if factor == 1 else numbers.to_frame("x").select(_rounded(pl.col("x") * factor)).to_series()


def _rounded(product: pl.Expr) -> pl.Expr:
    """Take off what binary fractions add: 0.55 of 100 % is 55, not 55.00000000000001, which a rule would tell apart."""
    return product.round(DECIMALS)


def _factor_of_cell(spelling: str, *, bare: float, stated: str | None, target: str | None) -> float | None:
    """Return what a number with a unit behind it is worth, None when the unit doesn't agree with the column."""
    found, expected = unit_of(spelling), unit_of(stated or target or "")
    if found is None or expected is None:
        return bare if stated and spelling.lower() == stated.lower() else None
    if found.dimension != expected.dimension or (stated and found.factor != expected.factor):
        return None
    goal = unit_of(target or "")
    return found.factor / goal.factor if goal else bare


def _implausible(quantity: Quantity) -> pl.Expr:
    value = pl.col("value")
    reason = pl.lit(f"outside {quantity.low:g} to {quantity.high:g} {quantity.unit or ''}".rstrip())
    return pl.when(value.is_finite() & ~value.is_between(quantity.low, quantity.high)).then(reason)


def looks_numeric(cells: pl.Series) -> pl.Series:
    """Return which cells of free choice are bare numbers."""
    if cells.dtype.is_numeric():
        return cells.is_not_null()
    return cells.cast(pl.String).str.contains(BARE).fill_null(value=False)
