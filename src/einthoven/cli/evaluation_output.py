"""Print an evaluation for people (tables with notes) or for programs (JSON, CSV)."""

from __future__ import annotations

import csv
import json
import math
import sys
from collections import Counter
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from einthoven.evaluation.analysis_table import (
    FROZEN_METRICS,
    AnalysisTable,
    metric_name,
    result_tables,
    subgroup_in_words,
    title_of,
)
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
# analyses of all records, which stand in one table per model
WHOLE = ("performance", "macro")
# what is printed where no label has a yes/no truth
INSTEAD = ("regression", "survival")
# width of a line where the output is no terminal, so that a pipe gets whole rows
PIPE_WIDTH = 200


def print_evaluation(evaluation: Evaluation, *, output: str, show: Sequence[str] = ()) -> None:
    """Print to standard output.

    Parameters
    ----------
    evaluation : Evaluation
    output : {"table", "json", "csv"}
    show : sequence of str
        Analyses whose tables are printed beyond performance and comparison; ``all`` prints every one.
    """
    if output == "json":
        sys.stdout.write(json.dumps(evaluation.to_dict(), indent=1, allow_nan=False, ensure_ascii=False) + "\n")
    elif output == "csv":
        records = evaluation.result_records()
        writer = csv.DictWriter(sys.stdout, fieldnames=list(records[0]) if records else [], lineterminator="\n")
        writer.writeheader()
        writer.writerows(records)
    else:
        asked = evaluation.protocol.analyses + (("subgroups",) if evaluation.protocol.subgroups else ())
        _print_tables(evaluation, ["comparison", *asked, *show])


def _print_tables(evaluation: Evaluation, show: Sequence[str]) -> None:
    if not any(row.analysis in WHOLE for row in evaluation.results):
        show = [*show, *INSTEAD]
    terminal = Console()
    console = terminal if terminal.is_terminal else Console(width=PIPE_WIDTH)
    whole = [row for row in evaluation.results if row.analysis in WHOLE]
    for place in dict.fromkeys((row.model, row.seed, row.split) for row in whole):
        rows = [row for row in whole if (row.model, row.seed, row.split) == place]
        console.print(_results_table(rows, level=evaluation.protocol.level))
        for line in _reasons(rows):
            console.print(line, highlight=False, style="yellow", markup=False)
    further = [row for row in evaluation.results if row.analysis not in WHOLE]
    for table in result_tables([row for row in further if _is_shown(row.analysis, show)]):
        console.print(_analysis_table(table))
    compared = evaluation.comparisons
    printed = [row for row in compared if _is_shown(row.analysis, show)]
    if printed:
        console.print(_comparison_table(printed))
    for note in evaluation.notes:
        console.print(f"Note: {note}", highlight=False, soft_wrap=True, markup=False)
    names = [*(row.analysis for row in further), *(row.analysis for row in compared)]
    hidden = Counter(name for name in names if not _is_shown(name, show))
    if hidden:
        told = ", ".join(f"{name} ({count})" for name, count in hidden.items())
        text = f"Also computed (numbers): {told}. Print them with --show NAME or --show all, write all with --out DIR."
        console.print(text, highlight=False, soft_wrap=True)


def _is_shown(analysis: str, show: Sequence[str]) -> bool:
    return "all" in show or analysis in show


def _analysis_table(content: AnalysisTable) -> Table:
    table = Table(title=f"{title_of(content.analysis)}, split {content.split}", title_justify="left")
    for head in content.places:
        table.add_column(escape(head), no_wrap=True)
    for metric in content.metrics:
        table.add_column(metric_name(metric))
    for row in content.rows:
        numbers = [row.numbers.get(metric) for metric in content.metrics]
        table.add_row(*map(escape, row.places), *map(_number, numbers))
    return table


def _results_table(rows: Sequence[ResultRow], *, level: float) -> Table:
    first = rows[0]
    seed = "" if first.seed == -1 else f", seed {first.seed}"
    table = Table(
        title=f"{escape(first.model)}{seed}, split {first.split} ({level:.0%} intervals)", title_justify="left"
    )
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
        table.add_row(escape(name), *counts, *(_cell(own.get(metric)) for metric in shown))
    return table


def _number(row: ResultRow | None) -> str:
    if row is not None and row.metric in FROZEN_METRICS and not math.isnan(row.estimate.value):
        return f"{row.estimate.value:.3f}"
    return _cell(row.estimate if row else None)


def _cell(estimate: Estimate | None) -> str:
    if estimate is None:
        return ""
    if math.isnan(estimate.value):
        return "not defined"
    doubtful = "[dim]" if estimate.reason else ""
    joint = " to " if estimate.low < 0 else "-"
    return f"{doubtful}{estimate.value:.3f} ({estimate.low:.3f}{joint}{estimate.high:.3f})"


def _reasons(rows: Sequence[ResultRow]) -> Iterator[str]:
    by_reason: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        if row.estimate.reason is not None and math.isnan(row.estimate.value) and row.metric in METRICS:
            place = f"{row.label} {row.subgroup}".rstrip()
            by_reason.setdefault((place, row.estimate.reason), []).append(METRICS[row.metric])
    for (place, reason), metrics in by_reason.items():
        yield f"{place}: {', '.join(metrics)} not defined: {reason}"


def _comparison_table(rows: Sequence[ComparisonRow]) -> Table:
    table = Table(title="Differences on the same records", title_justify="left")
    corrected = any(row.p_adjusted is not None for row in rows)
    headings = ("Models", "Split", "Label", "Metric", "Difference", "p", *(("p adj.",) if corrected else ()), "Method")
    for heading in headings:
        table.add_column(heading, no_wrap=heading != "Method")
    for row in rows:
        difference = row.test.difference
        interval = f"{difference.value:+.3f} ({difference.low:+.3f} to {difference.high:+.3f})"
        interval = "" if math.isnan(difference.value) else interval
        models = row.model_a if row.model_a == row.model_b else f"{row.model_a} - {row.model_b}"
        label = "mean of labels" if row.label == MACRO else row.label
        place = " ".join(filter(None, (label, subgroup_in_words(row.subgroup), row.at)))
        adjusted = [_p_value(row.p_adjusted)] if corrected else []
        table.add_row(
            escape(models), row.split, escape(place), metric_name(row.metric), interval, _p_value(row.test.p_value),
            *adjusted, escape(row.test.method),
        )  # fmt: skip
    return table


def _p_value(p: float | None) -> str:
    if p is None:
        return ""
    if math.isnan(p):
        return "not defined"
    return "< 0.001" if p < 0.001 else f"{p:.3f}"
