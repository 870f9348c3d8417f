"""What the leak audit asked, and how many offenders it found."""

from __future__ import annotations

from einthoven.cohort.audit import AuditCheck
from einthoven.report.blocks import Cell, Column, Notice, Prose, Row, Section, TableBlock
from einthoven.report.evidence import Evidence
from einthoven.report.notation import count

__all__ = ["section"]


def section(evidence: Evidence) -> Section:
    """Return the checks as a table, and the notes of the evaluation."""
    if not evidence.checks:
        absent = Notice("The run holds no leak audit (audit.json).", tone="absent")
        return Section("audit", "Leak audit", (absent,))
    failed = sum(check.found > 0 for check in evidence.checks)
    verdict = (
        f"All {len(evidence.checks)} checks found nothing."
        if not failed
        else f"{failed} of {len(evidence.checks)} checks found something; read the details before the results."
    )
    table = TableBlock(
        "Checks for what would make a model look better than it is.",
        (Column("Check", numeric=False), Column("Found"), Column("Detail", numeric=False)),
        tuple(
            Row((Cell(check.name[:1].upper() + check.name[1:]), Cell(count(check.found)), Cell(check.detail)))
            for check in evidence.checks
        ),
    )
    lead = Notice(verdict, tone="warning") if failed else Prose((verdict,))
    details = tuple(_details(check) for check in evidence.checks if check.rows)
    return Section("audit", "Leak audit", (lead, table, *details))


def _details(check: AuditCheck) -> TableBlock:
    """Return the table that a check brings along."""
    first, *others = check.columns
    columns = (Column(first[:1].upper() + first[1:], numeric=False), *(Column(name) for name in others))
    return TableBlock(
        f"{check.name[:1].upper() + check.name[1:]}: what was seen.",
        columns,
        tuple(Row(tuple(Cell(text) for text in row)) for row in check.rows),
    )
