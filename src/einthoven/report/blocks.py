"""What a section is made of, as data: prose, tables, figures, notices, facts; templates turn it into HTML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from einthoven.evaluation.estimate import Estimate
from einthoven.report.notation import NOT_ESTIMABLE, interval, number

__all__ = [
    "Block",
    "Cell",
    "Column",
    "Facts",
    "FigureBlock",
    "Finding",
    "Notice",
    "Panel",
    "Prose",
    "Row",
    "Section",
    "TableBlock",
    "estimate_cell",
]


@dataclass(frozen=True, slots=True)
class Prose:
    """Paragraphs of plain text; a paragraph may start with a run-in heading ``("Heading.", "text")``."""

    paragraphs: tuple[str | tuple[str, str], ...]
    kind: Literal["prose"] = "prose"


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence that must not be overlooked."""

    text: str
    tone: Literal["plain", "warning", "absent"] = "plain"
    kind: Literal["notice"] = "notice"


@dataclass(frozen=True, slots=True)
class Finding:
    """The one number that the study is about."""

    number: str
    interval: str
    name: str
    detail: str
    sentence: str
    kind: Literal["finding"] = "finding"


@dataclass(frozen=True, slots=True)
class Column:
    """A column's head; numbers stand to the right, text to the left."""

    head: str
    detail: str = ""
    numeric: bool = True


@dataclass(frozen=True, slots=True)
class Cell:
    """A text, an interval that is set quieter, a second line, and what a pointer shows; in grey what is in doubt."""

    text: str
    interval: str = ""
    detail: str = ""
    tip: str = ""
    muted: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """``strong`` rows are averages, ``heading`` rows one cell across the table, ``indent`` rows belong to a heading."""

    cells: tuple[Cell, ...]
    style: Literal["normal", "strong", "heading", "indent"] = "normal"


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A numbered table; a ``folded`` one shows its caption until it is opened."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    folded: bool = False
    kind: Literal["table"] = "table"


@dataclass(frozen=True, slots=True)
class Panel:
    """One drawing of a figure: finished SVG, and the sentence that a screen reader says instead."""

    svg: str
    alt: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class FigureBlock:
    """A numbered figure of one or several panels; ``names`` are those of the series, in the order of their colours."""

    caption: str
    panels: tuple[Panel, ...]
    layout: Literal["grid", "narrow", "wide", "pair"] = "grid"
    names: tuple[str, ...] = ()
    kind: Literal["figure"] = "figure"

    @property
    def columns(self) -> int:
        """Panels per row of a grid on a wide page: 3 or 4, whichever leaves the fewer gaps."""
        return min(len(self.panels), 4) if len(self.panels) not in (5, 6, 9) else 3


@dataclass(frozen=True, slots=True)
class Facts:
    """Terms and their values."""

    pairs: tuple[tuple[str, str], ...]
    mono: bool = False
    kind: Literal["facts"] = "facts"


Block = Prose | Notice | Finding | TableBlock | FigureBlock | Facts


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered part of the report; ``key`` is its anchor."""

    key: str
    title: str
    blocks: tuple[Block, ...]


def estimate_cell(estimate: Estimate | None, *, digits: int = 3, fraction: bool = False) -> Cell:
    """Return the cell of an estimate; ``fraction`` shows events over n as a second line."""
    if estimate is None:
        return Cell(NOT_ESTIMABLE)
    tip = f"{estimate.method}; n = {estimate.n}, events = {estimate.events}, patients = {estimate.clusters}"
    detail = f"{estimate.events}/{estimate.n}" if fraction else ""
    if estimate.reason:
        tip = f"{estimate.reason}; {tip}"
    return Cell(number(estimate.value, digits), interval(estimate, digits), detail, tip, muted=bool(estimate.reason))
