"""One shard from one slice of the list of locations: read, prepare, write, commit. Runs in worker processes."""

from __future__ import annotations

import errno
from dataclasses import dataclass
from typing import Any

from einthoven.ecg.formats import RecordLocation, read
from einthoven.ecg.input_spec import IngestSpec
from einthoven.ecg.prepare import Prepared, prepare
from einthoven.ecg.quality import quality
from einthoven.ecg.record import Record
from einthoven.errors import EinthovenError, RecordError, StoreFullError
from einthoven.store.durable import durable_file
from einthoven.store.layout import StoreLayout
from einthoven.store.manifest import MANIFEST_SCHEMA, REJECTED_SCHEMA, write_table
from einthoven.store.shard import ShardWriter

__all__ = ["ShardResult", "ShardTask", "write_shard"]

_OUT_OF_RESOURCES = (errno.EMFILE, errno.ENFILE, errno.ENOMEM)


@dataclass(frozen=True, slots=True)
class ShardTask:
    """All that a worker needs to write shard ``number``."""

    layout: StoreLayout
    number: int
    locations: tuple[RecordLocation, ...]
    spec: IngestSpec
    measure_quality: bool


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


def write_shard(task: ShardTask) -> ShardResult:
    """Write signals, rejected files and manifest part of one shard, in this order; the part is the commit.

    A file that can't be used becomes a row of the rejected files. One record is held at a time.

    Raises
    ------
    StoreFullError
        When the disk is full; nothing of the shard stays.
    """
    layout, rows, rejected = task.layout, list[dict[str, Any]](), list[dict[str, Any]]()
    try:
        with durable_file(layout.shard(task.number)) as file, ShardWriter(file) as writer:
            for location in task.locations:
                ready = _ready(location, task)
                if isinstance(ready, _Ready):
                    start = writer.append(ready.prepared.quantised)
                    rows.append(_row(location, ready, shard=task.number, start=start))
                else:
                    rejected.append(ready)
        if rejected:
            write_table(layout.rejected_part(task.number), rejected, schema=REJECTED_SCHEMA)
        write_table(layout.part(task.number), rows, schema=MANIFEST_SCHEMA)
    except StoreFullError:
        layout.shard(task.number).unlink(missing_ok=True)
        layout.rejected_part(task.number).unlink(missing_ok=True)
        raise
    return ShardResult(task.number, len(rows), len(rejected))


def _ready(location: RecordLocation, task: ShardTask) -> _Ready | dict[str, Any]:
    stage, sha256 = "read", None
    try:
        record = read(location)
        stage, sha256 = "prepare", record.provenance.source_sha256 or None
        prepared = prepare(record, task.spec)
        stage = "quality"
        measured = quality(record).to_dict() if task.measure_quality else None
    except Exception as error:
        if not _blames_file(error):
            raise
        return _rejection(location, error, stage=stage, sha256=sha256)
    return _Ready(record, prepared, measured)


def _blames_file(error: Exception) -> bool:
    if isinstance(error, EinthovenError):
        return isinstance(error, RecordError)  # an unknown format or option is the caller's mistake
    # the machine's trouble is not the file's: no record may be lost to it
    return not isinstance(error, MemoryError) and getattr(error, "errno", None) not in _OUT_OF_RESOURCES


def _rejection(location: RecordLocation, error: Exception, *, stage: str, sha256: str | None) -> dict[str, Any]:
    message = str(error)
    if location.record_id not in message:
        message = f"record {location.record_id}: {message}"
    return {
        "path": _in_unicode(location.path),
        "sha256": sha256,
        "stage": stage,
        "error_type": type(error).__name__,
        "message": _in_unicode(message),
    }


def _in_unicode(text: str) -> str:
    """Spell out the bytes of a file's name that are no text: a table can't hold them."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def _row(location: RecordLocation, ready: _Ready, *, shard: int, start: int) -> dict[str, Any]:
    record, prepared = ready.record, ready.prepared
    return {
        "record_id": location.record_id,
        "patient_id": location.patient_id or record.patient_id or "",
        "source_path": _in_unicode(record.provenance.source_path or location.path),
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
