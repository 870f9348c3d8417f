"""Signals in one array and labels in one CSV, row by row: what a group has that already cut and cleaned its ECGs.

Nothing about the array is guessed: axes, rate, unit and leads are declared in the study file.
"""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from einthoven.cohort.flow import FlowStep
from einthoven.cohort.sources.source import LabelRequest, SourceData, read_table, require_columns
from einthoven.ecg.formats import RecordLocation
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
        """Read the CSV; the array is opened at ingest.

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
            columns[f"y.{name}"] = _numbers(table[self.columns.get(name, name)], file=self.table)
        locations = tuple(
            RecordLocation(
                str(record_id), str(folder / self.signals), "array", self._options(row), patient_id=str(patient_id)
            )
            for row, (record_id, patient_id) in enumerate(zip(columns["record_id"], columns["patient_id"], strict=True))
        )
        flow = FlowStep("ECGs in the table", table.height, len(set(columns["patient_id"])))
        return SourceData(columns, locations, (flow,), labels=outcomes, auxiliary=helpers)

    def _names(self, request: LabelRequest, table: pl.DataFrame) -> tuple[str, ...]:
        """Expand patterns such as ``super_*``; a plain name stays as it is."""
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
        stem = Path(self.signals).stem
        columns: dict[str, list[object]] = {name: table[column].to_list() for name, column in mapped.items()}
        columns.setdefault("record_id", [f"{stem}-{row}" for row in range(table.height)])
        if "patient_id" not in columns:
            raise CohortError(
                "a split by patient needs patient ids: set data.*.columns.patient_id to the CSV's column of them"
            )
        columns["path"] = [f"{self.signals}[{row}]" for row in range(table.height)]
        if "sex" in columns:
            columns["sex"] = [self.sex_codes.get(str(value), "U") for value in columns["sex"]]
        if "age_years" in columns:
            columns["age_years"] = [self._age(value) for value in columns["age_years"]]
        return columns

    def _age(self, value: object) -> float | None:
        age = float(str(value)) if value not in (None, "") else None
        return 90.0 if age is not None and age == self.age_over else age

    def _options(self, row: int) -> dict[str, object]:
        options: dict[str, object] = {
            "row": row,
            "axes": self.axes,
            "rate_hz": self.rate_hz,
            "unit": self.unit,
            "leads": list(self.leads),
            "scale": self.scale,
        }
        return options | ({"dataset": self.dataset} if self.dataset else {})


def _numbers(column: pl.Series, *, file: str) -> list[object]:
    try:
        return [float(value) if value not in (None, "") else None for value in column]
    except ValueError as error:
        raise CohortError(f"column {column.name!r} of {file} must hold numbers: {error}") from error
