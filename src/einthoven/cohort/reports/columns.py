"""A table of reports' values: what was chosen per report, and everything that was found."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from einthoven.cohort.reports.choose import choose
from einthoven.cohort.reports.finding import ReportFinding
from einthoven.cohort.reports.read import read_report
from einthoven.cohort.reports.rules import rules
from einthoven.errors import CohortError

__all__ = ["ReportColumns", "report_columns"]

BATCH: Final = 500
"""Reports that a worker process takes at a time."""
FINDINGS: Final = {
    "row": pl.UInt32,
    "quantity": pl.String,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "method": pl.String,
    "flags": pl.String,
    "chosen": pl.Boolean,
    "start": pl.UInt32,
    "end": pl.UInt32,
    "text": pl.String,
}


@dataclass(frozen=True, slots=True)
class ReportColumns:
    """Values of many reports.

    Attributes
    ----------
    chosen : DataFrame
        One row per report; of each quantity q the columns ``q``, ``q.low``, ``q.high`` (f64, in the quantity's unit),
        ``q.method`` and ``q.flags`` (text, flags joined by "; "). All null where the report says nothing of q.
    findings : DataFrame
        One row per value found: row (of the report), quantity, value, low, high, method, flags, chosen, start, end,
        text.
    """

    chosen: pl.DataFrame
    findings: pl.DataFrame


def report_columns(texts: Sequence[str | None], quantities: Sequence[str], *, workers: int = 1) -> ReportColumns:
    """Read reports into columns.

    Parameters
    ----------
    texts : sequence of str or None
        One report each; None and "" have no values. Equal reports are read once.
    quantities : sequence of str
        Names of ``rules.toml``.
    workers : int
        Processes to read with; 1 reads in this one.

    Raises
    ------
    CohortError
        For an unknown quantity, none at all, or less than one worker.

    Examples
    --------
    >>> columns = report_columns(["EF 52 % (biplane)", None], ["lvef"])
    >>> columns.chosen["lvef"].to_list(), columns.chosen["lvef.method"].to_list()
    ([52.0, None], ['simpson', None])
    """
    wanted = tuple(dict.fromkeys(map(rules().check, quantities)))
    if not wanted:
        raise CohortError(f"reports are read for at least one quantity; there are {', '.join(rules().quantities)}")
    if workers < 1:
        raise CohortError(f"workers must be at least 1, got {workers}")
    different = list(dict.fromkeys(text for text in texts if text))
    found = dict(zip(different, _read_all(different, wanted, workers), strict=True))
    per_row = [found.get(text or "", ()) for text in texts]
    picks = {text: choose(findings) for text, findings in found.items()}
    chosen = [picks.get(text or "", {}) for text in texts]
    return ReportColumns(
        chosen=pl.DataFrame(_chosen_columns(chosen, wanted)),
        findings=pl.DataFrame(
            [
                _row(row, one, chosen=chosen[row].get(one.quantity) is one)
                for row, findings in enumerate(per_row)
                for one in findings
            ],
            schema=FINDINGS,
            orient="row",
        ),
    )


def _read_all(texts: Sequence[str], quantities: tuple[str, ...], workers: int) -> Iterable[tuple[ReportFinding, ...]]:
    if workers == 1 or len(texts) <= BATCH:
        return _read_batch(texts, quantities)
    batches = [texts[start : start + BATCH] for start in range(0, len(texts), BATCH)]
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        read = pool.map(_read_batch, batches, [quantities] * len(batches))
        return [findings for batch in read for findings in batch]


def _read_batch(texts: Sequence[str], quantities: tuple[str, ...]) -> list[tuple[ReportFinding, ...]]:
    return [read_report(text, quantities=quantities) for text in texts]


def _chosen_columns(chosen: Sequence[dict[str, ReportFinding]], quantities: Sequence[str]) -> dict[str, pl.Series]:
    columns: dict[str, pl.Series] = {}
    for quantity in quantities:
        picks = [one.get(quantity) for one in chosen]
        for suffix, field in (("", "value"), (".low", "low"), (".high", "high")):
            numbers = [None if pick is None else getattr(pick, field) for pick in picks]
            columns[f"{quantity}{suffix}"] = pl.Series(numbers, dtype=pl.Float64)
        methods = [None if pick is None else pick.method for pick in picks]
        columns[f"{quantity}.method"] = pl.Series(methods, dtype=pl.String)
        flags = [None if pick is None else "; ".join(pick.flags) for pick in picks]
        columns[f"{quantity}.flags"] = pl.Series(flags, dtype=pl.String)
    return columns


def _row(row: int, finding: ReportFinding, *, chosen: bool) -> tuple[Any, ...]:
    return (
        row,
        finding.quantity,
        finding.value,
        finding.low,
        finding.high,
        finding.method,
        "; ".join(finding.flags),
        chosen,
        finding.start,
        finding.end,
        finding.text,
    )
