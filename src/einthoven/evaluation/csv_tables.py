"""CSV tables as people have them: separated by commas, semicolons (Excel in Europe) or tabs, with a decimal comma."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.csv

from einthoven.errors import UnreadableFileError
from einthoven.evaluation.prediction_columns import COLUMNS

__all__ = ["Dialect", "dialect_of", "read_csv"]

# how much of a file is looked at
SAMPLE_BYTES = 1 << 16
NAMES = {",": "commas", ";": "semicolons", "\t": "tabs"}
DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+([eE][+-]?\d+)?")
DECIMAL_POINT = re.compile(r"[+-]?\d+\.\d+([eE][+-]?\d+)?")
BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a CSV file is written; ``header`` are the cells of its first line."""

    delimiter: str
    decimal: str
    header: tuple[str, ...]

    @property
    def note(self) -> str:
        """What is said of a file that has decimal commas, which could be meant otherwise; empty of any other."""
        if self.decimal == ".":
            return ""
        return f"Cells are separated by {NAMES[self.delimiter]}; a comma in a number was read as the decimal comma."


def dialect_of(path: Path) -> Dialect:
    """Return how a CSV file is written.

    Raises
    ------
    UnreadableFileError
        It is no text in UTF-8, or one column holds numbers with a decimal comma and with a decimal point.
    """
    with path.open("rb") as stream:
        sample = stream.read(SAMPLE_BYTES)
        whole = not stream.read(1)
    if sample.startswith(BYTE_ORDER_MARKS):
        raise UnreadableFileError(f"{path} is text in UTF-16; save it as CSV in UTF-8")
    try:
        # a sample may end within a letter
        text = sample.decode("utf-8-sig") if whole else sample[: sample.rfind(b"\n") + 1].decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFileError(f"{path} is no CSV in UTF-8: {error}; save it as CSV in UTF-8") from error
    lines = text.splitlines()
    delimiter = _delimiter(lines[0] if lines else "")
    rows = list(csv.reader(lines, delimiter=delimiter))
    return Dialect(delimiter, "." if delimiter == "," else _decimal(rows, path), tuple(rows[0]) if rows else ())


def read_csv(path: Path, *, dialect: Dialect | None = None, names: Mapping[str, str] | None = None) -> pa.Table:
    """Return a CSV table; ids such as 007 stay text, a column without a name (pandas' row number) is dropped.

    ``names`` are what columns will be called by which other name than in the file, which decides their type, too.
    """
    dialect = dialect or dialect_of(path)
    will_be = {name: (names or {}).get(name, name) for name in dialect.header}
    text = {name: pa.string() for name, ours in will_be.items() if _is_text(ours)}
    convert = pa.csv.ConvertOptions(column_types=text, strings_can_be_null=True, decimal_point=dialect.decimal)
    parse = pa.csv.ParseOptions(delimiter=dialect.delimiter)
    try:
        table = pa.csv.read_csv(path, parse_options=parse, convert_options=convert)
    except pa.ArrowInvalid as error:
        raise UnreadableFileError(f"can't read {path} as a CSV table: {error}") from error
    return table.drop_columns([""]) if "" in table.column_names else table


def _is_text(name: str) -> bool:
    return name.startswith("group.") or name == "pretrained_on" or pa.types.is_dictionary(COLUMNS.get(name, pa.null()))


def _delimiter(line: str) -> str:
    cells = {one: next(csv.reader([line], delimiter=one), []) for one in NAMES}
    for one in (";", "\t"):
        # a first line of numbers such as 0,1;0,9
        if len(cells[one]) > 1 and all(DECIMAL_COMMA.fullmatch(cell) for cell in cells[one]):
            return one
    return max(NAMES, key=lambda one: len(cells[one]))


def _decimal(rows: list[list[str]], path: Path) -> str:
    comma = {place: cell for row in rows for place, cell in enumerate(row) if DECIMAL_COMMA.fullmatch(cell)}
    point = {place: cell for row in rows for place, cell in enumerate(row) if DECIMAL_POINT.fullmatch(cell)}
    both = sorted(set(comma) & set(point))
    if both:
        raise UnreadableFileError(
            f"column {rows[0][both[0]]!r} of {path} holds numbers with a decimal comma ({comma[both[0]]}) and with a "
            f"decimal point ({point[both[0]]}); write all of them one way"
        )
    return "," if comma else "."
