"""A store on disk whose signals tell which record, lead and sample they are of; written without any files to ingest."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from einthoven.ecg.input_spec import FilterSpec, IngestSpec
from einthoven.store.description import StoreDescription
from einthoven.store.durable import durable_file
from einthoven.store.layout import StoreLayout
from einthoven.store.manifest import MANIFEST_SCHEMA, REJECTED_SCHEMA, write_table
from einthoven.store.shard import ShardWriter
from einthoven.store.store import Store


def written_store(folder: Path, *, lengths, shard_records: int = 50, leads=("I", "II", "V1")) -> Store:
    """Return a store of one record per length; value ``1000 * lead + 7 * record + sample``, modulo 2**15."""
    layout = StoreLayout(folder)
    for part in (folder, *layout.folders):
        part.mkdir()
    spec = IngestSpec(leads=tuple(leads), rate_hz=100.0, filter=FilterSpec(kind="none"))
    StoreDescription(spec, len(lengths), shard_records, locations_hash="", quality=False).write(layout.description)
    for number, first in enumerate(range(0, len(lengths), shard_records)):
        rows = []
        with durable_file(layout.shard(number)) as file, ShardWriter(file) as writer:
            for record in range(first, min(first + shard_records, len(lengths))):
                start = writer.append(written_signal(record, len(leads), lengths[record]))
                rows.append(_row(record, shard=number, start=start, length=lengths[record], leads=len(leads)))
        write_table(layout.part(number), rows, schema=MANIFEST_SCHEMA)
    write_table(layout.rejected, [], schema=REJECTED_SCHEMA)
    return Store.open(folder)


def written_signal(record: int, leads: int, length: int) -> np.ndarray:
    """Return int16 (lead, sample)."""
    values = 1000 * np.arange(leads)[:, None] + 7 * record + np.arange(length)
    return (values % 2**15).astype(np.int16)


def _row(record: int, *, shard: int, start: int, length: int, leads: int) -> dict:
    return {
        "record_id": f"record{record:04d}",
        "patient_id": f"patient{record // 2:04d}",
        "source_path": "",
        "shard": shard,
        "start": start,
        "length": length,
        "rate_hz": 100.0,
        "leads_present": 7,
        "scale": [0.001] * leads,
        "unit": "mV",
    }
