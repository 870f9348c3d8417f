"""Quantities out of the free text of reports, beside those that a table has as columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

__all__ = ["ReadReports", "with_read_quantities"]

TEXT = "report"
OF_TABLE = "table"
APART = 0.1  # of the column's value: more than rounding
PARTS = ("low", "high", "method", "flags")


class ReadReports(NamedTuple):
    """Reports with the quantities that their texts give, and every value that was found."""

    table: pl.DataFrame | None
    findings: pl.DataFrame | None
    notes: tuple[str, ...] = ()


def with_read_quantities(reports: pl.DataFrame, quantities: Sequence[str], *, workers: int = 1) -> ReadReports:
    """Return reports with ``q``, ``q.low``, ``q.high``, ``q.method`` and ``q.flags`` for each quantity.

    A column of the table wins where it has a value (``q.method`` is ``table``), the text fills the rest.

    Parameters
    ----------
    reports : DataFrame
        With ``outcome_id``, ``patient_id``, ``outcome_time``, and ``report`` where there is text.
    quantities : sequence of str
    workers : int
        Processes that read the texts.

    Returns
    -------
    ReadReports
        ``findings`` has ``outcome_id``, ``patient_id``, ``outcome_time`` and the columns of ``report_columns``; None
        without text.
    """
    if TEXT not in reports.columns or not quantities:
        return ReadReports(reports, None)
    from einthoven.cohort.reports.columns import report_columns

    read = report_columns(reports[TEXT].to_list(), tuple(quantities), workers=workers)
    table = reports
    notes: list[str] = []
    for quantity in quantities:
        notes += _disagreements(reports, read.chosen, quantity)
        found = read.chosen.select(pl.col(name) for name in read.chosen.columns if _belongs(name, quantity))
        table = _merged(table, found, quantity) if quantity in reports.columns else table.hstack(found.get_columns())
    ids = reports.select("outcome_id", "patient_id", "outcome_time").with_row_index("row")
    findings = read.findings.with_columns(pl.col("row").cast(pl.UInt32)).join(ids, on="row", maintain_order="left")
    findings = findings.select("outcome_id", "patient_id", "outcome_time", pl.exclude(*ids.columns))
    return ReadReports(table, findings, tuple(notes))


def _disagreements(reports: pl.DataFrame, chosen: pl.DataFrame, quantity: str) -> list[str]:
    """Tell how many reports say one thing in a column and another in their text."""
    if quantity not in reports.columns:
        return []
    both = pl.DataFrame({"column": reports[quantity], "text": chosen[quantity]}).drop_nulls()
    apart = both.filter((pl.col("column") - pl.col("text")).abs() > APART * pl.col("column").abs()).height
    if not apart:
        return []
    counts = f"{apart:,} of {both.height:,} reports"
    return [f"{quantity}: column and text differ by more than a tenth in {counts}; the column counts"]


def _belongs(column: str, quantity: str) -> bool:
    return column == quantity or column in {f"{quantity}.{part}" for part in PARTS}


def _merged(table: pl.DataFrame, found: pl.DataFrame, quantity: str) -> pl.DataFrame:
    """Let the table's own values go before those of the text, row by row and with all that belongs to them."""
    own = {"": table[quantity], "method": pl.repeat(OF_TABLE, table.height, dtype=pl.String, eager=True)}
    for limit in ("low", "high"):
        own[limit] = table[f"{quantity}.{limit}"] if f"{quantity}.{limit}" in table.columns else own[""]
    has_own = own[""].is_not_null() | own["low"].is_not_null() | own["high"].is_not_null()
    columns = []
    for name in found.columns:
        dtype = found.schema[name]
        mine = own.get(name.removeprefix(quantity).removeprefix("."))
        mine = pl.repeat(None, table.height, dtype=dtype, eager=True) if mine is None else mine.cast(dtype)
        columns.append(mine.zip_with(has_own, found[name]).alias(name))
    return table.with_columns(columns)
