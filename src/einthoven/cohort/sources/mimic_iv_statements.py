"""What the carts of MIMIC-IV-ECG stated: up to 18 lines per ECG, ``report_0`` to ``report_17``.

The 800,035 ECGs repeat some hundreds of thousands of reports and a few thousand lines; each is read once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import polars as pl

from einthoven.cohort.labels.presence import Presence
from einthoven.cohort.sources.understood import findings_of, not_understood
from einthoven.cohort.tables.typed_table import dropped_cells
from einthoven.errors import CohortError

__all__ = ["REPORTS", "ReadReports", "read_reports"]

REPORTS = tuple(f"report_{number}" for number in range(18))


class ReadReports(NamedTuple):
    """The different reports, and which of them each ECG has.

    Attributes
    ----------
    findings : sequence of (mapping of concept to presence) or None
        None: nothing is stated.
    row_of : Series of int, one per ECG
    notes : list of DataFrame
        Rows of ``SourceData.dropped`` that say which words were not understood.
    """

    findings: Sequence[Mapping[str, Presence] | None]
    row_of: pl.Series
    notes: list[pl.DataFrame]

    @classmethod
    def none(cls, n: int) -> ReadReports:
        """Return that nothing is stated of ``n`` ECGs."""
        return cls([None], pl.repeat(0, n, dtype=pl.UInt32, eager=True), [])


def read_reports(table: pl.DataFrame, *, file: str) -> ReadReports:
    """Return what the ECGs' reports say; a cell without any letter is no statement.

    Raises
    ------
    CohortError
        When the table has none of the columns.
    """
    lines = [name for name in REPORTS if name in table.columns]
    if not lines:
        raise CohortError(f"{file} has none of the columns report_0 to report_17: it holds no statements")
    worded = [pl.when(pl.col(name).str.contains(r"\p{Alphabetic}")).then(pl.col(name)).alias(name) for name in lines]
    stated = table.select(worded)
    reports = stated.select(report=pl.concat_str(pl.all(), separator="\n", ignore_nulls=True))
    reports = reports.select(pl.when(pl.col("report") != "").then(pl.col("report")))
    different = reports.unique(maintain_order=True).with_row_index("row_of")
    row_of = reports.join(different, on="report", how="left", maintain_order="left", nulls_equal=True)["row_of"]
    findings = [findings_of(text.split("\n")) if text else None for text in different["report"].to_list()]
    return ReadReports(findings, row_of, _not_understood(stated))


def _not_understood(stated: pl.DataFrame) -> list[pl.DataFrame]:
    statements = pl.concat([stated[name] for name in stated.columns]).drop_nulls()
    return [
        dropped_cells("ecgs", [None], column="report", values=None, reasons=f"note: {note}")
        for note in not_understood(statements.to_list())
    ]
