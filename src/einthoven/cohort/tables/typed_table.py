"""A table in canonical columns, and all that was left out of it on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

__all__ = ["DROPPED", "TypedTable", "dropped_cells", "no_rows_dropped", "summary_of_dropped"]

DROPPED = {"kind": pl.String, "row": pl.Int64, "column": pl.String, "value": pl.String, "reason": pl.String}


@dataclass(frozen=True, slots=True, eq=False)
class TypedTable:
    """What is known of ECGs, reports, diagnoses, events or patients.

    Attributes
    ----------
    kind : str
    name : str
        The file or table as messages call it.
    table : DataFrame
        Canonical columns: ids and text String, times Datetime("us") without zone, numbers Float64, ages Float32, sex
        ``F``, ``M`` or ``U``.
    lines : Series of Int64
        Line of the file that each row begins on, from 1; the header's is 1. Row numbers for Parquet and SQL.
    dropped : DataFrame with columns ``DROPPED``
        Each row and cell that was left out, with its line and the reason.
    notes : tuple of str
        What was found out about the file and what was changed in all of a column.
    date_only : bool
        Whether all times are midnight: nobody knows the hour.
    """

    kind: str
    name: str
    table: pl.DataFrame
    lines: pl.Series
    dropped: pl.DataFrame
    notes: tuple[str, ...]
    date_only: bool


def no_rows_dropped() -> pl.DataFrame:
    """Return an empty table of what was left out."""
    return pl.DataFrame(schema=DROPPED)


def dropped_cells(
    kind: str,
    lines: pl.Series | Sequence[int | None],
    *,
    column: str,
    values: pl.Series | None,
    reasons: pl.Series | str,
) -> pl.DataFrame:
    """Return rows of the table of what was left out; ``reasons`` one for all, or one each."""
    lines = pl.Series("row", lines, dtype=pl.Int64)
    shown = pl.Series("value", [None] * len(lines), pl.String) if values is None else values.cast(pl.String)
    return pl.DataFrame({"row": lines, "value": shown}).select(
        kind=pl.lit(kind),
        row="row",
        column=pl.lit(column),
        value="value",
        reason=pl.lit(reasons) if isinstance(reasons, str) else reasons.cast(pl.String),
    )


def summary_of_dropped(dropped: pl.DataFrame) -> pl.DataFrame:
    """Return ``kind, column, reason, n, row, value``: how often each reason applies, with the first cell as an example.

    Notes on whole tables, which have no row, come last.

    Examples
    --------
    >>> cells = dropped_cells("ecgs", [7, 3], column="age_years", values=pl.Series(["old", "?"]), reasons="no number")
    >>> summary_of_dropped(cells).rows()
    [('ecgs', 'age_years', 'no number', 2, 3, '?')]
    """
    first = pl.struct("row", "value").sort_by("row").first()
    counts = dropped.group_by("kind", "column", "reason").agg(n=pl.len(), first=first).unnest("first")
    by = [pl.col("row").is_null(), "kind", "n", "column", "reason"]
    return counts.sort(by, descending=[False, False, True, False, False])
