"""Every further analysis as a table, and its curves as a figure: whatever was computed can be read."""

from __future__ import annotations

import math
from dataclasses import replace

from einthoven.evaluation.analysis_table import FROZEN_METRICS, AnalysisTable, metric_name, result_tables, title_of
from einthoven.evaluation.rows import ComparisonRow, ResultRow
from einthoven.report.blocks import Cell, Column, Row, Section, TableBlock, estimate_cell
from einthoven.report.evidence import WHOLE, Evidence
from einthoven.report.marks import marks, notes_of_marks
from einthoven.report.notation import SPLIT_NAMES, count, digits_of
from einthoven.report.sections.comparison import difference_table

__all__ = ["section"]

# rows of a table that one still reads at a glance; longer ones are folded
MOST_OPEN_ROWS = 16
# analyses that have sections of their own
ELSEWHERE = (*WHOLE, "subgroups", "comparison")


def section(evidence: Evidence) -> Section | None:
    """Return the tables in the order of the analyses; None where there are none."""
    evaluation = evidence.evaluation
    if evaluation is None:
        return None
    splits = evidence.reported_splits
    results = [row for row in evaluation.results if row.analysis not in ELSEWHERE and row.split in splits]
    blocks: list[TableBlock] = []
    compared = [row for row in evaluation.comparisons if row.analysis not in ELSEWHERE or _is_more(row)]
    for analysis in dict.fromkeys([*(row.analysis for row in results), *(row.analysis for row in compared)]):
        own = [row for row in results if row.analysis == analysis]
        blocks += [_table(table, evidence) for table in result_tables(own)]
        blocks += _differences([row for row in compared if row.analysis == analysis], evidence, analysis)
    blocks = [replace(block, folded=len(block.rows) > MOST_OPEN_ROWS) for block in blocks]
    return Section("analyses", "Further analyses", tuple(blocks)) if blocks else None


def _table(content: AnalysisTable, evidence: Evidence) -> TableBlock:
    columns = [Column(head, numeric=False) for head in content.places]
    sizes = any(row.estimate.n for row in content.flat)
    columns += [Column("ECGs"), Column("Events")] if sizes else []
    columns += [Column("Estimate" if metric == "value" else metric_name(metric)) for metric in content.metrics]
    rows = []
    for row in content.rows:
        first = next(iter(row.numbers.values()))
        places = [
            Cell(place + (marks(first, evidence) if index == 0 else "")) for index, place in enumerate(row.places)
        ]
        counts = [Cell(count(first.estimate.n)), Cell(count(first.estimate.events))] if sizes else []
        numbers = [_cell(row.numbers.get(metric)) for metric in content.metrics]
        rows.append(Row((*places, *counts, *numbers)))
    reasons = {f"{_place(row)}: {row.estimate.reason}." for row in content.flat if _is_missing(row)}
    caption = f"{title_of(content.analysis)}, {SPLIT_NAMES.get(content.split, content.split)}."
    note = f"Values are estimates ({evidence.coverage} confidence interval)."
    return TableBlock(
        caption, tuple(columns), tuple(rows), (note, *notes_of_marks(content.flat, evidence), *sorted(reasons))
    )


def _is_more(row: ComparisonRow) -> bool:
    # the comparison's own section shows whole areas; operating points stand here
    return row.analysis == "comparison" and bool(row.at)


def _cell(row: ResultRow | None) -> Cell:
    if row is None:
        return Cell("")
    if row.metric in FROZEN_METRICS:
        return replace(estimate_cell(row.estimate), interval="")
    return estimate_cell(row.estimate, digits=digits_of(row.estimate.value))


def _is_missing(row: ResultRow) -> bool:
    return math.isnan(row.estimate.value)


def _place(row: ResultRow) -> str:
    return " ".join(filter(None, (row.label, row.subgroup.replace("group.", ""), row.at, metric_name(row.metric))))


def _differences(rows: list[ComparisonRow], evidence: Evidence, analysis: str) -> list[TableBlock]:
    tables = []
    for split in evidence.reported_splits:
        own = [row for row in rows if row.split == split]
        if own:
            caption = f"{title_of(analysis)}: differences, {SPLIT_NAMES[split]}."
            tables.append(difference_table(own, evidence, caption=caption))
    return tables
