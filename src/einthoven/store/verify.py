"""Compare a store's shards with its manifest, byte for byte."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from einthoven.ecg.input_spec import IngestSpec
from einthoven.ecg.prepare import Prepared
from einthoven.errors import StoreError
from einthoven.store.layout import StoreLayout
from einthoven.store.manifest import MANIFEST_SCHEMA, read_table
from einthoven.store.measurement_table import MEASUREMENTS_SCHEMA
from einthoven.store.shard import BYTES_PER_VALUE, HEADER_BYTES, npy_header

__all__ = ["shard_problems"]

_COLUMNS = ("record_id", "shard", "start", "length", "rate_hz", "leads_present", "scale", "unit", "signal_hash")


def shard_problems(layout: StoreLayout, number: int, *, spec: IngestSpec, measurements: bool = False) -> list[str]:
    """Return what is wrong with one shard, a sentence per problem; nothing when it is whole.

    Checked are header, size, gaps between records, each record's ``signal_hash``, and that the measurements, where the
    store has them, are of the manifest's records.
    """
    try:
        part = read_table([layout.part(number)], schema=MANIFEST_SCHEMA, columns=_COLUMNS)
    except StoreError as error:
        return [str(error)]
    path = layout.shard(number)
    if not path.exists():
        return [f"{path} is missing: {part.num_rows} records are lost"]
    sizes = part["length"].to_numpy().astype(np.int64) * len(spec.leads)
    return [
        *_layout_problems(path, number=number, part=part, sizes=sizes),
        *_record_problems(path, part=part, spec=spec),
        *(_measurement_problems(layout.measurements_part(number), part=part) if measurements else ()),
    ]


def _layout_problems(path: Path, *, number: int, part: pa.Table, sizes: np.ndarray) -> Iterator[str]:
    expected = HEADER_BYTES + BYTES_PER_VALUE * int(sizes.sum())
    size = path.stat().st_size
    if size < expected:
        yield f"{path} is truncated: {size} bytes, the manifest needs {expected}"
    elif size > expected:
        yield f"{path} has {size - expected} bytes after the last record"
    with path.open("rb") as file:
        if file.read(HEADER_BYTES) != npy_header(int(sizes.sum())):
            yield f"{path} has a header that does not fit its {int(sizes.sum())} values"
    if not np.array_equal(part["start"].to_numpy(), np.cumsum(sizes) - sizes):
        yield f"{path}: the records don't follow one another without gaps"
    if (part["shard"].to_numpy() != number).any():
        yield f"{path}: its manifest part speaks of another shard"


def _record_problems(path: Path, *, part: pa.Table, spec: IngestSpec) -> Iterator[str]:
    with path.open("rb") as file:
        for row in part.to_pylist():
            file.seek(HEADER_BYTES + BYTES_PER_VALUE * row["start"])
            values = np.frombuffer(file.read(BYTES_PER_VALUE * row["length"] * len(spec.leads)), dtype="<i2")
            if values.size < row["length"] * len(spec.leads):
                yield f"record {row['record_id']} in {path.name} is cut off"
                continue
            prepared = Prepared(
                quantised=values.reshape(len(spec.leads), row["length"]),
                scale=np.array(row["scale"], dtype=np.float32),
                rate_hz=row["rate_hz"],
                leads=spec.leads,
                leads_present=row["leads_present"],
                leads_derived=(),
                unit=row["unit"],
            )
            if prepared.signal_hash() != row["signal_hash"]:
                yield f"record {row['record_id']} in {path.name} is not what was ingested: its signal hash differs"


def _measurement_problems(path: Path, *, part: pa.Table) -> Iterator[str]:
    try:
        measured = read_table([path], schema=MEASUREMENTS_SCHEMA, columns=("record_id",))
    except StoreError as error:
        yield str(error)
        return
    if not measured["record_id"].equals(part["record_id"]):
        yield f"{path}: its rows are not those of the manifest"
