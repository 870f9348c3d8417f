"""``einthoven parse``: what einthoven reads out of the words of an ECG machine or of an echo report, to check it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from einthoven.drawing.printable import printable
from einthoven.errors import SpecificationError

if TYPE_CHECKING:
    from einthoven.cohort.labels.machine_statements import StatementFinding
    from einthoven.cohort.reports import ReportFinding

__all__ = ["parse_app"]

parse_app = typer.Typer(no_args_is_help=True, help="Read ECG statements or echo reports, and show what was understood.")

TextsArgument = Annotated[list[str] | None, typer.Argument(help="The words themselves.")]
FileOption = Annotated[
    Path | None, typer.Option("--file", help="A text file with one text per line, or a CSV or Parquet file.")
]
ColumnOption = Annotated[str | None, typer.Option("--column", help="Which column of the CSV or Parquet file.")]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object per text, with the place of each finding.")]


@parse_app.command("statements")
def statements_command(
    texts: TextsArgument = None, file: FileOption = None, column: ColumnOption = None, *, as_json: JsonOption = False
) -> None:
    """Show which findings a machine's statements say are present, absent or uncertain.

    Examples
    --------
    `einthoven parse statements "Atrial fibrillation has replaced sinus rhythm" "Cannot rule out inferior infarct"`

    `einthoven parse statements --file statements.csv --column statement --json`
    """
    from einthoven.cohort.labels.machine_statements import read_statement, read_statements

    for text in _texts(texts, file, column):
        found = read_statements([text])
        by_presence = {
            word: [concept for concept, presence in found.items() if presence == word]
            for word in ("present", "absent", "uncertain")
        }
        if as_json:
            spans = [_span(text, finding) for finding in read_statement(text)]
            typer.echo(json.dumps({"text": text, **by_presence, "findings": spans}, ensure_ascii=False))
            continue
        typer.echo(printable(text))
        for word, concepts in by_presence.items():
            if concepts:
                typer.echo(f"  {word + ':':<11}{', '.join(concepts)}")
        if not found:
            typer.echo("  no finding")


@parse_app.command("labels")
def labels_command() -> None:
    """Print all label sets and findings as a Markdown page.

    Example: `einthoven parse labels > labels.md`
    """
    from einthoven.cli.labels_page import labels_page

    typer.echo(labels_page(), nl=False)


@parse_app.command("report")
def report_command(
    texts: TextsArgument = None,
    file: FileOption = None,
    column: ColumnOption = None,
    quantity: Annotated[list[str] | None, typer.Option(help="Only these, for example lvef; all by default.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write a page that shows each value in its report.")] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Show which measurements an echo report holds, and which of several values counts.

    Examples
    --------
    `einthoven parse report "EF (visual) 40 %, biplane Simpson 35 %"`

    `einthoven parse report --file echo.csv --column report --quantity lvef --html audit.html`
    """
    from einthoven.cohort.reports import choose, read_report, report_columns
    from einthoven.cohort.reports.audit_page import audit_html
    from einthoven.cohort.reports.rules import rules

    wanted = tuple(quantity) if quantity else None
    found_texts = _texts(texts, file, column)
    if html is not None:
        columns = report_columns(found_texts, wanted or tuple(rules().quantities))
        page = audit_html(found_texts, columns, limit=len(found_texts))
        html.write_text(page, encoding="utf-8")
        typer.echo(f"page: {html.resolve()}")
        return
    for text in found_texts:
        findings = read_report(text, quantities=wanted)
        chosen = choose(findings)
        if as_json:
            values = [_value(finding, counts=finding is chosen.get(finding.quantity)) for finding in findings]
            typer.echo(json.dumps({"text": text, "values": values}, ensure_ascii=False))
            continue
        typer.echo(printable(text))
        for finding in findings:
            mark = "*" if finding is chosen.get(finding.quantity) else " "
            flags = f" [{', '.join(finding.flags)}]" if finding.flags else ""
            typer.echo(f" {mark} {finding.quantity} {_number(finding)}, {finding.method}{flags}: {finding.text!r}")
        if not findings:
            typer.echo("   no value")


def _texts(texts: Sequence[str] | None, file: Path | None, column: str | None) -> list[str]:
    """Return the texts that were given, or those of the file."""
    if (file is None) == (not texts):
        raise SpecificationError("give either texts, each in quotation marks, or --file")
    if file is None:
        return list(texts or ())
    import polars as pl

    from einthoven.cohort.tables import TableSettings
    from einthoven.cohort.tables.raw_table import read_raw_table
    from einthoven.registry import nearest

    if file.suffix == ".txt":
        return _lines(file)
    table = read_raw_table(TableSettings(file=file.name), file.parent).cells
    if column is None or column not in table.columns:
        raise SpecificationError(f"--column must name a column of {file}{nearest(column or '', table.columns)}")
    return table[column].cast(pl.String).drop_nulls().to_list()


def _lines(file: Path) -> list[str]:
    if not file.is_file():
        raise SpecificationError(f"there is no file {file}")
    try:
        return [line for line in file.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
    except UnicodeDecodeError as error:
        raise SpecificationError(f"{file} is no text in UTF-8: {error}") from error


def _span(text: str, finding: StatementFinding) -> dict[str, object]:
    return {
        "concept": finding.concept,
        "presence": finding.presence,
        "start": finding.start,
        "end": finding.end,
        "text": text[finding.start : finding.end],
    }


def _value(finding: ReportFinding, *, counts: bool) -> dict[str, object]:
    from dataclasses import asdict

    return asdict(finding) | {"chosen": counts}


def _number(finding: ReportFinding) -> str:
    if finding.value is not None and finding.low == finding.high:
        return f"{finding.value:g} {finding.unit}".strip()
    low = "" if finding.low is None else f"{finding.low:g}"
    high = "" if finding.high is None else f"{finding.high:g}"
    words = f"{low} to {high}" if low and high else f"from {low}" if low else f"up to {high}"
    return f"{words} {finding.unit}".strip()
