"""Which lead stands where on ECG paper, and which seconds of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.record import Record
from einthoven.errors import SignalError, SpecificationError

__all__ = ["Layout", "Paper", "Strip", "columns_start_together", "settled_paper", "strips_of"]

Layout = Literal["3x4", "12x1"]
COLUMNS = (("I", "II", "III"), ("aVR", "aVL", "aVF"), ("V1", "V2", "V3"), ("V4", "V5", "V6"))
RHYTHM_LEADS = ("II", "V1", "I", "V5")  # the first that was recorded runs along the bottom
MOST_LEADS_IN_ROWS = 4  # with so few leads each has room for a row, and places of a 3x4 would stand empty
PAGE_MM = 250.0  # of traces: what A4 holds across, 10 s at 25 mm/s and 5 s at 50 mm/s


@dataclass(frozen=True, slots=True)
class Paper:
    """How a record is drawn: ``shown_s`` seconds from ``start_s`` on."""

    layout: Layout
    speed_mm_s: float
    gain_mm_mv: float
    start_s: float
    shown_s: float


@dataclass(frozen=True, slots=True)
class Strip:
    """A lead's piece of paper: row from the top, ``at_s`` on the paper, ``from_s`` in the record, length in seconds."""

    lead: str
    row: int
    at_s: float
    from_s: float
    length_s: float


def settled_paper(
    record: Record, *, layout: Layout, speed_mm_s: float = 25.0, gain_mm_mv: float = 10.0, start_s: float = 0.0
) -> Paper:
    """Return how the record is drawn: a ``3x4`` only when it has leads enough.

    A ``3x4`` always shows 2.5 s of each lead and 10 s of rhythm; rows run over the width of a page.

    Raises
    ------
    SignalError
        When the record ends before ``start_s``.
    SpecificationError
        For an unknown layout, or a speed or gain that isn't positive.
    """
    if layout not in ("3x4", "12x1"):
        raise SpecificationError(f"layout must be '3x4' or '12x1', got {layout!r}")
    if not (0 < speed_mm_s < math.inf and 0 < gain_mm_mv < math.inf):
        raise SpecificationError(f"speed and gain must be positive, got {speed_mm_s} mm/s and {gain_mm_mv} mm/mV")
    if not 0 <= start_s < record.duration_s:
        raise SignalError(
            f"start_s must lie within the record, got {start_s:g} for {record.duration_s:g} s of {record.record_id}"
        )
    settled: Layout = "12x1" if len(record.leads) <= MOST_LEADS_IN_ROWS else layout
    shown_s = 10.0 if settled == "3x4" else PAGE_MM / speed_mm_s
    return Paper(settled, speed_mm_s, gain_mm_mv, start_s, shown_s)


def strips_of(record: Record, paper: Paper) -> tuple[Strip, ...]:
    """Return the strips of a layout.

    ``12x1`` gives every recorded lead a row. ``3x4`` keeps the columns in which a lead was recorded, over a rhythm
    strip; leads that lack in them are among the strips. Its columns follow each other in time; in a record too short
    for that each begins at ``start_s``.
    """
    if paper.layout == "3x4":
        return _three_rows(record, paper)
    leads = _ordered(record.leads)
    return tuple(Strip(lead, row, 0.0, paper.start_s, paper.shown_s) for row, lead in enumerate(leads))


def columns_start_together(record: Record, paper: Paper) -> bool:
    """Return whether the record ends before the middle of a 3x4's last column: that lead would not be seen."""
    available_s = record.duration_s - paper.start_s
    return paper.layout == "3x4" and available_s < paper.shown_s - _column_s(record, paper) / 2


def _three_rows(record: Record, paper: Paper) -> tuple[Strip, ...]:
    length, start_s = _column_s(record, paper), paper.start_s
    together = columns_start_together(record, paper)
    strips = [
        Strip(lead, row, column * length, start_s if together else start_s + column * length, length)
        for column, leads in enumerate(_columns(record))
        for row, lead in enumerate(leads)
    ]
    rhythm = next((lead for lead in RHYTHM_LEADS if lead in record.leads), record.leads[0])
    return (*strips, Strip(rhythm, len(COLUMNS[0]), 0.0, start_s, paper.shown_s))


def _column_s(record: Record, paper: Paper) -> float:
    return paper.shown_s / len(_columns(record))


def _columns(record: Record) -> list[tuple[str, ...]]:
    return [leads for leads in COLUMNS if not set(leads).isdisjoint(record.leads)]


def _ordered(leads: tuple[str, ...]) -> list[str]:
    """Return the standard leads in clinical order, others after them."""
    return [lead for lead in STANDARD_LEADS if lead in leads] + [lead for lead in leads if lead not in STANDARD_LEADS]
