"""The numbers: discrimination and calibration of every label, then accuracy at the cut-offs of the validation split."""

from __future__ import annotations

from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.rows import MACRO
from einthoven.report.blocks import Block, Cell, Column, Notice, Row, Section, TableBlock, estimate_cell
from einthoven.report.evidence import Evidence
from einthoven.report.notation import NOT_ESTIMABLE, RULE_NAMES, SPLIT_NAMES, count, number

__all__ = ["section"]

OVERALL = {"auroc": 3, "auprc": 3, "brier": 3, "calibration_slope": 2, "calibration_intercept": 2}
AT_THRESHOLD = ("sensitivity", "specificity", "ppv", "npv")
HEADS = {
    "auroc": Column("AUROC"),
    "auprc": Column("AUPRC"),
    "brier": Column("Brier score"),
    "calibration_slope": Column("Slope"),
    "calibration_intercept": Column("Intercept"),
    "sensitivity": Column("Sensitivity"),
    "specificity": Column("Specificity"),
    "ppv": Column("PPV"),
    "npv": Column("NPV"),
}


def section(evidence: Evidence) -> Section:
    """Return two tables per split on which nothing was fitted, for the first arm."""
    blocks: list[Block] = []
    for split in evidence.test_splits:
        if evidence.arms[0] not in evidence.readers:
            blocks.append(_overall_table(evidence, split))
        if any(evidence.estimate(evidence.arms[0], split, label, "sensitivity") for label in evidence.labels(split)):
            blocks.append(_threshold_table(evidence, split))
        if evidence.readers:
            blocks.append(_reader_table(evidence, split))
    if not blocks:
        blocks.append(Notice("Nothing was evaluated in this run.", tone="absent"))
    return Section("performance", "Performance", tuple(blocks))


def _overall_table(evidence: Evidence, split: str) -> TableBlock:
    arm, labels = evidence.arms[0], evidence.labels(split)
    sizes = Column("Pairs" if evidence.counted == "pairs" else "ECGs")
    shown = [metric for metric in OVERALL if any(evidence.estimate(arm, split, x, metric) for x in labels)]
    columns = (Column("Label", numeric=False), sizes, Column("Events"), *(HEADS[metric] for metric in shown))
    rows: list[Row] = []
    reasons: list[str] = []
    for label in labels:
        found = {metric: evidence.estimate(arm, split, label, metric) for metric in shown}
        rows.append(Row((Cell(label), *_counts(found), *_cells(found))))
        undefined = [e.reason for e in found.values() if e is not None and e.reason]
        reasons += [f"{label}: not estimable ({reason})." for reason in dict.fromkeys(undefined)]
    averages = {metric: evidence.estimate(arm, split, MACRO, metric) for metric in shown}
    if any(averages.values()) and len(rows) > 1:
        size = averages.get("auroc")
        n = Cell(count(size.n)) if size else Cell("")
        reasons += [f"Macro average: {size.method.partition(';')[0]}."] if size and "left out" in size.method else []
        rows.append(Row((Cell("Macro average"), n, Cell(""), *_cells(averages, blank=True)), style="strong"))
    note = f"Values are estimates ({evidence.coverage} confidence interval)."
    note += " A slope of 1 and an intercept of 0 are perfect calibration." if "calibration_slope" in shown else ""
    caption = f"Discrimination and calibration of “{arm}”{_seed_words(evidence, arm)}, {SPLIT_NAMES[split]}."
    return TableBlock(caption, columns, tuple(rows), (note, *reasons))


def _counts(found: dict[str, Estimate | None]) -> tuple[Cell, Cell]:
    known = next((estimate for estimate in found.values() if estimate is not None), None)
    if known is None:
        return Cell(NOT_ESTIMABLE), Cell(NOT_ESTIMABLE)
    return Cell(count(known.n), tip=f"{known.clusters} patients"), Cell(count(known.events))


def _cells(found: dict[str, Estimate | None], *, blank: bool = False) -> list[Cell]:
    return [
        Cell("") if blank and estimate is None else estimate_cell(estimate, digits=OVERALL[metric])
        for metric, estimate in found.items()
    ]


def _threshold_table(evidence: Evidence, split: str) -> TableBlock:
    arm = evidence.arms[0]
    columns = (Column("Label", numeric=False), Column("Cut-off"), *(HEADS[metric] for metric in AT_THRESHOLD))
    rows = []
    for label in evidence.labels(split):
        threshold = evidence.threshold(arm, label)
        cut_off = Cell(number(threshold.value) if threshold else NOT_ESTIMABLE)
        found = [evidence.estimate(arm, split, label, metric) for metric in AT_THRESHOLD]
        rows.append(Row((Cell(label), cut_off, *(estimate_cell(estimate, fraction=True) for estimate in found))))
    first = next((t for label in evidence.labels(split) if (t := evidence.threshold(arm, label))), None)
    chosen = ""
    if first:
        rule = RULE_NAMES.get(first.rule, first.rule)
        chosen = f"Cut-offs were chosen on the {first.split} split ({rule}). " if first.split else f"Cut-offs: {rule}. "
    note = f"Values are estimates ({evidence.coverage} confidence interval) over the counts behind them. {chosen}"
    note += "PPV, positive predictive value; NPV, negative predictive value: both move with the prevalence."
    caption = f"Accuracy of “{arm}”{_seed_words(evidence, arm)} at fixed cut-offs, {SPLIT_NAMES[split]}."
    return TableBlock(caption, columns, tuple(rows), (note,))


def _reader_table(evidence: Evidence, split: str) -> TableBlock:
    """Return the yes/no answers of readers, and the calls of models that have a cut-off, label by label."""
    columns = (Column("Label", numeric=False), *(HEADS[metric] for metric in AT_THRESHOLD))
    rows: list[Row] = []
    for label in evidence.labels(split):
        rows.append(Row((Cell(label),), style="heading"))
        for arm in evidence.arms:
            found = [evidence.estimate(arm, split, label, metric) for metric in AT_THRESHOLD]
            if any(found):
                cells = (estimate_cell(estimate, fraction=True) for estimate in found)
                rows.append(Row((Cell(arm), *cells), style="indent"))
    note = f"Values are estimates ({evidence.coverage} confidence interval) over the counts behind them."
    return TableBlock(f"Answers of readers, {SPLIT_NAMES[split]}.", columns, tuple(rows), (note,))


def _seed_words(evidence: Evidence, arm: str) -> str:
    single = [seed for seed in evidence.seeds(arm) if seed >= 0]
    return f" (ensemble of {len(single)} seeds)" if evidence.main_seed(arm) < 0 and single else ""
