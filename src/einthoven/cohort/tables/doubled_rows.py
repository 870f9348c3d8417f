"""Rows that occur twice: alike, one of them is left out; unlike, nobody knows which is true."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from einthoven.cohort.tables.settings import OnError
from einthoven.cohort.tables.typed_table import dropped_cells, no_rows_dropped
from einthoven.errors import CohortError

__all__ = ["Rows", "no_rows", "shown", "without", "without_doubled_rows"]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Rows with the lines they begin on, and what was left out of them."""

    table: pl.DataFrame
    lines: pl.Series
    dropped: pl.DataFrame


def without_doubled_rows(kind: str, rows: Rows, *, key: str | None, name: str, on_error: OnError = "refuse") -> Rows:
    """Leave out rows that repeat an earlier one, and refuse those that share a key and differ.

    Parameters
    ----------
    kind : str
    rows : Rows
    key : str, optional
        Column that names a row; without it only whole rows are compared.
    name : str
        Of the table, for messages.
    on_error : ``refuse`` or ``drop``
        ``drop`` leaves out all rows of such a key.

    Raises
    ------
    CohortError
        With the first key that has two contents, and what differs.
    """
    repeated = ~rows.table.select(pl.struct(pl.all()).is_first_distinct()).to_series()
    rows = without(kind, rows, repeated, column=key or "patient_id", reasons="the row repeats an earlier one")
    if key is None or not (doubled := rows.table[key].is_duplicated()).any():
        return rows
    if on_error == "refuse":
        raise CohortError(_two_contents(rows, key=key, name=name))
    return without(kind, rows, doubled, column=key, reasons=f"{key} occurs twice with different contents")


def without(kind: str, rows: Rows, gone: pl.Series, *, column: str, reasons: pl.Series | str) -> Rows:
    """Return the rows that are not in ``gone``, with those that are noted; ``column`` is the one to show of them."""
    if not gone.any():
        return rows
    reasons = reasons if isinstance(reasons, str) else reasons.filter(gone)
    noted = dropped_cells(
        kind, rows.lines.filter(gone), column=column, values=rows.table[column].filter(gone), reasons=reasons
    )
    return Rows(rows.table.filter(~gone), rows.lines.filter(~gone), pl.concat([rows.dropped, noted]))


def no_rows(table: pl.DataFrame, lines: pl.Series) -> Rows:
    """Return rows of which none was left out so far."""
    return Rows(table, lines, no_rows_dropped())


def shown(value: object) -> str:
    """Return a value as messages show it."""
    text = "empty" if value is None else str(value).removesuffix(" 00:00:00")
    return repr(text[:40]) if isinstance(value, str) else text


def _two_contents(rows: Rows, *, key: str, name: str) -> str:
    doubled = rows.table.filter(rows.table[key].is_duplicated())
    value = doubled[key][0]
    first, second = rows.table.with_columns(line=rows.lines).filter(rows.table[key] == value).to_dicts()[:2]
    column = next(column for column in rows.table.columns if first[column] != second[column])
    contents = " and ".join(f"{shown(row[column])} (line {row['line']})" for row in (first, second))
    return (
        f"{name}: {doubled[key].n_unique()} values of {key} occur twice with different contents, the first is "
        f"{value!r}: {column} is {contents}; each {key} has one row"
    )
