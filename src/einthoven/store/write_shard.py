"""One shard from one slice of the list of locations: read, prepare, write, commit. Runs in worker processes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from einthoven.ecg.formats import RecordLocation, read
from einthoven.ecg.input_spec import IngestSpec
from einthoven.ecg.prepare import Prepared, prepare
from einthoven.ecg.quality import quality
from einthoven.ecg.record import Record
from einthoven.errors import StoreFullError
from einthoven.store.durable import durable_file
from einthoven.store.layout import StoreLayout
from einthoven.store.manifest import MANIFEST_SCHEMA, REJECTED_SCHEMA, write_table
from einthoven.store.measurement_table import MEASUREMENTS_SCHEMA, MeasuredRow, measured_row, measurements_table
from einthoven.store.shard import ShardWriter
from einthoven.store.unusable_files import blames_file, in_unicode, rejection

__all__ = ["ShardResult", "ShardTask", "write_shard"]


@dataclass(frozen=True, slots=True)
class ShardTask:
    """All that a worker needs to write shard ``number``."""

    layout: StoreLayout
    number: int
    locations: tuple[RecordLocation, ...]
    spec: IngestSpec
    measure_quality: bool
    measure_waves: bool = False


@dataclass(frozen=True, slots=True)
class ShardResult:
    """What became of a shard's locations."""

    number: int
    records: int
    rejected: int


@dataclass(frozen=True, slots=True)
class _Ready:
    record: Record
    prepared: Prepared
    quality: dict[str, Any] | None
    measurements: MeasuredRow | None


def write_shard(task: ShardTask) -> ShardResult:
    """Write signals, rejected files, measurements and manifest part of one shard, in this order; the last commits it.

    A file that can't be used becomes a row of the rejected files. One record is held at a time.

    Raises
    ------
    StoreFullError
        When the disk is full; nothing of the shard stays.
    """
    layout = task.layout
    rows, measured, rejected = list[dict[str, Any]](), list[MeasuredRow](), list[dict[str, Any]]()
    try:
        with durable_file(layout.shard(task.number)) as file, ShardWriter(file) as writer:
            for location in task.locations:
                ready = _ready(location, task)
                if isinstance(ready, _Ready):
                    start = writer.append(ready.prepared.quantised)
                    rows.append(_row(location, ready, shard=task.number, start=start))
                    if ready.measurements is not None:
                        measured.append(ready.measurements)
                else:
                    rejected.append(ready)
        if rejected:
            write_table(layout.rejected_part(task.number), rejected, schema=REJECTED_SCHEMA)
        if task.measure_waves:
            table = measurements_table(measured)
            write_table(layout.measurements_part(task.number), table, schema=MEASUREMENTS_SCHEMA)
        write_table(layout.part(task.number), rows, schema=MANIFEST_SCHEMA)
    except StoreFullError:
        layout.shard(task.number).unlink(missing_ok=True)
        layout.rejected_part(task.number).unlink(missing_ok=True)
        layout.measurements_part(task.number).unlink(missing_ok=True)
        raise
    return ShardResult(task.number, len(rows), len(rejected))


def _ready(location: RecordLocation, task: ShardTask) -> _Ready | dict[str, Any]:
    stage, sha256 = "read", None
    try:
        record = read(location)
        stage, sha256 = "prepare", record.provenance.source_sha256 or None
        prepared = prepare(record, task.spec)
        stage = "quality"
        signal_quality = quality(record).to_dict() if task.measure_quality else None
        stage = "measure"
        measurements = measured_row(location, record)[0] if task.measure_waves else None
    except Exception as error:
        if not blames_file(error):
            raise
        return rejection(location, error, stage=stage, sha256=sha256)
    return _Ready(record, prepared, signal_quality, measurements)


def _row(location: RecordLocation, ready: _Ready, *, shard: int, start: int) -> dict[str, Any]:
    record, prepared = ready.record, ready.prepared
    return {
        "record_id": location.record_id,
        "patient_id": location.patient_id or record.patient_id or "",
        "source_path": in_unicode(record.provenance.source_path or location.path),
        "source_sha256": record.provenance.source_sha256,
        "shard": shard,
        "start": start,
        "length": prepared.quantised.shape[1],
        "rate_hz": prepared.rate_hz,
        "leads_present": prepared.leads_present,
        "scale": prepared.scale,
        "unit": prepared.unit,
        "signal_hash": prepared.signal_hash(),
        "quality": ready.quality,
        "reader": record.provenance.reader,
        "reader_version": record.provenance.reader_version,
    }
