"""What is true of a simulated hospital, as Parquet beside it: people, hearts and measurements of each ECG, echoes.

No study reads it; it tells how near a study came.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from einthoven.simulation.clinical_state import ClinicalState
from einthoven.simulation.paper.echo_reports import EchoReport
from einthoven.simulation.paper.measurements import TrueMeasurements
from einthoven.simulation.people.person import EcgVisit, EchoVisit, Person
from einthoven.simulation.truth import EcgTruth

__all__ = ["SCHEMAS", "TruthFiles", "ecg_truth", "echo_truth", "person_truth", "truth_table"]

ROWS_AT_ONCE = 10_000  # of one group of a file, however the patients came in blocks
_MOMENT = pa.timestamp("us")
_NUMBERS = pa.list_(pa.float32())
_INFARCTS = pa.list_(pa.struct([("territory", pa.string()), ("size", pa.float64()), ("age_days", pa.float64())]))
_HEALTHY = ClinicalState(age_years=50.0, sex="F")
_STATE = [field.name for field in dataclasses.fields(ClinicalState)]
_MEASURED = [field.name for field in dataclasses.fields(TrueMeasurements)]
_BEATS = ("p_onset_s", "p_end_s", "qrs_onset_s", "qrs_end_s", "t_end_s", "spikes_s")


def _state_type(name: str) -> pa.DataType:
    value = getattr(_HEALTHY, name)
    if name == "infarcts":
        return _INFARCTS
    return pa.bool_() if isinstance(value, bool) else pa.string() if isinstance(value, str) else pa.float64()


SCHEMAS: Mapping[str, pa.Schema] = {
    "persons": pa.schema(
        [
            ("patient_id", pa.string()),
            ("number", pa.int64()),
            ("sex", pa.string()),
            ("sex_in_table", pa.bool_()),
            ("birth_date", pa.date32()),
            ("height_cm", pa.float64()),
            ("weight_kg", pa.float64()),
            ("n_ecgs", pa.int32()),
            ("n_echoes", pa.int32()),
            ("last_contact", _MOMENT),
            ("death", _MOMENT),
            ("mace", _MOMENT),
            ("truth_json", pa.string()),
        ]
    ),
    "ecgs": pa.schema(
        [
            ("record_id", pa.string()),
            ("patient_id", pa.string()),
            ("ecg_time", _MOMENT),
            ("reason", pa.string()),
            *((name, _state_type(name)) for name in _STATE),
            *((f"true_{name}", pa.float64()) for name in _MEASURED),
            *((name, _NUMBERS) for name in _BEATS),
            ("qrs_kinds", pa.list_(pa.string())),
            ("traits", _NUMBERS),
        ]
    ),
    "echoes": pa.schema(
        [
            ("outcome_id", pa.string()),
            ("patient_id", pa.string()),
            ("outcome_time", _MOMENT),
            ("lvef", pa.float64()),
            ("measured_lvef", pa.float64()),
            ("measured_json", pa.string()),
            ("method", pa.string()),
            ("writer", pa.int32()),
            ("stated_low", pa.float64()),
            ("stated_high", pa.float64()),
            ("has_typing_error", pa.bool_()),
        ]
    ),
}


def person_truth(person: Person, *, has_sex: bool) -> dict[str, Any]:
    """Return a row of ``persons``."""
    kept = ("patient_id", "number", "sex", "birth_date", "height_cm", "weight_kg", "last_contact", "death", "mace")
    return {
        **{name: getattr(person, name) for name in kept},
        "sex_in_table": has_sex,
        "n_ecgs": len(person.ecgs),
        "n_echoes": len(person.echoes),
        "truth_json": json.dumps(person.truth, sort_keys=True),
    }


def ecg_truth(
    visit: EcgVisit, *, patient_id: str, measured: TrueMeasurements, beats: EcgTruth, traits: NDArray[np.float64]
) -> dict[str, Any]:
    """Return a row of ``ecgs``."""
    state = {name: getattr(visit.state, name) for name in _STATE}
    state["infarcts"] = [dataclasses.asdict(infarct) for infarct in visit.state.infarcts]
    return {
        "record_id": visit.record_id,
        "patient_id": patient_id,
        "ecg_time": visit.time,
        "reason": visit.reason,
        **state,
        **{f"true_{name}": _or_none(getattr(measured, name)) for name in _MEASURED},
        **{name: getattr(beats, name).astype(np.float32) for name in _BEATS},
        "qrs_kinds": list(beats.qrs_kinds),
        "traits": traits.astype(np.float32),
    }


def echo_truth(echo: EchoVisit, report: EchoReport, *, patient_id: str) -> dict[str, Any]:
    """Return a row of ``echoes``."""
    return {
        "outcome_id": echo.report_id,
        "patient_id": patient_id,
        "outcome_time": echo.time,
        "lvef": echo.lvef,
        "measured_lvef": echo.measured.get("lvef"),
        "measured_json": json.dumps(echo.measured, sort_keys=True),
        "method": echo.method,
        "writer": echo.writer,
        "stated_low": _or_none(report.low),
        "stated_high": _or_none(report.high),
        "has_typing_error": report.has_typing_error,
    }


def truth_table(name: str, rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Return rows as a table of one schema."""
    kept = list(rows)
    columns = [_column([row[field.name] for row in kept], field.type) for field in SCHEMAS[name]]
    return pa.Table.from_arrays(columns, schema=SCHEMAS[name])


def _column(values: list[Any], kind: pa.DataType) -> pa.Array:
    """Return a column; arrays of numbers are laid end to end, which takes a fifth of the time of one by one."""
    if kind != _NUMBERS or not values:
        return pa.array(values, type=kind)
    ends = np.cumsum([0, *map(len, values)], dtype=np.int32)
    return pa.ListArray.from_arrays(pa.array(ends), pa.array(np.concatenate(values), type=pa.float32()))


class TruthFiles:
    """The Parquet files of one hospital; groups of rows are of one size, so that blocks of patients leave no trace."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._writers = {name: pq.ParquetWriter(folder / f"{name}.parquet", schema) for name, schema in SCHEMAS.items()}
        self._waiting = {name: [schema.empty_table()] for name, schema in SCHEMAS.items()}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for name, writer in self._writers.items():
            if kind is None:
                self._write(name, pa.concat_tables(self._waiting[name]))
            writer.close()

    def add(self, tables: Mapping[str, pa.Table]) -> None:
        """Append the tables of one block."""
        for name, table in tables.items():
            waiting = self._waiting[name]
            waiting.append(table)
            if sum(one.num_rows for one in waiting) < ROWS_AT_ONCE:
                continue
            together = pa.concat_tables(waiting)
            whole = together.num_rows // ROWS_AT_ONCE * ROWS_AT_ONCE
            for start in range(0, whole, ROWS_AT_ONCE):
                self._write(name, together.slice(start, ROWS_AT_ONCE))
            self._waiting[name] = [together.slice(whole)]

    def _write(self, name: str, table: pa.Table) -> None:
        if table.num_rows:
            # copied into one piece: how rows lie in memory would show in the file
            rows = table.combine_chunks().take(pa.array(np.arange(table.num_rows)))
            self._writers[name].write_table(rows, row_group_size=ROWS_AT_ONCE)


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else value
