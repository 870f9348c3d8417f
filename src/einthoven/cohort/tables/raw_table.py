"""Cells of a table wherever it lies: text file, Parquet, or an SQLite database."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from einthoven.cohort.tables.settings import TableSettings
from einthoven.cohort.tables.text_file import read_text_file
from einthoven.errors import CohortError
from einthoven.registry import nearest

__all__ = ["RawTable", "read_raw_table"]

EXPORT = "export the table as CSV (UTF-8) or Parquet"
SPREADSHEETS = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods")
STATISTICS_FILES = (".sav", ".dta", ".sas7bdat", ".rds", ".rdata", ".mdb", ".accdb")


@dataclass(frozen=True, slots=True, eq=False)
class RawTable:
    """Cells, the lines they begin on, rows that are torn, and how messages call the table."""

    name: str
    cells: pl.DataFrame
    lines: pl.Series
    torn: tuple[tuple[int, str], ...] = ()
    notes: tuple[str, ...] = ()
    row_word: str = "line"


def read_raw_table(settings: TableSettings, folder: Path) -> RawTable:
    """Read all columns.

    Raises
    ------
    CohortError
        For a missing file, a kind of file or database that isn't read, or one that is damaged.
    """
    if settings.sql is not None:
        return _from_database(settings.sql, folder, str(settings.database))
    path = folder / str(settings.file)
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if not path.is_file():
        raise CohortError(f"there is no table {path}{_what_is_there(path)}")
    if suffixes and suffixes[-1] in SPREADSHEETS:
        raise CohortError(
            f"{path} is a spreadsheet, which isn't read: save the sheet as 'CSV UTF-8' and name that file"
        )
    if suffixes and suffixes[-1] in STATISTICS_FILES:
        raise CohortError(f"{path} is of a kind that isn't read: {EXPORT}")
    with path.open("rb") as file:
        start = file.read(16)
    if start.startswith(b"PAR1"):
        return _from_parquet(path)
    if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise CohortError(f"{path} is a spreadsheet or archive, whatever its name says: {EXPORT}")
    if start.startswith(b"SQLite format 3"):
        raise CohortError(f"{path} is an SQLite database: name it as 'database', and the table or query as 'sql'")
    rows = read_text_file(path, encoding=settings.encoding, delimiter=settings.delimiter)
    return RawTable(path.name, rows.cells, rows.lines, rows.torn, rows.notes)


def _what_is_there(path: Path) -> str:
    if not path.parent.is_dir():
        return f": there is no folder {path.parent}; set the path of the data in the study file, or --data NAME=PATH"
    names = sorted(entry.name for entry in path.parent.iterdir() if entry.is_file())
    return nearest(path.name, names[:20]) if names else ": its folder holds no files"


def _from_parquet(path: Path) -> RawTable:
    try:
        cells = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise CohortError(f"{path} can't be read as Parquet: {str(error).splitlines()[0]}") from error
    return RawTable(path.name, cells, _numbers(cells.height), row_word="row")


def _from_database(sql: str, folder: Path, database: str) -> RawTable:
    if re.match(r"\w+(\+\w+)?://", database) and not database.startswith("sqlite:///"):
        raise CohortError(f"only SQLite databases are read, got {database.split(':', maxsplit=1)[0]!r}: {EXPORT}")
    path = folder / database.removeprefix("sqlite:///")
    if not path.is_file():
        raise CohortError(f"there is no database {path}{_what_is_there(path)}")
    query = sql if re.match(r"\s*(select|with)\b", sql, re.IGNORECASE) else _whole_table(sql)
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        try:
            cursor = connection.execute(query)
            names = [description[0] for description in cursor.description]
            rows = cursor.fetchall()
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise CohortError(f"{path} refuses {query!r}: {error}") from error
    if len(set(names)) < len(names):
        raise CohortError(f"{query!r} gives two columns of one name ({', '.join(names)}): rename one by AS")
    columns = zip(*rows, strict=True) if rows else ([] for _ in names)
    cells = pl.DataFrame(
        {name: pl.Series(_as_text(values), dtype=pl.String) for name, values in zip(names, columns, strict=True)}
    )
    return RawTable(f"{path.name} ({sql.strip()})", cells, _numbers(len(rows)), row_word="row")


def _whole_table(name: str) -> str:
    quoted = name.strip().replace('"', '""')
    return f'SELECT * FROM "{quoted}"'  # noqa: S608 - the study file may ask anything of its own database


def _as_text(values: Iterable[object]) -> list[str | None]:
    """SQLite types each cell on its own: as text, all of a column are read alike."""
    return [None if value is None else str(value) for value in values]


def _numbers(n_rows: int) -> pl.Series:
    return pl.int_range(1, n_rows + 1, dtype=pl.Int64, eager=True)
