"""AUROC in the subgroups that the protocol names."""

from __future__ import annotations

from einthoven.evaluation.rows import MACRO, ResultRow
from einthoven.report.blocks import Cell, Column, Row, Section, TableBlock, estimate_cell
from einthoven.report.evidence import Evidence
from einthoven.report.notation import SPLIT_NAMES, count

__all__ = ["section"]

METRICS = {"auroc": "AUROC", "sensitivity": "Sensitivity", "specificity": "Specificity"}


def section(evidence: Evidence) -> Section | None:
    """Return one table per split; None when the protocol named no subgroup."""
    tables = []
    for split in evidence.test_splits:
        rows = evidence.subgroup_rows(evidence.arms[0], split)
        if rows:
            tables.append(_table(rows, evidence, split=split))
    return Section("subgroups", "Subgroups", tuple(tables)) if tables else None


def _table(rows: list[ResultRow], evidence: Evidence, *, split: str) -> TableBlock:
    labels, arm, coverage = evidence.labels(split), evidence.arms[0], evidence.coverage
    found = {(row.label, row.subgroup, row.metric): row.estimate for row in rows}
    groups = list(dict.fromkeys(row.subgroup for row in rows))
    metrics = [metric for metric in METRICS if any(row.metric == metric for row in rows)]
    body: list[Row] = []
    for label in (*labels, MACRO):
        members = [group for group in groups if any((label, group, metric) in found for metric in metrics)]
        if not members:
            continue
        body.append(Row((Cell("Macro average" if label == MACRO else label),), style="heading"))
        for group in members:
            estimates = [found.get((label, group, metric)) for metric in metrics]
            known = next(estimate for estimate in estimates if estimate is not None)
            name = group.removeprefix("group.").replace("=", ": ", 1)
            sizes = (Cell(count(known.n)), Cell(count(known.events)))
            body.append(Row((Cell(name), *sizes, *map(estimate_cell, estimates)), style="indent"))
    columns = (
        Column("Subgroup", numeric=False),
        Column("Pairs" if evidence.counted == "pairs" else "ECGs"),
        Column("Events"),
        *(Column(METRICS[m]) for m in metrics),
    )
    caption = f"“{arm}” in subgroups, {SPLIT_NAMES[split]} ({coverage} confidence interval)."
    return TableBlock(caption, columns, tuple(body))
