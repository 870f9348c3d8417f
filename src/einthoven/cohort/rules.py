"""Rules over a table's columns, such as ``lvef <= 40 and age_years >= 18``, with unknown values and uncertain ones.

A comparison with a missing value is unknown, and ``and``, ``or`` and ``not`` follow Kleene's strong three-valued logic
(Introduction to Metamathematics, 1952, section 64): unknown or true is true, unknown and false is false. Where a value
is known as an interval only (``einthoven.cohort.rule_values``), a test that the interval does not decide is uncertain:
it counts by the midpoint, and is unknown where there is none.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from einthoven.cohort.rule_grammar import (
    Column,
    Comparison,
    Connective,
    Fixed,
    Flag,
    Membership,
    Missing,
    Negation,
    Node,
    parse,
)
from einthoven.cohort.rule_intervals import Outcome
from einthoven.cohort.rule_values import compare, is_known, kind_of, member, yes_or_no
from einthoven.errors import CohortError, SpecificationError

__all__ = ["Rule", "RuleResult", "grade", "parse_rule"]


@dataclass(frozen=True, slots=True, eq=False)
class RuleResult:
    """What a rule says of each row.

    Attributes
    ----------
    value : Series (row,)
        Boolean, or Float32 of a grade; null where unknown.
    uncertain : Series (row,), Boolean
        Where intervals leave more than one result; never null. A row may be both unknown and uncertain ("above 40 %",
        when 50 % is asked for), or unknown without being uncertain (nobody looked).
    """

    value: pl.Series
    uncertain: pl.Series


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that has been read.

    Attributes
    ----------
    text : str
        As it was written.
    columns : frozenset of str
        All that it names; the bounds beside them are not among them.
    """

    text: str
    columns: frozenset[str]
    tree: Node

    def evaluate(self, table: pl.DataFrame) -> RuleResult:
        """Return what the rule says of each row of ``table``.

        Uncertain operands count as independent of each other: ``a < 5 or a >= 5`` is uncertain where ``a`` is.

        Raises
        ------
        CohortError
            For a column that the table lacks, and for a comparison of numbers with text.
        """
        try:
            truth = _evaluate(self.tree, table)
        except CohortError as error:
            raise CohortError(f"rule {self.text!r}: {error}") from error
        several = truth.can_hold.cast(pl.Int8) + truth.can_fail.cast(pl.Int8) + truth.can_be_unknown.cast(pl.Int8)
        return RuleResult(value=truth.value.rename("value"), uncertain=(several > 1).rename("uncertain"))


def parse_rule(text: str) -> Rule:
    """Read a rule; ``einthoven.cohort.rule_grammar`` has the grammar.

    Raises
    ------
    SpecificationError
        Shows the place that can't be read.

    Examples
    --------
    >>> rule = parse_rule("lvef <= 40 or lvef is missing and sex in [F, M]")
    >>> sorted(rule.columns)
    ['lvef', 'sex']
    >>> table = pl.DataFrame({"lvef": [35.0, 60.0, None, None], "sex": ["F", "F", "M", "U"]})
    >>> rule.evaluate(table).value.to_list()
    [True, False, True, None]
    """
    tree = parse(text)
    return Rule(text=text, columns=frozenset(_columns(tree)), tree=tree)


