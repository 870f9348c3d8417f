"""Groups of patients by rules over what is known of them, such as age up to 70 years and above."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import polars as pl

from einthoven.cohort.rules import parse_rule
from einthoven.errors import CohortError, SpecificationError

__all__ = ["subgroups"]


def subgroups(table: pl.DataFrame, rules: Mapping[str, str | Mapping[str, str]]) -> pl.DataFrame:
    """Return a column ``group.<name>`` per subgroup.

    Parameters
    ----------
    table : DataFrame
    rules : mapping of name to rule, or to a mapping of value to rule
        One rule gives the values ``yes`` and ``no``; several give the value whose rule holds. What an interval leaves
        uncertain counts by its midpoint.

    Returns
    -------
    DataFrame (row, subgroup), String
        Null where the rule is unknown, or none of several holds: the groups need not cover everybody.

    Raises
    ------
    CohortError
        When two rules of one name hold for the same row, which is named; and for what ``Rule.evaluate`` refuses.
    SpecificationError
        For a name without a rule, and what ``parse_rule`` refuses.

    Examples
    --------
    >>> table = pl.DataFrame({"age_years": [60.0, 80.0, None]})
    >>> groups = subgroups(
    ...     table, {"age": {"<=70": "age_years <= 70", ">70": "age_years > 70"}, "old": "age_years > 75"}
    ... )
    >>> groups["group.age"].to_list(), groups["group.old"].to_list()
    (['<=70', '>70', None], ['no', 'yes', None])
    """
    return pl.DataFrame([_column(table, name, rule) for name, rule in rules.items()])


def _column(table: pl.DataFrame, name: str, rule: str | Mapping[str, str]) -> pl.Series:
    if name.startswith("group."):
        raise SpecificationError(f"subgroup {name!r}: write {name.removeprefix('group.')!r}, 'group.' is put before it")
    if f"group.{name}" in table.columns:
        raise CohortError(f"subgroup {name!r}: the table has a column 'group.{name}' already; choose another name")
    if isinstance(rule, str):
        holds = _holds(table, rule, place=f"subgroup {name!r}")
        values = pl.DataFrame({"yes": holds, "no": ~holds})
    elif rule:
        values = pl.DataFrame(
            {value: _holds(table, text, place=f"subgroup {name!r}, {value!r}") for value, text in rule.items()}
        )
        _check_apart(table, values, name)
    else:
        raise SpecificationError(f"subgroup {name!r} has no rule; write for example 'age_years > 70'")
    first = pl.coalesce(pl.when(pl.col(value)).then(pl.lit(value)) for value in values.columns)
    return values.select(first.alias(f"group.{name}")).to_series()


def _holds(table: pl.DataFrame, text: str, *, place: str) -> pl.Series:
    try:
        return parse_rule(text).evaluate(table).value
    except SpecificationError as error:
        raise SpecificationError(f"{place}: {error}") from error
    except CohortError as error:
        raise CohortError(f"{place}: {error}") from error


def _check_apart(table: pl.DataFrame, values: pl.DataFrame, name: str) -> None:
    for one, other in itertools.combinations(values.columns, 2):
        both = (values[one] & values[other]).arg_true()
        if len(both):
            example = repr(table["record_id"][both[0]]) if "record_id" in table.columns else f"row {both[0] + 1}"
            raise CohortError(
                f"subgroup {name!r}: {len(both)} rows are {one!r} and {other!r} at once, the first is {example}; "
                "let the rules exclude each other"
            )
