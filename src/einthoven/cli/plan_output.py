"""Print a plan for people (a table with a sentence per number) or for programs (JSON)."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from einthoven.evaluation.sample_size.expectation import Expectation
from einthoven.evaluation.sample_size.plan import Answer

__all__ = ["print_plan"]

VERSION = 1
# width of a line where the output is no terminal, so that a pipe gets whole rows
PIPE_WIDTH = 120
TITLES = {
    "external validation": "Smallest external validation",
    "precision": "Expected width of the intervals",
    "comparison": "Comparison",
    "development": "Smallest development",
}


def print_plan(expected: Expectation, found: Sequence[Answer], *, output: str) -> None:
    """Print to standard output; ``output`` is ``table`` or ``json``."""
    if output == "json":
        sys.stdout.write(json.dumps(_plain(expected, found), indent=1, allow_nan=False, ensure_ascii=False) + "\n")
        return
    terminal = Console()
    console = terminal if terminal.is_terminal else Console(width=PIPE_WIDTH)
    for group, title in TITLES.items():
        rows = [answer for answer in found if answer.group == group]
        if rows:
            console.print(_table(rows, title))
            for answer in rows:
                console.print(
                    f"- {answer.sentence} [{answer.reference}]", highlight=False, markup=False, soft_wrap=True
                )
    for note in _notes(expected, found):
        console.print(f"Note: {note}", highlight=False, markup=False, soft_wrap=True)


def _plain(expected: Expectation, found: Sequence[Answer]) -> dict[str, Any]:
    fields = (field.name for field in dataclasses.fields(expected) if field.name != "risks")
    risks = expected.distribution
    return {
        "type": "plan",
        "version": VERSION,
        "expected": {name: getattr(expected, name) for name in fields}
        | {"mean_risk": risks.prevalence, "auroc_of_risks": risks.auroc, "design_effect": expected.inflation},
        "answers": [dataclasses.asdict(answer) for answer in found],
        "notes": _notes(expected, found),
    }


def _table(rows: Sequence[Answer], title: str) -> Table:
    table = Table(title=title, title_justify="left")
    for heading in ("Of", "Number", "Records", "Patients", "Cases"):
        table.add_column(heading, justify="left" if heading == "Of" else "right", no_wrap=True)
    for answer in rows:
        number = {"records": f"{answer.records:,} records", "width": f"{answer.value:.3f} wide"}.get(
            answer.unit, f"power {answer.value:.1%}"
        )
        table.add_row(answer.quantity, number, f"{answer.records:,}", f"{answer.patients:,}", f"{answer.events:,}")
    return table


def _notes(expected: Expectation, found: Sequence[Answer]) -> list[str]:
    smallest = [answer for answer in found if answer.group == "external validation"]
    largest = max(smallest, key=lambda answer: answer.records)
    notes = [f"An external validation needs {largest.records:,} records for all of these; {largest.quantity} decides."]
    risks = expected.distribution
    if expected.risks is None:
        notes.append("Risks are expected to be well calibrated, their log odds normal in cases and in controls.")
    elif abs(risks.prevalence - expected.prevalence) > 0.1 * expected.prevalence:
        notes.append(
            f"The stated distribution of risks has the mean {risks.prevalence:.3f}, not the prevalence "
            f"{expected.prevalence:g}."
        )
    if expected.inflation > 1:
        notes.append(
            f"{expected.records_per_patient:g} records per patient with a correlation of "
            f"{expected.correlation_within_patient:g} make each number {expected.inflation:.2f} times that of patients "
            "with one record."
        )
    return notes
