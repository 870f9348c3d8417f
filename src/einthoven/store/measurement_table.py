"""The table of measurements: one row per ECG, columns from the one list of quantities; names and units are a contract.

A number that isn't there is null, and ``reasons`` says why (``Measurements.reasons``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from einthoven.ecg.delineation import Delineation
from einthoven.ecg.formats import RecordLocation
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.measurement_values import ROW_NAMES, Measurements
from einthoven.ecg.record import Record
from einthoven.store.unusable_files import blames_file, in_unicode

__all__ = ["IDENTITY", "MEASUREMENTS_SCHEMA", "NOT_MEASURED", "MeasuredRow", "measured_row", "measurements_table"]

VERSION = 1
IDENTITY = ("record_id", "patient_id", "source_path")
NOT_MEASURED = "all"
"""Key of ``reasons`` under which stands why an ECG has no measurement at all."""


MEASUREMENTS_SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in IDENTITY),
        *((name, pa.float32()) for name in ROW_NAMES),
        ("reasons", pa.map_(pa.string(), pa.string())),
    ],
    metadata={"type": "einthoven.measurements", "version": str(VERSION)},
)


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredRow:
    """One row: identity, float32 (number,) in the order of ``ROW_NAMES`` with NaN for null, and reasons by name."""

    record_id: str
    patient_id: str
    source_path: str
    numbers: NDArray[np.float32]
    reasons: dict[str, str]


def measured_row(location: RecordLocation, record: Record) -> tuple[MeasuredRow, Delineation | None]:
    """Return the row of one ECG and the waves it was made from.

    An ECG that can't be measured is a row without numbers, whose ``reasons`` say why, and has no waves.
    """
    from einthoven.ecg.measurements import measured_waves  # whoever only reads the table needs none of it

    delineation, numbers = None, np.full(len(ROW_NAMES), np.nan, dtype=np.float32)
    try:
        waves = measured_waves(record)
        numbers, reasons = _numbers(waves.measurements), waves.measurements.reasons
        delineation = waves.delineation
    except Exception as error:
        if not blames_file(error):
            raise
        reasons = {NOT_MEASURED: f"{type(error).__name__}: {error}"}
    row = MeasuredRow(
        record_id=in_unicode(location.record_id),
        patient_id=location.patient_id or record.patient_id or "",
        source_path=in_unicode(record.provenance.source_path or location.path),
        numbers=numbers,
        reasons=reasons,
    )
    return row, delineation


def measurements_table(rows: Sequence[MeasuredRow]) -> pa.Table:
    """Return rows as a table of ``MEASUREMENTS_SCHEMA``."""
    numbers = np.array([row.numbers for row in rows], dtype=np.float32).reshape(len(rows), len(ROW_NAMES)).T.copy()
    absent = np.isnan(numbers)
    columns = [
        *(pa.array([getattr(row, name) for row in rows], pa.string()) for name in IDENTITY),
        *(pa.array(column, mask=missing) for column, missing in zip(numbers, absent, strict=True)),
        pa.array([list(row.reasons.items()) for row in rows], MEASUREMENTS_SCHEMA.field("reasons").type),
    ]
    return pa.Table.from_arrays(columns, schema=MEASUREMENTS_SCHEMA)


def _numbers(measurements: Measurements) -> NDArray[np.float32]:
    leads = measurements.lead_values[: len(STANDARD_LEADS)]
    return np.concatenate([measurements.values, leads.ravel()]).astype(np.float32)
