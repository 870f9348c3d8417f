"""What every data source gives: rows for the cohort, where each ECG lies, and what was left out on the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar, runtime_checkable

import polars as pl

from einthoven.cohort.flow import FlowStep
from einthoven.ecg.formats import RecordLocation
from einthoven.errors import CohortError
from einthoven.registry import nearest

__all__ = ["LabelRequest", "Source", "SourceData", "convert", "read_table", "require_columns"]

LabelRequest = str | tuple[str, ...]
Converted = TypeVar("Converted")


@dataclass(frozen=True, slots=True, eq=False)
class SourceData:
    """The rows of one source.

    Attributes
    ----------
    columns : dict of str to list
        Cohort columns, one entry per ECG, ``record_id`` and ``patient_id`` as the owners number them.
    locations : tuple of RecordLocation
        In the same order.
    official_split : tuple of str, optional
        The owners' own split of each row, where they publish one.
    flow : tuple of FlowStep
    labels, auxiliary : tuple of str
        Names of the ``y.`` columns that are outcomes, and of those that only help training.
    reports, diagnoses, events : DataFrame, optional
        What else is known of the patients, in the canonical columns of ``einthoven.cohort.tables``; ids as the owners
        number them.
    date_only : frozenset of str
        Those of ``ecgs`` and ``reports`` whose times are dates: nobody knows the hour.
    dropped : DataFrame, optional
        Rows of the tables that could not be used, each with its reason.
    unusable_reports : int
        Rows of the table of reports that could not be used.
    findings : DataFrame, optional
        Every value that was read out of a report's text, with the place where it stands, so that a person can check.
    numbering : str
        The name of the numbering of patients, where several sources share one; by default each has its own.
    simulated : str
        Where the patients are simulated, by which settings; empty for real ones.
    """

    columns: dict[str, list[object]]
    locations: tuple[RecordLocation, ...]
    flow: tuple[FlowStep, ...]
    labels: tuple[str, ...]
    auxiliary: tuple[str, ...] = ()
    official_split: tuple[str, ...] | None = None
    reports: pl.DataFrame | None = None
    diagnoses: pl.DataFrame | None = None
    events: pl.DataFrame | None = None
    date_only: frozenset[str] = frozenset()
    dropped: pl.DataFrame | None = None
    unusable_reports: int = 0
    findings: pl.DataFrame | None = None
    numbering: str = ""
    simulated: str = ""


@runtime_checkable
class Source(Protocol):
    """A frozen dataclass of settings, of which ``path`` is always one, that can load its rows."""

    path: str

    def load(self, labels: LabelRequest, auxiliary: LabelRequest = ()) -> SourceData:
        """Read the tables; signals are not touched."""
        ...


def read_table(folder: Path, name: str) -> pl.DataFrame:
    """Read a CSV of a source as text columns.

    Raises
    ------
    CohortError
        When folder or file is missing; names what was expected there.
    """
    if not folder.is_dir():
        raise CohortError(
            f"there is no folder {folder}; set the path of the data in the study file, or --data NAME=PATH"
        )
    file = folder / name
    if not file.is_file():
        found = ", ".join(sorted(entry.name for entry in folder.iterdir())[:8]) or "nothing"
        raise CohortError(f"{folder} has no {name}; it holds {found}")
    try:
        return pl.read_csv(file, infer_schema=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise CohortError(f"{file} can't be read as a CSV: {str(error).splitlines()[0]}") from error


def require_columns(table: pl.DataFrame, names: Sequence[str], *, file: str) -> None:
    """Refuse a table that lacks one of ``names``, by name."""
    for name in names:
        if name not in table.columns:
            raise CohortError(f"{file} has no column {name!r}{nearest(name, table.columns)}")


def convert(
    table: pl.DataFrame, column: str, converter: Callable[[Any], Converted], *, file: str, key: str | None = None
) -> list[Converted]:
    """Return the converted cells of a column; an empty cell reaches the converter as None.

    Raises
    ------
    CohortError
        Names file, row (or the value of column ``key`` in it), column and cell, with the converter's reason.
    """
    converted: list[Converted] = []
    for row, cell in enumerate(table[column].to_list()):
        value = cell.strip() or None if isinstance(cell, str) else cell
        try:
            converted.append(converter(value))
        except (ValueError, TypeError, KeyError, OverflowError, CohortError) as error:
            place = f"{key} {table[key][row]}" if key and key != column else f"line {row + 2}"
            shown = "an empty cell" if value is None else repr(cell)
            raise CohortError(f"{file}, {place}: column {column!r} holds {shown}: {error}") from error
    return converted
