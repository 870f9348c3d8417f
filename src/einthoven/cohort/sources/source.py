"""What every data source gives: rows for the cohort, where each ECG lies, and what was left out on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

import polars as pl

from einthoven.cohort.flow import FlowStep
from einthoven.ecg.formats import RecordLocation
from einthoven.errors import CohortError
from einthoven.registry import nearest

__all__ = ["LabelRequest", "Source", "SourceData", "read_table", "require_columns"]

LabelRequest = str | tuple[str, ...]


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
    """

    columns: dict[str, list[object]]
    locations: tuple[RecordLocation, ...]
    flow: tuple[FlowStep, ...]
    labels: tuple[str, ...]
    auxiliary: tuple[str, ...] = ()
    official_split: tuple[str, ...] | None = None


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
    return pl.read_csv(file, infer_schema=False)


def require_columns(table: pl.DataFrame, names: Sequence[str], *, file: str) -> None:
    """Refuse a table that lacks one of ``names``, by name."""
    for name in names:
        if name not in table.columns:
            raise CohortError(f"{file} has no column {name!r}{nearest(name, table.columns)}")
