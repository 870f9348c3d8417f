"""What happens to rows in which a column has no value: stated per column, counted, and never imputed.

==========  =============================================================================
``keep``    the row stays, without a value; it counts in no group and in no outcome
``group``   those without a value are a group of their own, ``unknown``; for columns of text
``drop``    the row leaves the cohort, as a step of the flow
``refuse``  an error that counts the rows and names one
==========  =============================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import polars as pl

from einthoven.cohort.flow import FlowStep
from einthoven.cohort.rule_values import is_known, kind_of
from einthoven.errors import CohortError, SpecificationError
from einthoven.registry import nearest

__all__ = ["MissingResult", "Policy", "apply_missing"]

Policy = Literal["keep", "group", "drop", "refuse"]
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, eq=False)
class MissingResult:
    """A table after the policies.

    Attributes
    ----------
    table : DataFrame
    steps : list of FlowStep
        One per column for which rows left, in the order of the policies; a row that lacks two columns is counted with
        the first.
    counts : dict of column to (int, int)
        Rows without a value, and all rows, in the table as it came; for the columns that have a policy.
    """

    table: pl.DataFrame
    steps: list[FlowStep]
    counts: dict[str, tuple[int, int]]


def apply_missing(table: pl.DataFrame, policies: Mapping[str, Policy], *, counted: str = "ECGs") -> MissingResult:
    """Apply a policy per column; columns without one are kept as they are.

    Parameters
    ----------
    table : DataFrame
        A number is missing when it is null or NaN and has no bound beside it (``q.low``, ``q.high``); a sex of ``U``
        is missing.
    policies : mapping of column to ``keep``, ``group``, ``drop`` or ``refuse``
        Rows are dropped first: what is refused is refused among those that remain.
    counted : str
        What a row is, in the plural, for the steps of the flow.

    Raises
    ------
    SpecificationError
        For an unknown policy, and for ``group`` on a column that isn't text.
    CohortError
        For an unknown column, for missing values that are refused, and when all rows would leave.

    Examples
    --------
    >>> table = pl.DataFrame({"patient_id": ["1", "2"], "group.smoker": [None, "yes"], "age_years": [50.0, None]})
    >>> result = apply_missing(table, {"group.smoker": "group", "age_years": "drop"})
    >>> result.table["group.smoker"].to_list(), result.counts["age_years"]
    (['unknown'], (1, 2))
    """
    for column, policy in policies.items():
        _check(table, column, policy)
    counts = {column: (int(_missing(table, column).sum()), table.height) for column in policies}
    steps: list[FlowStep] = []
    for column in _with(policies, "drop"):
        table = _dropped(table, column, steps, counted=counted)
    for column in _with(policies, "refuse"):
        _refuse(table, column)
    groups = [
        pl.when(is_known(table, column)).then(pl.col(column).cast(pl.String)).otherwise(pl.lit(UNKNOWN)).alias(column)
        for column in _with(policies, "group")
    ]
    return MissingResult(table.with_columns(groups), steps, counts)


def _check(table: pl.DataFrame, column: str, policy: Policy) -> None:
    if policy not in get_args(Policy):
        raise SpecificationError(f"missing values of {column!r}: there is no policy {policy!r}{_near(policy)}")
    kind = kind_of(table, column)
    if policy == "group" and (kind != "text" or column == "sex") and table.schema[column] != pl.Null:
        reason = (
            "an unknown sex is a group already, U" if column == "sex" else f"{column!r} holds {table.schema[column]}"
        )
        raise SpecificationError(
            f"only columns of text can have a group 'unknown', and {reason}; use keep, drop or refuse"
        )


def _near(policy: str) -> str:
    return nearest(policy, get_args(Policy))


def _with(policies: Mapping[str, Policy], policy: Policy) -> list[str]:
    return [column for column, stated in policies.items() if stated == policy]


def _missing(table: pl.DataFrame, column: str) -> pl.Series:
    return table.select(~is_known(table, column)).to_series()


def _dropped(table: pl.DataFrame, column: str, steps: list[FlowStep], *, counted: str) -> pl.DataFrame:
    missing = _missing(table, column)
    gone = table.filter(missing)
    if not gone.height:
        return table
    if gone.height == table.height:
        raise CohortError(
            f"none of the {table.height} rows has a value in {column!r}, and those without one are dropped"
        )
    steps.append(
        FlowStep(f"{column} missing", gone.height, gone["patient_id"].n_unique(), excluded=True, counted=counted)
    )
    return table.filter(~missing)


def _refuse(table: pl.DataFrame, column: str) -> None:
    gone = table.filter(_missing(table, column))
    if gone.height:
        raise CohortError(
            f"{gone.height} of {table.height} rows have no value in {column!r}, the first is {gone['record_id'][0]!r}: "
            f"complete the table, or say in the study file what happens to them (keep, group or drop)"
        )
