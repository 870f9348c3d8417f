"""What the single tests of a rule come out as on a table: which columns they fit, and what counts as missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Literal

import polars as pl

from einthoven.cohort.rule_grammar import Column, Comparison, Fixed, Order
from einthoven.cohort.rule_intervals import Outcome, Quantity, compare_quantities, ordered
from einthoven.errors import CohortError
from einthoven.registry import nearest

__all__ = ["compare", "has_bounds", "is_known", "kind_of", "member", "yes_or_no"]

Kind = Literal["number", "text", "time", "yes or no"]
MIRRORED: dict[Order, Order] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
WORDS: dict[Kind, str] = {"number": "numbers", "text": "text", "time": "times", "yes or no": "yes or no (true, false)"}
SEXES = ("F", "M")
# the cohort writes an unknown sex as U
UNKNOWN_SEX = "U"


def kind_of(table: pl.DataFrame, column: str) -> Kind:
    """Return what a column holds, or refuse one that does not exist, with the nearest name."""
    if column not in table.columns:
        raise CohortError(f"there is no column {column!r}{nearest(column, table.columns)}")
    dtype = table.schema[column]
    if dtype.is_numeric() or dtype == pl.Null:
        return "number"
    if dtype == pl.Boolean:
        return "yes or no"
    if dtype in (pl.Datetime, pl.Date):
        return "time"
    if dtype in (pl.String, pl.Categorical, pl.Enum):
        return "text"
    raise CohortError(f"column {column!r} holds {dtype}; a rule can test numbers, texts, times and yes or no")


def has_bounds(table: pl.DataFrame, column: str) -> bool:
    """Return whether the column is a number with an interval beside it."""
    bounds = (f"{column}.low", f"{column}.high")
    return all(bound in table.columns for bound in bounds) and kind_of(table, column) == "number"


def is_known(table: pl.DataFrame, column: str) -> pl.Expr:
    """Return, per row, whether there is a value or a bound of it; NaN is none, and neither is a sex of U."""
    known = _plain(table, column).is_not_null()
    if has_bounds(table, column):
        known |= _number(table, f"{column}.low").is_not_null() | _number(table, f"{column}.high").is_not_null()
    return known


def yes_or_no(table: pl.DataFrame, column: str) -> Outcome:
    """Return a column of yes and no as a test."""
    kind = kind_of(table, column)
    if _is_empty(table, column):
        return Outcome.sure(table[column].cast(pl.Boolean))
    if kind != "yes or no":
        example = {"number": f"{column} >= 1", "text": f'{column} == "..."', "time": f"{column} >= 2015-01-01"}[kind]
        raise CohortError(f"column {column!r} holds {WORDS[kind]}, not yes or no; compare it, for example {example}")
    return Outcome.sure(table[column])


def compare(table: pl.DataFrame, test: Comparison) -> Outcome:
    """Return the outcome of a comparison; a column stands on its left, or its right, or both."""
    if not isinstance(test.left, Column):
        assert isinstance(test.right, Column)
        return compare(table, Comparison(MIRRORED[test.order], test.right, test.left))
    column, kind = test.left.name, kind_of(table, test.left.name)
    right = _as_time(test.right, column) if kind == "time" else test.right
    for name in (column, *([right.name] if isinstance(right, Column) else [])):
        if _is_empty(table, name):
            return Outcome.sure(table[name].cast(pl.Boolean))
    _check_kinds(table, column, right, order=test.order)
    if kind == "number":
        left_quantity, right_quantity = _quantities(table, column, right)
        outcome = compare_quantities(table, test.order, left_quantity, right_quantity)
        return _doubted(table, column, right, outcome)
    left_side, right_side = _plain(table, column), _other_side(table, column, right)
    if kind == "time" and isinstance(right, Fixed) and not isinstance(right.value, dt.datetime):
        left_side = left_side.dt.date()  # a day without an hour is the whole day
    return Outcome.sure(table.select(ordered(test.order, left_side, right_side)).to_series())


def member(table: pl.DataFrame, column: str, values: Sequence[Fixed]) -> Outcome:
    """Return whether the column equals one of the values."""
    tests = [compare(table, Comparison("==", Column(column), value)) for value in values]
    outcome = tests[0]
    for test in tests[1:]:
        # an interval of some width can always miss all values; a point misses all only when it misses each
        outcome = Outcome(outcome.can_hold | test.can_hold, outcome.can_fail & test.can_fail, outcome.best | test.best)
    return outcome


def _is_empty(table: pl.DataFrame, column: str) -> bool:
    """Return whether a column has no type as none of its values is known; it then fits every test."""
    return kind_of(table, column) == "number" and table.schema[column] == pl.Null


def _as_time(other: Column | Fixed, column: str) -> Column | Fixed:
    if isinstance(other, Column) or not isinstance(other.value, str):
        return other
    try:
        read = dt.datetime.fromisoformat(other.value)
    except ValueError as error:
        raise CohortError(f"column {column!r} holds times; {other.value!r} is none, write 2015-12-31") from error
    whole_day = len(other.value) == len("2015-12-31")
    return Fixed(read.date() if whole_day else read)


def _plain(table: pl.DataFrame, column: str) -> pl.Expr:
    kind = kind_of(table, column)
    if kind == "number":
        return _number(table, column)
    expression = pl.col(column)
    if kind == "text":
        expression = expression.cast(pl.String)
        if column == "sex":
            return pl.when(expression != UNKNOWN_SEX).then(expression)
    return expression


def _number(table: pl.DataFrame, column: str) -> pl.Expr:
    if kind_of(table, column) != "number":
        raise CohortError(
            f"column {column!r} is the bound of a number and has to hold numbers, not {table.schema[column]}"
        )
    return pl.col(column).cast(pl.Float64).fill_nan(None)


def _check_kinds(table: pl.DataFrame, column: str, other: Column | Fixed, *, order: Order) -> None:
    kind = kind_of(table, column)
    other_kind = kind_of(table, other.name) if isinstance(other, Column) else _kind_of_literal(other)
    shown = f"column {other.name!r}" if isinstance(other, Column) else repr(_shown(other))
    if kind in {"text", "yes or no"} and order not in {"==", "!="}:
        raise CohortError(
            f"column {column!r} holds {WORDS[kind]} and has no order; use ==, != or 'in [...]', not {order}"
        )
    if isinstance(other, Fixed) and other.is_word and other.value in table.columns:
        raise CohortError(
            f'{other.value!r} could be a text or a column of that name; write "{other.value}" for the text, '
            f"`{other.value}` for the column"
        )
    if column == "sex" and isinstance(other, Fixed) and other.value == UNKNOWN_SEX:
        raise CohortError("an unknown sex (U) equals nothing; write 'sex is missing'")
    if column == "sex" and isinstance(other, Fixed) and other.value not in SEXES:
        raise CohortError(f"sex is F or M, got {other.value!r}")
    binary = kind == "yes or no" and isinstance(other, Fixed) and other.value in {0.0, 1.0}
    if other_kind != kind and not binary:
        raise CohortError(
            f"column {column!r} holds {WORDS[kind]} and can't be compared with {shown}, of {WORDS[other_kind]}"
        )


def _kind_of_literal(literal: Fixed) -> Kind:
    if isinstance(literal.value, bool):
        return "yes or no"
    if isinstance(literal.value, float):
        return "number"
    return "text" if isinstance(literal.value, str) else "time"


def _shown(literal: Fixed) -> object:
    return literal.value if isinstance(literal.value, (str, float)) else str(literal.value)


def _other_side(table: pl.DataFrame, column: str, other: Column | Fixed) -> pl.Expr:
    if isinstance(other, Column):
        return _plain(table, other.name)
    if kind_of(table, column) == "yes or no":
        return pl.lit(bool(other.value))
    return pl.lit(other.value)


def _quantities(table: pl.DataFrame, column: str, other: Column | Fixed) -> tuple[Quantity, Quantity]:
    if isinstance(other, Column):
        return _quantity(table, column), _quantity(table, other.name)
    number = pl.lit(float(other.value), pl.Float64)  # type: ignore[arg-type]  # its kind was checked
    if table.schema[column] == pl.Float32:
        number = number.cast(pl.Float32).cast(pl.Float64)  # 70.1 has to equal the 70.1 of the column
    return _quantity(table, column), Quantity.point(number)


def _quantity(table: pl.DataFrame, column: str) -> Quantity:
    value = _number(table, column)
    if not has_bounds(table, column):
        return Quantity.point(value)
    low, high = _number(table, f"{column}.low"), _number(table, f"{column}.high")
    flags = f"{column}.flags"
    if flags not in table.columns:
        return Quantity.interval(value, low, high, low_excluded=pl.lit(False), high_excluded=pl.lit(False))
    if isinstance(table.schema[flags], pl.List):
        excluded = [pl.col(flags).list.contains(f"{end} excluded") for end in ("low", "high")]
    else:
        text = pl.col(flags).cast(pl.String)
        excluded = [text.str.contains(f"{end} excluded", literal=True) for end in ("low", "high")]
    return Quantity.interval(value, low, high, low_excluded=excluded[0], high_excluded=excluded[1])


def _doubted(table: pl.DataFrame, column: str, other: Column | Fixed, outcome: Outcome) -> Outcome:
    """Let a label that its statement calls uncertain (``u.<label>``) decide nothing for sure."""
    for name in (column, *([other.name] if isinstance(other, Column) else [])):
        label = name.removeprefix("y.")
        if f"y.{label}" in table.columns and f"u.{label}" in table.columns:
            doubt = table[f"u.{label}"].cast(pl.Boolean).fill_null(False)
            outcome = Outcome(outcome.can_hold | doubt, outcome.can_fail | doubt, outcome.best)
    return outcome
