"""Models against each other on the same ECGs, and how far the seeds of one arm lie apart."""

from __future__ import annotations

from einthoven.evaluation.analysis_table import metric_name
from einthoven.evaluation.rows import MACRO, ComparisonRow
from einthoven.report.blocks import Block, Cell, Column, Row, Section, TableBlock, estimate_cell
from einthoven.report.evidence import Evidence
from einthoven.report.marks import marks, notes_of_marks
from einthoven.report.notation import SPLIT_NAMES, count, p_value

__all__ = ["difference_table", "section"]

# the corrections of a protocol, as a reader knows them
CORRECTIONS = {"holm": "Holm", "benjamini_hochberg": "Benjamini and Hochberg"}


def section(evidence: Evidence) -> Section | None:
    """Return the arms side by side, their differences and the seeds; None with one arm of one seed."""
    if not evidence.test_splits:
        return None
    blocks: list[Block] = []
    several = len(evidence.arms) > 1
    for split in evidence.test_splits:
        if len(evidence.arms) - len(evidence.readers) > 1:
            blocks.append(_arm_table(evidence, split))
        rows = _main_comparisons(evidence, split) if several else []
        if rows:
            caption = f"Differences between {evidence.model_word}s, {SPLIT_NAMES[split]}."
            blocks.append(difference_table(rows, evidence, caption=caption))
        if any(len(evidence.seeds(arm)) > 1 for arm in evidence.arms):
            blocks.append(_seed_table(evidence, split))
    title = f"Comparison of {evidence.model_word}s" if several else "Spread over seeds"
    return Section("comparison", title, tuple(blocks)) if blocks else None


def difference_table(rows: list[ComparisonRow], evidence: Evidence, *, caption: str) -> TableBlock:
    """Return differences with their intervals, P values and, where there are any, corrected P values."""
    corrected = any(row.p_adjusted is not None for row in rows)
    places = any(row.at or row.subgroup for row in rows)
    columns = [
        Column(f"{evidence.model_word.capitalize()}s", numeric=False), Column("Label", numeric=False),
        *([Column("Where", numeric=False)] if places else []), Column("Metric", numeric=False),
        Column("Pairs" if evidence.counted == "pairs" else "ECGs"), Column("Difference"), Column("P"),
        *([Column("P corrected")] if corrected else []),
    ]  # fmt: skip
    body = [
        Row(
            tuple(_cells(row, evidence, places=places, corrected=corrected)),
            style="strong" if row.label == MACRO else "normal",
        )
        for row in rows
    ]
    methods = "; ".join(dict.fromkeys(row.test.method for row in rows))
    protocol = evidence.evaluation.protocol if evidence.evaluation else None
    rule = CORRECTIONS.get(protocol.multiplicity if protocol else "", "")
    about_p = f"Corrected P values: {rule}." if corrected and rule else "P values are not corrected for their number."
    notes = (f"Values are differences ({evidence.coverage} confidence interval). Methods: {methods}. {about_p}",)
    return TableBlock(caption, tuple(columns), tuple(body), (*notes, *notes_of_marks(rows, evidence)))


def _cells(row: ComparisonRow, evidence: Evidence, *, places: bool, corrected: bool) -> list[Cell]:
    models = row.model_a if row.model_a == row.model_b else f"{row.model_a} \N{MINUS SIGN} {row.model_b}"
    where = " ".join(filter(None, (row.subgroup.replace("group.", ""), row.at)))
    adjusted = Cell("" if row.p_adjusted is None else p_value(row.p_adjusted))
    return [
        Cell(models + marks(row, evidence)),
        Cell("Macro average" if row.label == MACRO else row.label),
        *([Cell(where)] if places else []),
        Cell(metric_name(row.metric)),
        Cell(count(row.test.difference.n)),
        estimate_cell(row.test.difference),
        Cell(p_value(row.test.p_value), tip=row.test.method),
        *([adjusted] if corrected else []),
    ]


def _arm_table(evidence: Evidence, split: str) -> TableBlock:
    labels = evidence.labels(split)
    arms = [arm for arm in evidence.arms if arm not in evidence.readers]
    columns = (Column("Label", numeric=False), *(Column(arm) for arm in arms))
    rows = [
        Row((Cell(label), *(estimate_cell(evidence.estimate(arm, split, label, "auroc")) for arm in arms)))
        for label in labels
    ]
    averages = [evidence.estimate(arm, split, MACRO, "auroc") for arm in arms]
    if any(averages) and len(labels) > 1:
        rows.append(Row((Cell("Macro average"), *map(estimate_cell, averages)), style="strong"))
    caption = f"AUROC ({evidence.coverage} confidence interval) by {evidence.model_word}, {SPLIT_NAMES[split]}."
    return TableBlock(caption, columns, tuple(rows))


def _main_comparisons(evidence: Evidence, split: str) -> list[ComparisonRow]:
    rows = evidence.evaluation.comparisons if evidence.evaluation else []
    main = {arm: evidence.main_seed(arm) for arm in evidence.arms}
    own = [
        row
        for row in rows
        if row.analysis == "comparison"
        and not row.at
        and row.split == split
        and main.get(row.model_a) == row.seed_a
        and main.get(row.model_b) == row.seed_b
    ]
    place = {label: index for index, label in enumerate((*evidence.labels(split), MACRO))}
    metrics = list(dict.fromkeys(row.metric for row in own))
    return sorted(own, key=lambda row: (row.model_a, row.model_b, metrics.index(row.metric), place[row.label]))


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
