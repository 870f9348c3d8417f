"""The manifest of a store: one Parquet part per shard, one row per record; the columns are a contract."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from einthoven.errors import StoreError
from einthoven.store.durable import durable_file

__all__ = ["MANIFEST_SCHEMA", "QUALITY_TYPE", "REJECTED_SCHEMA", "read_table", "table_rows", "write_table"]

VERSION = 1

# fields of einthoven.ecg.quality.Quality; the masks have one bit per standard lead
QUALITY_TYPE = pa.struct(
    [
        ("acceptable", pa.bool_()),
        ("score", pa.float32()),
        ("unusable_share", pa.float32()),
        ("agreement", pa.float32()),
        ("typical_agreement", pa.float32()),
        ("leads_missing", pa.uint16()),
        ("leads_flat", pa.uint16()),
        ("leads_clipped", pa.uint16()),
        ("leads_unusable", pa.uint16()),
        ("leads_wandering", pa.uint16()),
        ("leads_noisy", pa.uint16()),
        ("leads_mains", pa.uint16()),
        ("nan_share", pa.float32()),
        ("flat_share", pa.float32()),
        ("clipped_share", pa.float32()),
        ("height_mv", pa.float32()),
        ("wander_mv", pa.float32()),
        ("noise_mv", pa.float32()),
        ("mains_50_mv", pa.float32()),
        ("mains_60_mv", pa.float32()),
        ("height_plausible", pa.bool_()),
        ("einthoven_error", pa.float32()),
        ("einthoven_violated", pa.bool_()),
        ("arm_reversal_score", pa.float32()),
        ("arms_reversed", pa.bool_()),
        ("lowest_limb_share", pa.float32()),
        ("leg_reversed", pa.bool_()),
    ]
)

MANIFEST_SCHEMA = pa.schema(
    [
        ("record_id", pa.string()),
        ("patient_id", pa.string()),
        ("source_path", pa.string()),
        ("source_sha256", pa.string()),
        ("shard", pa.int32()),
        ("start", pa.int64()),
        ("length", pa.int32()),
        ("rate_hz", pa.float32()),
        ("leads_present", pa.uint16()),
        ("scale", pa.list_(pa.float32())),
        ("unit", pa.string()),
        ("signal_hash", pa.string()),
        ("quality", QUALITY_TYPE),
        ("reader", pa.string()),
        ("reader_version", pa.string()),
    ],
    metadata={"type": "einthoven.store.manifest", "version": str(VERSION)},
)

REJECTED_SCHEMA = pa.schema(
    [
        ("path", pa.string()),
        ("sha256", pa.string()),
        ("stage", pa.string()),
        ("error_type", pa.string()),
        ("message", pa.string()),
    ],
    metadata={"type": "einthoven.store.rejected", "version": str(VERSION)},
)


def write_table(path: Path, rows: Sequence[Mapping[str, Any]] | pa.Table, *, schema: pa.Schema) -> None:
    """Write rows, or a table of that schema, whole; equal rows give equal bytes."""
    table = rows if isinstance(rows, pa.Table) else pa.Table.from_pylist(rows, schema=schema)
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    with durable_file(path) as file:
        file.write(buffer.getbuffer())


def read_table(paths: Sequence[Path], *, schema: pa.Schema, columns: Sequence[str] | None = None) -> pa.Table:
    """Read Parquet files of one schema, one after the other, all columns or some.

    Raises
    ------
    StoreError
        When a file is missing, damaged, of another type or of a newer version.
    """
    wanted = schema if columns is None else pa.schema([schema.field(name) for name in columns])
    tables = [_read_part(path, schema=schema, columns=wanted.names) for path in paths]
    return pa.concat_tables(tables) if tables else wanted.empty_table()


def table_rows(path: Path) -> int:
    """Return how many rows a Parquet file has."""
    rows: int = pq.read_metadata(path).num_rows
    return rows


def _read_part(path: Path, *, schema: pa.Schema, columns: Sequence[str]) -> pa.Table:
    try:
        with pq.ParquetFile(path) as file:
            _check_kind(path, found=file.schema_arrow.metadata or {}, expected=schema.metadata)
            return file.read(columns=columns).replace_schema_metadata(schema.metadata)
    except (OSError, pa.ArrowException) as error:
        raise StoreError(
            f"{path} is missing or damaged ({error}): make the store again from the original files"
        ) from error


def _check_kind(path: Path, *, found: Mapping[bytes, bytes], expected: Mapping[bytes, bytes]) -> None:
    if found.get(b"type") != expected[b"type"]:
        raise StoreError(
            f"{path} must be of type {expected[b'type'].decode()}, got {found.get(b'type', b'none').decode()}"
        )
    version = found.get(b"version", b"")
    if not version.isdigit() or int(version) > VERSION:
        raise StoreError(
            f"{path} has version {version.decode()!r}, this einthoven reads up to {VERSION}: update einthoven"
        )