def grade(table: pl.DataFrame, column: str, cuts: Sequence[float]) -> RuleResult:
    """Return how many of the ``cuts`` each value reaches: 0 for a stenosis of 40 %, 1 for one of 50 %, with cut 50.

    Parameters
    ----------
    table : DataFrame
    column : str
        A number, with or without bounds beside it.
    cuts : sequence of float
        In the column's unit, increasing; a value that equals a cut reaches it.

    Returns
    -------
    RuleResult
        Grades as Float32; uncertain where the interval has a cut inside.

    Examples
    --------
    >>> table = pl.DataFrame({"stenosis": [40.0, 50.0, 99.0, None]})
    >>> grade(table, "stenosis", [50, 70, 99]).value.to_list()
    [0.0, 1.0, 3.0, None]
    """
    cuts = [float(cut) for cut in cuts]
    if not cuts or not all(map(math.isfinite, cuts)) or any(a >= b for a, b in itertools.pairwise(cuts)):
        raise SpecificationError(f"the cuts of {column!r} have to be increasing numbers, at least one, got {cuts}")
    if kind_of(table, column) != "number":
        raise CohortError(f"column {column!r} is cut into grades and has to hold numbers, not {table.schema[column]}")
    reached = [_truth(compare(table, Comparison(">=", Column(column), Fixed(cut)))) for cut in cuts]
    value, uncertain = reached[0].value.cast(pl.Float32), reached[0].can_hold & reached[0].can_fail
    for each in reached[1:]:
        value, uncertain = value + each.value.cast(pl.Float32), uncertain | (each.can_hold & each.can_fail)
    return RuleResult(value=value.rename("value"), uncertain=uncertain.rename("uncertain"))


@dataclass(frozen=True, slots=True, eq=False)
class _Truth:
    """What a part of a rule says of each row, and all that it could say; the last three are never null."""

    value: pl.Series
    can_hold: pl.Series
    can_fail: pl.Series
    can_be_unknown: pl.Series


def _columns(node: Node) -> Iterator[str]:
    match node:
        case Comparison(_, left, right):
            yield from (side.name for side in (left, right) if isinstance(side, Column))
        case Membership(column, _) | Missing(column) | Flag(column):
            yield column.name
        case Negation(part):
            yield from _columns(part)
        case Connective(_, parts):
            for part in parts:
                yield from _columns(part)


def _evaluate(node: Node, table: pl.DataFrame) -> _Truth:
    match node:
        case Negation(part):
            truth = _evaluate(part, table)
            return _Truth(~truth.value, truth.can_fail, truth.can_hold, truth.can_be_unknown)
        case Connective("all", parts):
            return _all([_evaluate(part, table) for part in parts])
        case Connective(_, parts):  # not all of them fail (De Morgan holds in Kleene's logic)
            return _evaluate(Negation(Connective("all", tuple(Negation(part) for part in parts))), table)
        case _:
            return _truth(_test(node, table))


def _test(node: Comparison | Membership | Missing | Flag, table: pl.DataFrame) -> Outcome:
    match node:
        case Comparison():
            return compare(table, node)
        case Membership(column, values):
            return member(table, column.name, values)
        case Flag(column):
            return yes_or_no(table, column.name)
        case Missing(column):
            return Outcome.sure(table.select(~is_known(table, column.name)).to_series())


def _truth(outcome: Outcome) -> _Truth:
    outcomes = pl.DataFrame({"hold": outcome.can_hold, "fail": outcome.can_fail, "best": outcome.best})
    hold, fail = pl.col("hold"), pl.col("fail")
    contradictory = ~hold & ~fail  # a low bound above the high one decides nothing
    outcomes = outcomes.with_columns(hold=hold | contradictory, fail=fail | contradictory)
    columns = outcomes.select(
        value=pl.when(hold & ~fail).then(True).when(fail & ~hold).then(False).when(hold & fail).then("best"),
        can_hold=hold.fill_null(False),
        can_fail=fail.fill_null(False),
        can_be_unknown=hold.is_null(),
    )
    return _Truth(*columns.get_columns())


def _all(parts: Sequence[_Truth]) -> _Truth:
    """Join by 'and': it can be unknown when no part has to fail and one at least can be unknown."""
    value, can_hold, can_fail = parts[0].value, parts[0].can_hold, parts[0].can_fail
    passes, can_be_unknown = can_hold | parts[0].can_be_unknown, parts[0].can_be_unknown
    for part in parts[1:]:
        value, can_hold, can_fail = value & part.value, can_hold & part.can_hold, can_fail | part.can_fail
        passes, can_be_unknown = passes & (part.can_hold | part.can_be_unknown), can_be_unknown | part.can_be_unknown
    return _Truth(value, can_hold, can_fail, passes & can_be_unknown)
