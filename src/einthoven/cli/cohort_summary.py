"""What ``einthoven cohort`` prints: the flow, the splits with their outcomes, what is missing, what the audit found."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.table import Table

from einthoven.cohort.audit import read_audit
from einthoven.cohort.cohort import SPLITS
from einthoven.cohort.flow import FlowStep, read_flow
from einthoven.drawing.printable import printable

if TYPE_CHECKING:
    from einthoven.study.cohort import CohortFolder

__all__ = ["draw_flow", "print_summary"]


def draw_flow(folder: Path) -> list[str]:
    """Draw the flow chart beside its numbers, where matplotlib is there; return the names of the files."""
    if importlib.util.find_spec("matplotlib") is None:
        return []
    from einthoven.report.figures.flow import flow_figure

    steps = read_flow(folder / "flow.json")
    parts = [step for step in steps if step.label in SPLITS]
    figure = flow_figure([step for step in steps if step not in parts], parts=parts)
    figure.savefig(folder / "flow.svg")
    return ["flow.svg"]


def print_summary(made: CohortFolder, drawn: Sequence[str], console: Console) -> None:
    """Print what was made."""
    document = json.loads((made.folder / "cohort.json").read_text())
    if notice := made.built.cohort.notice:
        console.print(notice, style="yellow", highlight=False, markup=False, soft_wrap=True)
    console.print(_flow(read_flow(made.folder / "flow.json")))
    console.print(_splits(document["splits"]))
    if document["splits"] and document["splits"][0]["outcomes"]:
        console.print(_outcomes(document["splits"]))
    gone = {name: counts for name, counts in document["missing"].items() if counts["missing"]}
    if gone:
        told = ", ".join(f"{name} {counts['missing']:,} of {counts['rows']:,}" for name, counts in gone.items())
        console.print(f"without a value: {printable(told)}", highlight=False, markup=False, soft_wrap=True)
    for reason, count in document["left_out"].items():
        line = f"left out of the tables (dropped.csv): {count:,} x {printable(reason)}"
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    for note in document["notes"]:
        console.print(f"note: {printable(note)}", highlight=False, markup=False, soft_wrap=True)
    for check in read_audit(made.folder / "audit.json"):
        line = f"audit: {check.name}: {check.found:,} found ({check.detail})"
        console.print(printable(line), highlight=False, markup=False, soft_wrap=True)
    if not document["signals"]:
        console.print("signals were not read: the run will also leave out what can't be ingested", highlight=False)
    for name in (*made.files, *drawn):
        console.print(str(made.folder / name), highlight=False, markup=False, soft_wrap=True)


def _flow(steps: Sequence[FlowStep]) -> Table:
    table = _table("flow", "count", "patients")
    for step in steps:
        if step.label in SPLITS:
            continue
        label = ("  - " if step.excluded else "") + step.words
        counted = step.counted if step.records != 1 else step.counted.removesuffix("s")
        table.add_row(printable(label), f"{step.records:,} {counted}", f"{step.patients:,}")
    return table


def _splits(splits: Sequence[dict[str, Any]]) -> Table:
    """Return the counts of each split; of pairs only where there are any."""
    columns = {"patients": "patients", "ecgs": "ECGs"}
    if any(part["verified_patients"] for part in splits):
        columns |= {"baseline": "baseline pairs", "followup": "follow-up pairs", "with_history": "with history"}
        columns |= {"unverified": "patients without a pair"}
    table = _table("split", *columns.values())
    for part in splits:
        counts = part | {"unverified": part["patients"] - part["verified_patients"]}
        table.add_row(part["split"], *(f"{counts[name]:,}" for name in columns))
    return table


def _outcomes(splits: Sequence[dict[str, Any]]) -> Table:
    names = [part["split"] for part in splits]
    table = _table("positive of known", *names)
    for label in splits[0]["outcomes"]:
        table.add_row(printable(label), *(_share(part["outcomes"][label]) for part in splits))
    return table


def _share(counts: dict[str, int]) -> str:
    known = counts["positive"] + counts["negative"]
    share = f"{counts['positive']:,} of {known:,}" + (f" ({counts['positive'] / known:.1%})" if known else "")
    return share + (f", {counts['uncertain']:,} uncertain" if counts["uncertain"] else "")


def _table(first: str, *others: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(first, overflow="fold")
    for name in others:
        table.add_column(name, justify="right")
    return table
