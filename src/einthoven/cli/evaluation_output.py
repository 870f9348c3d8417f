"""Print an evaluation for people (tables with notes) or for programs (JSON, CSV)."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table

from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.evaluation import Evaluation
from einthoven.evaluation.rows import MACRO, ComparisonRow, ResultRow

__all__ = ["print_evaluation"]

METRICS = {
    "auroc": "AUROC",
    "auprc": "AUPRC",
    "brier": "Brier",
    "calibration_slope": "Slope",
    "sensitivity": "Sensitivity",
    "specificity": "Specificity",
    "ppv": "PPV",
    "npv": "NPV",
}
# width of a line where the output is no terminal, so that a pipe gets whole rows
PIPE_WIDTH = 200


def print_evaluation(evaluation: Evaluation, *, output: str) -> None:
    """Print to standard output; ``output`` is ``table``, ``json`` or ``csv``."""
    if output == "json":
        sys.stdout.write(json.dumps(evaluation.to_dict(), indent=1, allow_nan=False, ensure_ascii=False) + "\n")
    elif output == "csv":
        records = evaluation.result_records()
        writer = csv.DictWriter(sys.stdout, fieldnames=list(records[0]) if records else [], lineterminator="\n")
        writer.writeheader()
        writer.writerows(records)
    else:
        _print_tables(evaluation)


def _print_tables(evaluation: Evaluation) -> None:
    terminal = Console()
    console = terminal if terminal.is_terminal else Console(width=PIPE_WIDTH)
    for place in dict.fromkeys((row.model, row.seed, row.split) for row in evaluation.results):
        rows = [row for row in evaluation.results if (row.model, row.seed, row.split) == place]
        console.print(_results_table(rows, level=evaluation.protocol.level))
        for line in _reasons(rows):
            console.print(line, highlight=False, style="yellow")
    if evaluation.comparisons:
        console.print(_comparison_table(evaluation.comparisons))
    for note in evaluation.notes:
        console.print(f"Note: {note}", highlight=False, soft_wrap=True, markup=False)


def _results_table(rows: Sequence[ResultRow], *, level: float) -> Table:
    first = rows[0]
    seed = "" if first.seed == -1 else f", seed {first.seed}"
    table = Table(title=f"{first.model}{seed}, split {first.split} ({level:.0%} intervals)", title_justify="left")
    shown = [metric for metric in METRICS if any(row.metric == metric for row in rows)]
    for heading in ("Label", "n", "Events"):
        table.add_column(heading, justify="left" if heading == "Label" else "right", no_wrap=True)
    for metric in shown:
        table.add_column(METRICS[metric])
    for label, subgroup in dict.fromkeys((row.label, row.subgroup) for row in rows):
        own = {row.metric: row.estimate for row in rows if (row.label, row.subgroup) == (label, subgroup)}
        whole = own.get("prevalence", own.get("auroc"))
        counts = ["", ""] if whole is None or label == MACRO else [str(whole.n), str(whole.events)]
        name = "mean of labels" if label == MACRO else f"{label}  {subgroup}".rstrip()
        table.add_row(name, *counts, *(_cell(own.get(metric)) for metric in shown))
    return table


def _cell(estimate: Estimate | None) -> str:
    if estimate is None:
        return ""
    if estimate.reason is not None:
        return "not defined"
    return f"{estimate.value:.3f} ({estimate.low:.3f}-{estimate.high:.3f})"


def _reasons(rows: Sequence[ResultRow]) -> Iterator[str]:
    by_reason: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        if row.estimate.reason is not None and row.metric in METRICS:
            place = f"{row.label} {row.subgroup}".rstrip()
            by_reason.setdefault((place, row.estimate.reason), []).append(METRICS[row.metric])
    for (place, reason), metrics in by_reason.items():
        yield f"{place}: {', '.join(metrics)} not defined: {reason}"


def _comparison_table(rows: Sequence[ComparisonRow]) -> Table:
    table = Table(title="Differences on the same records", title_justify="left")
    for heading in ("Models", "Split", "Label", "Metric", "Difference", "p", "Method"):
        table.add_column(heading, no_wrap=heading != "Method")
    for row in rows:
        difference = row.test.difference
        interval = f"{difference.value:+.3f} ({difference.low:+.3f} to {difference.high:+.3f})"
        models = f"{row.model_a} - {row.model_b}"
        label = "mean of labels" if row.label == MACRO else row.label
        table.add_row(models, row.split, label, METRICS[row.metric], interval, _p_value(row), row.test.method)
    return table


def _p_value(row: ComparisonRow) -> str:
    if row.test.difference.reason is not None:
        return "not defined"
    return "< 0.001" if row.test.p_value < 0.001 else f"{row.test.p_value:.3f}"
