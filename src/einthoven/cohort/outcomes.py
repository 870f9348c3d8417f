"""The outcomes of a study out of what reports and ECGs say: yes or no by a rule, a grade by cuts, or a value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import polars as pl

from einthoven.cohort.rules import Rule, grade, parse_rule
from einthoven.errors import CohortError, SpecificationError
from einthoven.registry import nearest

__all__ = [
    "OutcomeKind",
    "OutcomeSettings",
    "check_known",
    "check_task_names",
    "measured_columns",
    "outcome_columns",
    "with_short_names",
]

OutcomeKind = Literal["binary", "ordinal", "regression"]
SHORTENED = ("covariate.", "y.", "group.")


@dataclass(frozen=True)
class OutcomeSettings:
    """One outcome.

    Attributes
    ----------
    rule : str, optional
        ``lvef <= 40``: 1 where it holds, 0 where it doesn't, empty where that isn't known.
    value : str, optional
        A column whose value is the outcome; with ``cuts`` its grade, the number of cuts that it reaches.
    cuts : list of float
        Rising, for example ``[50, 70, 99]`` percent of stenosis.
    uncertain : ``unknown`` or ``best_guess``
        What "EF 35-45 %" is to the rule ``lvef <= 40``: not known, or decided by the middle of the range. The column
        ``u.<task>`` marks it in either case.
    """

    rule: str | None = None
    value: str | None = None
    cuts: tuple[float, ...] = ()
    uncertain: Literal["unknown", "best_guess"] = "unknown"

    def __post_init__(self) -> None:
        if (self.rule is None) == (self.value is None):
            raise SpecificationError("an outcome has either a rule, such as 'lvef <= 40', or a value, such as 'lvef'")
        if self.cuts and (self.value is None or list(self.cuts) != sorted(set(self.cuts))):
            raise SpecificationError(f"cuts are rising numbers beside a value, got {list(self.cuts)}")

    @property
    def kind(self) -> OutcomeKind:
        """What sort of task it is."""
        return "binary" if self.rule is not None else "ordinal" if self.cuts else "regression"

    @cached_property
    def parsed(self) -> Rule:
        """The rule, read."""
        return parse_rule(self.rule or "")

    @property
    def columns(self) -> frozenset[str]:
        """What it is made of."""
        return frozenset({self.value}) if self.value is not None else self.parsed.columns


def check_task_names(names: Mapping[str, object]) -> None:
    """Refuse names that can't be columns and keys of a file."""
    for name in names:
        if not re.fullmatch(r"[A-Za-z0-9][\w.-]*", name):
            raise SpecificationError(f"names of outcomes are letters, digits, '.', '_' and '-', got {name!r}")


def outcome_columns(table: pl.DataFrame, tasks: Mapping[str, OutcomeSettings]) -> pl.DataFrame:
    """Return ``y.<task>`` Float32 and ``u.<task>`` Boolean, row by row.

    Raises
    ------
    CohortError
        For a column that the table lacks; names the nearest one.
    """
    columns: dict[str, pl.Series] = {}
    for name, task in tasks.items():
        seen = with_short_names(table, task.columns)
        try:
            value, uncertain = _evaluated(task, seen)
        except CohortError as error:
            raise CohortError(f"cohort.outcomes.{name}: {error}") from error
        if task.uncertain == "unknown" and task.kind != "regression":
            value = pl.select(pl.when(~uncertain).then(value)).to_series()
        columns[f"y.{name}"] = value.cast(pl.Float32)
        columns[f"u.{name}"] = uncertain
    return pl.DataFrame(columns)


def measured_columns(tasks: Mapping[str, OutcomeSettings], columns: Mapping[str, pl.DataType]) -> dict[str, str]:
    """Return under which name a cohort keeps what its outcomes were read from: number and method of measurement.

    Evaluation asks whether a result hangs on values near the cut-off, or on outcomes by a poor method.

    Parameters
    ----------
    tasks : mapping of name to OutcomeSettings
    columns : mapping of name to data type
        Of the table.

    Examples
    --------
    >>> columns = {"lvef": pl.Float64(), "lvef.method": pl.String(), "y.lvsd": pl.Float32()}
    >>> measured_columns({"lvsd": OutcomeSettings(rule="lvef <= 40")}, columns)
    {'lvef': 'covariate.lvef', 'lvef.method': 'group.lvef_method'}
    """
    found: dict[str, str] = {}
    for name in sorted({column for task in tasks.values() for column in task.columns}):
        method = f"{name}.method"
        # a column of a family is kept as it is, and a date or text is no measurement
        if columns.get(name, pl.Null()).is_numeric() and not name.startswith(SHORTENED):
            found[name] = f"covariate.{name}"
        if columns.get(method) == pl.String:
            found[method] = f"group.{name}_method"
    return {column: kept for column, kept in found.items() if kept not in columns}


def check_known(tasks: Mapping[str, OutcomeSettings], columns: Iterable[str]) -> None:
    """Refuse outcomes that are made of what neither ECGs nor reports have.

    Raises
    ------
    CohortError
        Names the outcome, what it asks for and the nearest column.
    """
    known = set(columns)
    known |= {name.partition(".")[2] for name in known if "." in name}
    for name, task in tasks.items():
        unknown = next((column for column in sorted(task.columns) if column not in known), None)
        if unknown is not None:
            near = nearest(unknown, sorted(known))
            raise CohortError(
                f"cohort.outcomes.{name}: neither ECGs nor reports have {unknown!r}{near}; a column of reports is "
                "named in data.NAME.reports.columns, also where its name stays the same"
            )


def with_short_names(table: pl.DataFrame, names: frozenset[str]) -> pl.DataFrame:
    """Return the table with ``bmi`` beside ``covariate.bmi`` for each asked name that only one family has."""
    added = {}
    for name in names - set(table.columns):
        known = [prefix + name for prefix in SHORTENED if prefix + name in table.columns]
        if len(known) == 1:
            added[name] = pl.col(known[0])
    return table.with_columns(**added)


def _evaluated(task: OutcomeSettings, table: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    if task.rule is not None:
        result = task.parsed.evaluate(table)
        return result.value, result.uncertain
    assert task.value is not None
    if task.value not in table.columns:
        raise CohortError(f"there is no column {task.value!r}{nearest(task.value, table.columns)}")
    if task.cuts:
        graded = grade(table, task.value, task.cuts)
        return graded.value, graded.uncertain
    return table[task.value], pl.repeat(value=False, n=table.height, eager=True)
