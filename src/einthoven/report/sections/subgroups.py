"""The numbers in the subgroups that the protocol names, as tables and as forest plots."""

from __future__ import annotations

from dataclasses import replace

from einthoven.evaluation.analysis_table import metric_name, subgroup_in_words
from einthoven.evaluation.rows import MACRO, ResultRow
from einthoven.report.blocks import Block, Cell, Column, FigureBlock, Panel, Row, Section, TableBlock, estimate_cell
from einthoven.report.evidence import Evidence
from einthoven.report.figures.forest import ForestRow, forest_figure
from einthoven.report.figures.theme import panel
from einthoven.report.marks import marks, notes_of_marks
from einthoven.report.notation import SPLIT_NAMES, count
from einthoven.report.sections.comparison import difference_table

__all__ = ["section"]

METRICS = ("auroc", "sensitivity", "specificity", "ppv", "npv")
MOST_PANELS = 4


def section(evidence: Evidence) -> Section | None:
    """Return tables and plots per split; None when the protocol named no subgroup."""
    blocks: list[Block] = []
    for split in evidence.test_splits:
        rows = evidence.subgroup_rows(evidence.arms[0], split)
        if rows:
            blocks.append(_forest(rows, evidence, split=split))
            blocks.append(_table(rows, evidence, split=split))
            blocks += _differences(evidence, split)
    return Section("subgroups", "Subgroups", tuple(blocks)) if blocks else None


def _table(rows: list[ResultRow], evidence: Evidence, *, split: str) -> TableBlock:
    labels, arm, coverage = evidence.labels(split), evidence.arms[0], evidence.coverage
    found = {(row.label, row.subgroup, row.metric): row for row in rows}
    groups = list(dict.fromkeys(row.subgroup for row in rows))
    metrics = [metric for metric in METRICS if any(row.metric == metric for row in rows)]
    body: list[Row] = []
    for label in (*labels, MACRO):
        members = [group for group in groups if any((label, group, metric) in found for metric in metrics)]
        if members:
            body.append(Row((Cell("Macro average" if label == MACRO else label),), style="heading"))
        for group in members:
            own = [found.get((label, group, metric)) for metric in metrics]
            first = next(row for row in own if row is not None)
            sizes = (Cell(count(first.estimate.n)), Cell(count(first.estimate.events)))
            cells = (estimate_cell(row.estimate if row else None) for row in own)
            body.append(Row((Cell(subgroup_in_words(group) + marks(first, evidence)), *sizes, *cells), style="indent"))
    columns = (
        Column("Subgroup", numeric=False),
        Column("Pairs" if evidence.counted == "pairs" else "ECGs"),
        Column("Events"),
        *(Column(metric_name(metric)) for metric in metrics),
    )
    caption = f"“{arm}” in subgroups, {SPLIT_NAMES[split]} ({coverage} confidence interval)."
    return TableBlock(caption, columns, tuple(body), (*_grey(rows), *notes_of_marks(rows, evidence)))


def _grey(rows: list[ResultRow]) -> tuple[str, ...]:
    reasons = dict.fromkeys(row.estimate.reason for row in rows if row.estimate.reason)
    return (f"In grey: {'; '.join(reason for reason in reasons if reason)}.",) if reasons else ()


def _forest(rows: list[ResultRow], evidence: Evidence, *, split: str) -> FigureBlock:
    arm, labels = evidence.arms[0], evidence.labels(split)
    panels: list[Panel] = []
    for label in labels[:MOST_PANELS]:
        own = [row for row in rows if row.label == label and row.metric == "auroc"]
        lines = [ForestRow(subgroup_in_words(row.subgroup), row.estimate) for row in own]
        if lines:
            whole = evidence.estimate(arm, split, label, "auroc")
            figure = forest_figure(label, lines, whole=whole, metric="AUROC")
            panels.append(panel(figure, key=f"forest-{split}-{len(panels)}", alt=f"AUROC for {label} by subgroup"))
    caption = (
        f"AUROC of “{arm}” by subgroup, {SPLIT_NAMES[split]} ({evidence.coverage} confidence interval; events/"
        f"{evidence.counted}). The line is the value in all {evidence.counted}; grey rows have too few events."
    )
    return FigureBlock(caption, tuple(panels), layout="wide")


def _differences(evidence: Evidence, split: str) -> list[TableBlock]:
    rows = evidence.evaluation.comparisons if evidence.evaluation else []
    main = {arm: evidence.main_seed(arm) for arm in evidence.arms}
    own = [
        row
        for row in rows
        if row.analysis == "subgroups" and row.split == split and main.get(row.model_a) == row.seed_a
    ]
    caption = f"Subgroups against all others, and whether they differ, {SPLIT_NAMES[split]}."
    return [replace(difference_table(own, evidence, caption=caption), folded=True)] if own else []
