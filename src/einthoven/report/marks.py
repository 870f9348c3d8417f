"""Signs beside numbers: a dagger where nobody planned them, a double dagger where the model knew the data set."""

from __future__ import annotations

from collections.abc import Sequence

from einthoven.evaluation.rows import ComparisonRow, ResultRow
from einthoven.report.evidence import Evidence

__all__ = ["marks", "notes_of_marks"]

EXPLORATORY, CONTAMINATED = "\N{DAGGER}", "\N{DOUBLE DAGGER}"


def marks(row: ResultRow | ComparisonRow, evidence: Evidence) -> str:
    """Return the signs of a row, to be set behind its name.

    Where a protocol planned some numbers, the others have a dagger; where none was planned the summary says so once.
    """
    exploratory = EXPLORATORY if evidence.has_plan and not row.planned else ""
    return exploratory + (CONTAMINATED if row.contaminated else "")


def notes_of_marks(rows: Sequence[ResultRow | ComparisonRow], evidence: Evidence) -> tuple[str, ...]:
    """Return what the signs of these rows mean, under their table."""
    notes = []
    if evidence.has_plan and any(not row.planned for row in rows):
        notes.append(f"{EXPLORATORY} Exploratory: not named in the protocol.")
    if any(row.contaminated for row in rows):
        notes.append(f"{CONTAMINATED} The model had seen this data set in pretraining.")
    return tuple(notes)
