"""Signals in one array and labels in one CSV, row by row: what a group has that already cut and cleaned its ECGs.

Nothing about the array is guessed: axes, rate, unit and leads are declared in the study file.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from einthoven.cohort.flow import FlowStep
from einthoven.cohort.sources.source import LabelRequest, SourceData, convert, read_table, require_columns
from einthoven.ecg.formats import RecordLocation, locate
from einthoven.errors import CohortError
from einthoven.registry import nearest

__all__ = ["Arrays"]

# cohort columns that a table may fill; labels are named by the study
FILLED = ("record_id", "patient_id", "age_years", "sex", "site")


@dataclass(frozen=True)
class Arrays:
    """Settings of the source.

    Attributes
    ----------
    path : str
        Folder that holds both files.
    signals, table : str
        Names of the array and of the CSV; row k of one belongs to row k of the other.
    axes : str
        Order of the array's axes, for example ``record,sample,lead``.
    rate_hz : float
    unit : str
        ``mV``, ``uV``, ``V``, or ``arbitrary`` when millivolts are lost.
    leads : tuple of str
        In the order of the array.
    scale : float
        Stored value times ``scale`` is the amplitude in ``unit``.
    columns : dict of str to str
        Cohort column -> column of the CSV, for ``record_id``, ``patient_id``, ``age_years``, ``sex``, ``site`` and for
        labels whose column has another name.
    sex_codes : dict of str to ``F`` or ``M``
        How the CSV writes sex; anything else is unknown.
    age_over : float, optional
        A stand-in for high ages (300 in PTB-XL); such ages become 90.
    dataset : str, optional
        Name inside an ``.npz`` or HDF5 file.
    """

    path: str
    signals: str
    table: str
    axes: str
    rate_hz: float
    unit: str
    leads: tuple[str, ...]
    scale: float = 1.0
    columns: dict[str, str] = field(default_factory=dict)
    sex_codes: dict[str, str] = field(default_factory=lambda: {"F": "F", "M": "M"})
    age_over: float | None = None
    dataset: str | None = None

    def load(self, labels: LabelRequest, auxiliary: LabelRequest = ()) -> SourceData:
        """Read the CSV, and of the array how many records it holds.

        Raises
        ------
        CohortError
            For a missing file or column, or labels given as the name of a set: arrays have only columns.
        """
        folder = Path(self.path)
        table = read_table(folder, self.table)
        if not (folder / self.signals).is_file():
            raise CohortError(f"{folder} has no {self.signals}; set data.*.signals to the array's file name")
        outcomes = self._names(labels, table)
        helpers = tuple(name for name in self._names(auxiliary, table) if name not in outcomes)
        require_columns(
            table, [self.columns.get(name, name) for name in (*outcomes, *helpers)], file=str(folder / self.table)
        )
        columns = self._demography(table)
        for name in (*outcomes, *helpers):
            columns[f"y.{name}"] = convert(table, self.columns.get(name, name), _yes_or_no, file=self.table)
        locations = self._locations(folder, columns)
        flow = FlowStep("ECGs in the table", table.height, len(set(columns["patient_id"])))
        return SourceData(columns, locations, (flow,), labels=outcomes, auxiliary=helpers)

    def _locations(self, folder: Path, columns: dict[str, list[object]]) -> tuple[RecordLocation, ...]:
        """Give each row of the table its row of the array; a table of another length would shift every label."""
        signals = folder / self.signals
        rows = locate(signals, format="array", options=self._options())
        if len(rows) != len(columns["record_id"]):
            raise CohortError(
                f"{signals} holds {len(rows):,} records and {folder / self.table} {len(columns['record_id']):,} rows: "
                "row k of one must belong to row k of the other"
            )
        return tuple(
            replace(row, record_id=str(record_id), patient_id=str(patient_id))
            for row, record_id, patient_id in zip(rows, columns["record_id"], columns["patient_id"], strict=True)
        )

    def _names(self, request: LabelRequest, table: pl.DataFrame) -> tuple[str, ...]:
        """Expand patterns such as ``super_*``; a plain name stays as it is."""
        if request == "":
            return ()
        if isinstance(request, str):
            raise CohortError(f"arrays have no label sets: list the label columns in cohort.labels, got {request!r}")
        names: dict[str, None] = {}
        for pattern in request:
            is_pattern = any(character in pattern for character in "*?[")
            names |= dict.fromkeys(fnmatch.filter(table.columns, pattern) if is_pattern else [pattern])
        return tuple(names)

    def _demography(self, table: pl.DataFrame) -> dict[str, list[object]]:
        unknown = next(
            (key for key in self.columns if key not in FILLED and self.columns[key] not in table.columns), None
        )
        if unknown is not None:
            raise CohortError(f"data.*.columns maps {unknown!r} to a column that isn't there{nearest(unknown, FILLED)}")
        mapped = {name: self.columns[name] for name in FILLED if name in self.columns}
        require_columns(table, list(mapped.values()), file=self.table)
        converters: dict[str, Callable[[str | None], object]] = {
            "record_id": _filled,
            "patient_id": _filled,
            "age_years": self._age,
            "sex": lambda cell: self.sex_codes.get(str(cell), "U"),
            "site": lambda cell: cell,
        }
        columns: dict[str, list[object]] = {
            name: convert(table, column, converters[name], file=self.table) for name, column in mapped.items()
        }
        stem = Path(self.signals).stem
        columns.setdefault("record_id", [f"{stem}-{row}" for row in range(table.height)])
        if "patient_id" not in columns:
            raise CohortError(
                "a split by patient needs patient ids: set data.*.columns.patient_id to the CSV's column of them"
            )
        columns["path"] = [f"{self.signals}[{row}]" for row in range(table.height)]
        return columns

    def _age(self, cell: str | None) -> float | None:
        age = float(cell) if cell else None
        return 90.0 if age is not None and age == self.age_over else age

    def _options(self) -> dict[str, object]:
        options: dict[str, object] = {
            "axes": self.axes,
            "rate_hz": self.rate_hz,
            "unit": self.unit,
            "leads": list(self.leads),
            "scale": self.scale,
        }
        return options | ({"dataset": self.dataset} if self.dataset else {})


def _filled(cell: str | None) -> str:
    if cell is None:
        raise ValueError("it must be filled in")
    return cell


def _yes_or_no(cell: str | None) -> float | None:
    value = None if cell is None else float(cell)
    if value not in (None, 0.0, 1.0):
        raise ValueError("a label is 0 or 1; leave the cell empty where it is unknown")
    return value
