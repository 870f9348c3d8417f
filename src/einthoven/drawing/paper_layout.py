"""Which lead stands where on ECG paper, and which seconds of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.record import Record
from einthoven.errors import SignalError, SpecificationError

__all__ = ["Strip", "strips_of"]

THREE_BY_FOUR = (("I", "aVR", "V1", "V4"), ("II", "aVL", "V2", "V5"), ("III", "aVF", "V3", "V6"))
RHYTHM_LEADS = ("II", "V1", "I", "V5")  # the first that was recorded runs along the bottom


@dataclass(frozen=True, slots=True)
class Strip:
    """A lead's piece of paper: row from the top, start and length in seconds of the shown part."""

    lead: str
    row: int
    start_s: float
    length_s: float


def strips_of(record: Record, *, layout: Literal["3x4", "12x1"], start_s: float, shown_s: float) -> tuple[Strip, ...]:
    """Return the strips of a layout; those of leads that were not recorded are among them in ``3x4``.

    Raises
    ------
    SignalError
        When the record ends before ``start_s``.
    SpecificationError
        For an unknown layout.
    """
    if not 0 <= start_s < record.duration_s:
        raise SignalError(
            f"start_s must lie within the record, got {start_s:g} for {record.duration_s:g} s of {record.record_id}"
        )
    if layout == "3x4":
        return _three_by_four(record, shown_s)
    if layout == "12x1":
        return tuple(Strip(lead, row, 0.0, shown_s) for row, lead in enumerate(_ordered(record.leads)))
    raise SpecificationError(f"layout must be '3x4' or '12x1', got {layout!r}")


def _three_by_four(record: Record, shown_s: float) -> tuple[Strip, ...]:
    quarter = shown_s / 4
    strips = [
        Strip(lead, row, column * quarter, quarter)
        for row, leads in enumerate(THREE_BY_FOUR)
        for column, lead in enumerate(leads)
    ]
    rhythm = next((lead for lead in RHYTHM_LEADS if lead in record.leads), record.leads[0])
    return (*strips, Strip(rhythm, len(THREE_BY_FOUR), 0.0, shown_s))


def _ordered(leads: tuple[str, ...]) -> list[str]:
    """Return the standard leads in clinical order, others after them."""
    return [lead for lead in STANDARD_LEADS if lead in leads] + [lead for lead in leads if lead not in STANDARD_LEADS]
