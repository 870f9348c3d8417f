"""The table of measurements: one row per ECG, columns from the one list of quantities; names and units are a contract.

A number that isn't there is null, and ``reasons`` says why (``Measurements.reasons``).
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from einthoven.ecg.delineation import Delineation
from einthoven.ecg.formats import RecordLocation
from einthoven.ecg.measurement_values import ROW_NAMES
from einthoven.ecg.record import Record
from einthoven.store.unusable_files import blames_file, in_unicode

__all__ = ["IDENTITY", "MEASUREMENTS_SCHEMA", "NOT_MEASURED", "measured_row", "measurement_row"]

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


def measurement_row(location: RecordLocation, record: Record) -> dict[str, Any]:
    """Return the row of one ECG; one that can't be measured is a row without numbers, whose ``reasons`` say why."""
    row, _ = measured_row(location, record)
    return row


def measured_row(location: RecordLocation, record: Record) -> tuple[dict[str, Any], Delineation | None]:
    """Return the row and the waves that it was made from, None where the ECG can't be measured."""
    from einthoven.ecg.measured_waves import measured_waves  # whoever only reads the table needs none of it

    delineation, numbers = None, dict[str, Any]()
    try:
        waves = measured_waves(record)
        delineation, numbers = waves.delineation, waves.measurements.to_row()
    except Exception as error:
        if not blames_file(error):
            raise
        numbers = {"reasons": {NOT_MEASURED: f"{type(error).__name__}: {error}"}}
    identity = {
        "record_id": in_unicode(location.record_id),
        "patient_id": location.patient_id or record.patient_id or "",
        "source_path": in_unicode(record.provenance.source_path or location.path),
    }
    return dict.fromkeys(ROW_NAMES) | numbers | identity, delineation
