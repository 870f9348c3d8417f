"""Tables of a store carry type and version, and equal rows give equal bytes."""

from __future__ import annotations

import dataclasses

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from einthoven.ecg.quality import Quality
from einthoven.errors import StoreError
from einthoven.store.manifest import MANIFEST_SCHEMA, QUALITY_TYPE, REJECTED_SCHEMA, read_table, table_rows, write_table

ROW = {"path": "a.hea", "sha256": None, "stage": "read", "error_type": "LeadError", "message": "record a: no leads"}

# docs: what a store's manifest is, for those who read it with their own tools
CONTRACT = {
    "record_id": pa.string(),
    "patient_id": pa.string(),
    "source_path": pa.string(),
    "source_sha256": pa.string(),
    "shard": pa.int32(),
    "start": pa.int64(),
    "length": pa.int32(),
    "rate_hz": pa.float32(),
    "leads_present": pa.uint16(),
    "scale": pa.list_(pa.float32()),
    "unit": pa.string(),
    "signal_hash": pa.string(),
    "reader": pa.string(),
    "reader_version": pa.string(),
}


def test_the_manifest_has_the_columns_of_the_contract():
    """Names and types; quality is a struct."""
    found = {field.name: field.type for field in MANIFEST_SCHEMA}
    assert pa.types.is_struct(found.pop("quality"))
    assert found == CONTRACT


def test_quality_has_all_fields_of_the_measurement():
    """A new field needs a new column, and a new version of the manifest."""
    assert [field.name for field in QUALITY_TYPE] == [field.name for field in dataclasses.fields(Quality)]


def test_equal_rows_give_equal_bytes(tmp_path):
    """Parquet holds neither time nor machine."""
    for name in ("a", "b"):
        write_table(tmp_path / name, [ROW, ROW], schema=REJECTED_SCHEMA)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert table_rows(tmp_path / "a") == 2


def test_parts_are_read_in_order_with_some_or_all_columns(tmp_path):
    """None at all give an empty table."""
    paths = [tmp_path / name for name in ("a", "b")]
    for path in paths:
        write_table(path, [ROW | {"path": path.name}], schema=REJECTED_SCHEMA)
    assert read_table(paths, schema=REJECTED_SCHEMA)["path"].to_pylist() == ["a", "b"]
    assert read_table(paths[::-1], schema=REJECTED_SCHEMA, columns=["path"]).to_pydict() == {"path": ["b", "a"]}
    assert read_table([], schema=REJECTED_SCHEMA).schema.equals(REJECTED_SCHEMA)


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ({"type": "einthoven.store.rejected", "version": "2"}, "update einthoven"),
        ({"type": "einthoven.store.manifest", "version": "1"}, "must be of type einthoven.store.rejected"),
        (None, "got none"),
    ],
)
def test_a_newer_or_foreign_table_is_refused(metadata, message, tmp_path):
    """By its metadata."""
    table = pa.Table.from_pylist([ROW], schema=REJECTED_SCHEMA).replace_schema_metadata(metadata)
    pq.write_table(table, tmp_path / "table.parquet")
    with pytest.raises(StoreError, match=message):
        read_table([tmp_path / "table.parquet"], schema=REJECTED_SCHEMA)
