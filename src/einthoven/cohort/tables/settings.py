"""What a study file says of a table: where it lies, which column is what, in which unit and spelling."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Literal

from einthoven.errors import SpecificationError

__all__ = ["MISSING", "ColumnSettings", "OnError", "TableSettings"]

OnError = Literal["refuse", "drop"]
# how spreadsheets, R, pandas, SQL clients and people write "nothing"; compared without case
MISSING = ("", "NA", "N/A", "#N/A", "NaN", "NaT", "NULL", "None", "<NA>", "-", "--", ".")

# a key of the study file that no field has is a slip, not something to pass over
FORBID_EXTRA = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class ColumnSettings:
    """One column of a table.

    Attributes
    ----------
    column : str, optional
        Its name in the file; the canonical name when absent.
    unit : str, optional
        Of numbers, for example ``fraction`` or ``cm``; ``text`` keeps a column of free choice as text.
    format : str, optional
        Of times, for example ``DD/MM/YYYY`` or ``%d.%m.%Y %H:%M``; ``ISO`` where the table has another format; of
        numbers ``decimal comma``.
    values : dict of str to str
        Cell -> what it stands for, for example ``{"1" = "F", "2" = "M"}``.
    """

    __pydantic_config__: ClassVar = FORBID_EXTRA
    column: str | None = None
    unit: str | None = None
    format: str | None = None
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TableSettings:
    """One table.

    Attributes
    ----------
    file : str, optional
        CSV, TSV (also ``.gz``) or Parquet, in the folder of the source.
    sql, database : str, optional
        A query or the name of a table, and the SQLite file that it is asked of.
    columns : dict of str to str or ColumnSettings
        Canonical name -> column.
    missing : tuple of str
        Spellings of "nothing", compared without case.
    time_format : str, optional
        Of all times of the table whose column has no ``format`` of its own.
    on_error : ``refuse`` or ``drop``
        ``refuse`` stops at the first cell that can't be read; ``drop`` leaves out the cell, or its row where nothing
        can be said without it, and reports each.
    encoding, delimiter : str, optional
        Of text files; found by content when absent, and told in the notes.
    export_date : date, optional
        Times after it are errors of typing: they are left out and reported.

    Raises
    ------
    SpecificationError
        When it isn't said where the table lies, or said twice.
    """

    __pydantic_config__: ClassVar = FORBID_EXTRA
    file: str | None = None
    sql: str | None = None
    database: str | None = None
    columns: dict[str, str | ColumnSettings] = field(default_factory=dict)
    missing: tuple[str, ...] = MISSING
    time_format: str | None = None
    on_error: OnError = "refuse"
    encoding: str | None = None
    delimiter: str | None = None
    export_date: date | None = None

    def __post_init__(self) -> None:
        if (self.file is None) == (self.sql is None):
            raise SpecificationError(
                "a table is either a file ('file') or asked of a database ('sql' and 'database'), "
                f"got {'neither' if self.file is None else 'both'}"
            )
        if self.sql is not None and self.database is None:
            raise SpecificationError("sql needs 'database', the SQLite file that it is asked of")
        if self.delimiter is not None and len(self.delimiter) != 1:
            raise SpecificationError(f"delimiter must be one character, for example ';', got {self.delimiter!r}")

    def of_column(self, name: str) -> ColumnSettings:
        """Return the settings of a canonical column, ``column`` filled in."""
        said = self.columns.get(name, name)
        settings = ColumnSettings(said) if isinstance(said, str) else said
        return dataclasses.replace(settings, column=settings.column or name)
