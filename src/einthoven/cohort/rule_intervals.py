"""What the comparison of two numbers can come out as, where a number may be known as an interval only.

A report that says "EF > 40 %" has no value, but a lower bound; "EF 50 to 55 %" has both and a midpoint. A column ``q``
with ``q.low`` and ``q.high`` beside it (null: no bound on that side) and, optionally, ``q.flags`` with the words
"low excluded" and "high excluded" is such an interval.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import polars as pl

from einthoven.cohort.rule_grammar import Order

__all__ = ["Outcome", "Quantity", "compare_quantities", "ordered"]


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What a test can come out as, for each row.

    Attributes
    ----------
    can_hold, can_fail : Series (row,), Boolean
        Both: the interval does not decide. Null: nothing is known.
    best : Series (row,), Boolean
        By the midpoint; null where there is none.
    """

    can_hold: pl.Series
    can_fail: pl.Series
    best: pl.Series

    @classmethod
    def sure(cls, value: pl.Series) -> Outcome:
        """Return the outcome of a test that has no interval in it."""
        return cls(can_hold=value, can_fail=~value, best=value)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number per row as expressions; unknown where its bounds are null."""

    value: pl.Expr
    low: pl.Expr
    high: pl.Expr
    low_excluded: pl.Expr
    high_excluded: pl.Expr
    is_point: bool

    @classmethod
    def point(cls, value: pl.Expr) -> Quantity:
        """Return a number that is known exactly, or not at all."""
        return cls(value, value, value, pl.lit(False), pl.lit(False), is_point=True)

    @classmethod
    def interval(
        cls, value: pl.Expr, low: pl.Expr, high: pl.Expr, *, low_excluded: pl.Expr, high_excluded: pl.Expr
    ) -> Quantity:
        """Return a number between bounds; with one null it is open on that side, with both the value is exact."""
        exact = low.is_null() & high.is_null()
        return cls(
            value=value,
            low=pl.when(exact).then(value).otherwise(low.fill_null(-math.inf)),
            high=pl.when(exact).then(value).otherwise(high.fill_null(math.inf)),
            low_excluded=low_excluded.fill_null(False) & low.is_not_null(),
            high_excluded=high_excluded.fill_null(False) & high.is_not_null(),
            is_point=False,
        )

    def parts(self, name: str) -> tuple[pl.Expr, ...]:
        """Return the columns that ``of_parts`` finds again by their names."""
        return (
            self.value.alias(f"{name}.value"),
            self.low.alias(f"{name}.low"),
            self.high.alias(f"{name}.high"),
            self.low_excluded.alias(f"{name}.low_excluded"),
            self.high_excluded.alias(f"{name}.high_excluded"),
        )

    @classmethod
    def of_parts(cls, name: str) -> Quantity:
        """Inverse of ``parts``."""
        low_excluded, high_excluded = pl.col(f"{name}.low_excluded"), pl.col(f"{name}.high_excluded")
        value, low, high = pl.col(f"{name}.value"), pl.col(f"{name}.low"), pl.col(f"{name}.high")
        return cls(value, low, high, low_excluded, high_excluded, is_point=False)


def compare_quantities(table: pl.DataFrame, order: Order, left: Quantity, right: Quantity) -> Outcome:
    """Return the outcome of ``left order right`` for each row of the table; one of them is made of its columns."""
    if left.is_point and right.is_point:
        return Outcome.sure(table.select(ordered(order, left.value, right.value)).to_series())
    # worked out once, as each part is asked for several times below
    prepared = table.select(*left.parts("left"), *right.parts("right"))
    left, right = Quantity.of_parts("left"), Quantity.of_parts("right")
    hold, fail = _can_hold_and_fail(order, left, right)
    outcome = prepared.select(hold=hold, fail=fail, best=ordered(order, left.value, right.value))
    return Outcome(outcome["hold"], outcome["fail"], outcome["best"])


def _can_hold_and_fail(order: Order, left: Quantity, right: Quantity) -> tuple[pl.Expr, pl.Expr]:
    less, more = _can_be_less(left, right), _can_be_less(right, left)
    reach, reached = _can_be_at_most(left, right), _can_be_at_most(right, left)
    match order:
        case "<":
            return less, reached
        case "<=":
            return reach, more
        case ">":
            return more, reach
        case ">=":
            return reached, less
        case "==":
            return reach & reached, less | more
        case "!=":
            return less | more, reach & reached


def _can_be_less(left: Quantity, right: Quantity) -> pl.Expr:
    """Return whether some value of the left interval is below some of the right, whether or not the ends belong."""
    return left.low < right.high


def _can_be_at_most(left: Quantity, right: Quantity) -> pl.Expr:
    touch = (left.low == right.high) & ~left.low_excluded & ~right.high_excluded
    return (left.low < right.high) | touch


def ordered(order: Order, left: pl.Expr, right: pl.Expr) -> pl.Expr:
    """Return ``left order right`` as an expression."""
    match order:
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case ">=":
            return left >= right
        case "==":
            return left == right
        case "!=":
            return left != right
