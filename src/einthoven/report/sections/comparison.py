"""Arms against each other on the same ECGs, and how far the seeds of one arm lie apart."""

from __future__ import annotations

from einthoven.evaluation.rows import MACRO, ComparisonRow
from einthoven.report.blocks import Block, Cell, Column, Row, Section, TableBlock, estimate_cell
from einthoven.report.evidence import Evidence
from einthoven.report.notation import SPLIT_NAMES, p_value

__all__ = ["section"]

METRIC_NAMES = {"auroc": "AUROC", "auprc": "AUPRC"}


def section(evidence: Evidence) -> Section | None:
    """Return the arms side by side, their differences and the seeds; None with one arm of one seed."""
    if not evidence.test_splits:
        return None
    blocks: list[Block] = []
    several = len(evidence.arms) > 1
    for split in evidence.test_splits:
        if several:
            blocks.append(_arm_table(evidence, split))
            rows = _main_comparisons(evidence, split)
            if rows:
                blocks.append(_difference_table(rows, evidence, split))
        if any(len(evidence.seeds(arm)) > 1 for arm in evidence.arms):
            blocks.append(_seed_table(evidence, split))
    title = "Comparison of arms" if several else "Spread over seeds"
    return Section("comparison", title, tuple(blocks)) if blocks else None


def _arm_table(evidence: Evidence, split: str) -> TableBlock:
    labels = evidence.labels(split)
    columns = (Column("Label", numeric=False), *(Column(arm) for arm in evidence.arms))
    rows = [
        Row((Cell(label), *(estimate_cell(evidence.estimate(arm, split, label, "auroc")) for arm in evidence.arms)))
        for label in labels
    ]
    averages = [evidence.estimate(arm, split, MACRO, "auroc") for arm in evidence.arms]
    if any(averages) and len(labels) > 1:
        rows.append(Row((Cell("Macro average"), *map(estimate_cell, averages)), style="strong"))
    caption = f"AUROC ({evidence.coverage} confidence interval) by arm, {SPLIT_NAMES[split]}."
    return TableBlock(caption, columns, tuple(rows))


def _main_comparisons(evidence: Evidence, split: str) -> list[ComparisonRow]:
    rows = evidence.evaluation.comparisons if evidence.evaluation else []
    main = {arm: evidence.main_seed(arm) for arm in evidence.arms}
    return [
        row
        for row in rows
        if row.split == split and main.get(row.model_a) == row.seed_a and main.get(row.model_b) == row.seed_b
    ]


def _difference_table(rows: list[ComparisonRow], evidence: Evidence, split: str) -> TableBlock:
    labels, coverage = evidence.labels(split), evidence.coverage
    place = {label: i for i, label in enumerate((*labels, MACRO))}
    metrics = list(METRIC_NAMES)
    columns = (
        Column("Arms", numeric=False), Column("Label", numeric=False), Column("Metric", numeric=False),
        Column("Pairs" if evidence.counted == "pairs" else "ECGs"),
        Column("Difference"), Column("P"),
    )  # fmt: skip
    cells = [
        Row(
            (
                Cell(f"{row.model_a} \N{MINUS SIGN} {row.model_b}"),
                Cell("Macro average" if row.label == MACRO else row.label),
                Cell(METRIC_NAMES.get(row.metric, row.metric)),
                Cell(str(row.test.difference.n)),
                estimate_cell(row.test.difference),
                Cell(p_value(row.test.p_value), tip=row.test.method),
            ),
            style="strong" if row.label == MACRO else "normal",
        )
        for row in sorted(rows, key=lambda row: (row.model_a, row.model_b, metrics.index(row.metric), place[row.label]))
    ]
    methods = ", ".join(dict.fromkeys(row.test.method for row in rows))
    notes = (f"Paired on the same ECGs: {methods}. P values are not adjusted for the number of comparisons.",)
    caption = f"Differences between arms ({coverage} confidence interval), {SPLIT_NAMES[split]}."
    return TableBlock(caption, columns, tuple(cells), notes)


def _seed_table(evidence: Evidence, split: str) -> TableBlock:
    labels = evidence.labels(split)
    label = MACRO if len(labels) > 1 else labels[0]
    name = "Macro-averaged AUROC" if label == MACRO else f"AUROC for {label}"
    rows = []
    for arm in evidence.arms:
        for seed in evidence.seeds(arm):
            words = "Ensemble" if seed < 0 else f"Seed {seed}"
            estimate = evidence.estimate(arm, split, label, "auroc", seed=seed)
            n = Cell(str(estimate.n) if estimate else "")
            rows.append(
                Row((Cell(arm), Cell(words), n, estimate_cell(estimate)), style="strong" if seed < 0 else "normal")
            )
    sizes = Column("Pairs" if evidence.counted == "pairs" else "ECGs")
    columns = (Column("Arm", numeric=False), Column("Model", numeric=False), sizes, Column(name))
    notes = ("The spread of single seeds is chance of training; the intervals are chance of sampling patients.",)
    return TableBlock(f"Single seeds and their ensemble, {SPLIT_NAMES[split]}.", columns, tuple(rows), notes)
