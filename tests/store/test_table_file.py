"""One file from many pieces: whole or not there, the same bytes however the rows come."""

from __future__ import annotations

import errno

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from einthoven.errors import SpecificationError, StoreFullError
from einthoven.store import table_file
from einthoven.store.table_file import TableFile, check_table_path

SCHEMA = pa.schema(
    [("id", pa.string()), ("value", pa.float32()), ("why", pa.map_(pa.string(), pa.string()))],
    metadata={"type": "einthoven.test", "version": "1"},
)
ROWS = [{"id": f"r{i}", "value": None if i % 4 == 0 else i / 8, "why": {"value": "none"} if i % 4 == 0 else {}}
        for i in range(50)]  # fmt: skip


def _write(path, pieces):
    with TableFile(path, SCHEMA) as table:
        start = 0
        for size in pieces:
            table.write(pa.Table.from_pylist(ROWS[start : start + size], schema=SCHEMA))
            start += size
    return path.read_bytes()


def _interrupted(path):
    with TableFile(path, SCHEMA) as table:
        table.write(pa.Table.from_pylist(ROWS, schema=SCHEMA))
        raise KeyboardInterrupt


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_bytes_depend_on_the_rows_alone(tmp_path, suffix, monkeypatch):
    monkeypatch.setattr(table_file, "GROUP_ROWS", 16)
    one = _write(tmp_path / f"a{suffix}", [50])
    assert _write(tmp_path / f"b{suffix}", [7] * 7 + [1]) == one
    assert _write(tmp_path / f"c{suffix}", [16, 0, 32, 2]) == one


def test_rows_are_grouped_and_metadata_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(table_file, "GROUP_ROWS", 16)
    _write(tmp_path / "a.parquet", [32])
    with pq.ParquetFile(tmp_path / "a.parquet") as file:
        assert file.num_row_groups == 2
        assert file.schema_arrow.metadata[b"type"] == b"einthoven.test"
        read = file.read().to_pylist()
    assert [(row["id"], row["value"], dict(row["why"])) for row in read] == [
        (row["id"], row["value"], row["why"]) for row in ROWS[:32]
    ]


def test_csv_has_empty_cells_for_null_and_json_for_maps(tmp_path):
    _write(tmp_path / "a.csv", [2])
    assert (tmp_path / "a.csv").read_text().splitlines() == [
        '"id","value","why"',
        '"r0",,"{""value"": ""none""}"',
        '"r1",0.125,',
    ]


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_a_table_without_rows_has_its_columns(tmp_path, suffix):
    _write(tmp_path / f"a{suffix}", [])
    read = pq.read_table if suffix == ".parquet" else pa_csv.read_csv
    table = read(tmp_path / f"a{suffix}")
    assert (table.num_rows, table.column_names) == (0, SCHEMA.names)


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_a_block_that_fails_leaves_what_was_there_and_nothing_else(tmp_path, suffix):
    path = tmp_path / "new" / f"a{suffix}"
    before = _write(path, [3])
    with pytest.raises(KeyboardInterrupt):
        _interrupted(path)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_full_disk_is_told_in_words_that_fit(tmp_path):
    path = tmp_path / "a.parquet"
    with pytest.raises(StoreFullError, match="nothing of it is kept"), TableFile(path, SCHEMA):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert not list(tmp_path.iterdir())


def test_other_endings_and_folders_are_refused_first(tmp_path):
    (tmp_path / "a.csv").mkdir()
    with pytest.raises(SpecificationError, match=r"\.parquet or \.csv, got 'a\.xlsx'"):
        check_table_path(tmp_path / "a.xlsx")
    with pytest.raises(SpecificationError, match="is a folder"):
        TableFile(tmp_path / "a.csv", SCHEMA)


def test_two_writers_of_one_path_don_t_write_into_each_other_s_file(tmp_path, monkeypatch):
    path = tmp_path / "a.parquet"
    with TableFile(path, SCHEMA) as first:
        first.write(pa.Table.from_pylist(ROWS[:2], schema=SCHEMA))
        monkeypatch.setattr(table_file.os, "getpid", lambda: -1)
        _write(path, [5])
    assert pq.read_table(path).num_rows == 2
