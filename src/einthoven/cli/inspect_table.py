"""The ECGs of a folder as a table that fits a terminal: a row each, remarks below it, numbered."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from einthoven.cli.inspect_description import Description, quality_remarks
from einthoven.drawing.printable import printable

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from einthoven.ecg.formats import RecordLocation

__all__ = ["folder_table", "other_files_line", "summary_line"]

_ARRAY_SUFFIXES = {".npy", ".npz", ".csv", ".txt", ".mat", ".h5", ".hdf5", ".parquet"}
_SUFFIXES_NAMED = 8
_FOLDED = {"record": 32, "device": 14, "remarks": 12}  # widest, in letters
_ROOM_FOR_ALL = 100
_NUMBERS = ("leads", "Hz", "s")


def folder_table(descriptions: Sequence[Description], *, width: int = 100) -> RenderableType:
    """Return the table and, under it, each remark once; columns that would be empty are left out.

    So is the device where fewer than 100 letters fit a line: names of records need the room.

    Patients' ids are not in it: tables of folders are passed around.
    """
    from rich.console import Group

    rows = [_row(description) for description in descriptions]
    texts = _number_remarks(rows, descriptions)
    unneeded = {"device"} if width < _ROOM_FOR_ALL else set[str]()
    table = _empty_table([name for name in rows[0] if name not in unneeded and any(row[name] for row in rows)])
    for row in rows:
        table.add_row(*[_styled(str(column.header), row[str(column.header)]) for column in table.columns])
    return Group(table, _numbered(texts)) if texts else table


def summary_line(descriptions: Sequence[Description], locations: Sequence[RecordLocation]) -> str:
    """Return how many ECGs of which formats there are, how many of those shown can't be read, and what is not shown."""
    formats = Counter(location.format for location in locations)
    line = f"{len(locations):,} ECGs: {', '.join(f'{count:,} {name}' for name, count in formats.most_common())}"
    unreadable = sum("error" in description for description in descriptions)
    line += f"; {unreadable:,} unreadable" if unreadable else "; all readable"
    hidden = len(locations) - len(descriptions)
    return f"{line} among the first {len(descriptions):,}; --limit shows more" if hidden else line


def other_files_line(others: Iterable[Path]) -> str:
    """Return how many files of which suffix are no ECG of a known format; nothing when there are none.

    Examples
    --------
    >>> other_files_line([Path("a.pdf"), Path("b.pdf"), Path("c.csv")])
    '3 files are no ECG of a known format: 2 .pdf, 1 .csv (arrays need --layout)'
    """
    counts = Counter(printable(path.suffix.lower()) or "without suffix" for path in others)
    if not counts:
        return ""
    total = counts.total()
    named = [f"{count:,} {suffix}" for suffix, count in counts.most_common(_SUFFIXES_NAMED)]
    if len(counts) > _SUFFIXES_NAMED:
        named.append(f"{sum(sorted(counts.values())[:-_SUFFIXES_NAMED]):,} more")
    hint = " (arrays need --layout)" if _ARRAY_SUFFIXES & set(counts) else ""
    subject = f"{total:,} files are" if total > 1 else "1 file is"
    return f"{subject} no ECG of a known format: {', '.join(named)}{hint}"


def _row(description: Description) -> dict[str, str]:
    if "error" in description:
        shown = {"record": description["record"], "format": description["format"], "quality": "unreadable"}
    else:
        shown = {
            "record": description["record"],
            "format": description["format"],
            "device": description["device"] or "",
            "leads": str(len(description["leads"])),
            "Hz": f"{description['rate_hz']:g}",
            "s": f"{description['seconds']:.4g}",
            "unit": description["unit"],
            "date": (description["time"] or "")[:10],
            "quality": "acceptable" if description["acceptable"] else "poor",
        }
    columns = ("record", "format", "device", "leads", "Hz", "s", "unit", "date", "quality", "remarks")
    return {name: printable(shown.get(name, "")) for name in columns}


def _remarks(description: Description) -> list[str]:
    if "error" in description:
        folder = f"{Path(description['path']).parent}{os.sep}"
        return [printable(description["error"].replace(folder, ""))]
    return [printable(remark) for remark in (*quality_remarks(description), *description["provenance"]["notes"])]


def _number_remarks(rows: Sequence[dict[str, str]], descriptions: Sequence[Description]) -> list[str]:
    """Fill the rows' remarks with numbers and return what they stand for; what many files share is said of ``*``."""
    numbers: dict[str, int] = {}
    texts: list[str] = []
    for row, description in zip(rows, descriptions, strict=True):
        own: list[int] = []
        for remark in _remarks(description):
            shared = _of_any_file(remark, Path(description["path"]).stem)
            if shared in numbers:
                texts[numbers[shared] - 1] = shared
            else:
                texts.append(remark)
            own.append(numbers.setdefault(shared, len(texts)))
        row["remarks"] = ", ".join(map(str, own))
    return texts


def _of_any_file(remark: str, stem: str) -> str:
    return re.sub(rf"(?<![\w.-]){re.escape(stem)}(?=\.[A-Za-z])", "*", remark)


def _empty_table(columns: Iterable[str]) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for name in columns:
        table.add_column(
            name,
            overflow="fold",
            no_wrap=name not in _FOLDED,
            max_width=_FOLDED.get(name),
            justify="right" if name in _NUMBERS else "left",
        )
    return table


def _styled(column: str, cell: str) -> RenderableType:
    from rich.text import Text

    styles = {"acceptable": "green", "poor": "yellow", "unreadable": "red"}
    return Text(cell, style=styles.get(cell, "") if column == "quality" else "")


def _numbered(remarks: Sequence[str]) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 1))
    grid.add_column(justify="right", style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for number, remark in enumerate(remarks, start=1):
        grid.add_row(str(number), Text(remark))
    return grid
