"""Damage to a store is found, each kind by a sentence of its own."""

from __future__ import annotations

import pytest

from einthoven.store.ingest import ingest
from einthoven.store.store import Store
from fakes.ecg_archive import SPEC, write_archive
from fakes.measurable_archive import write_ecgs


@pytest.fixture
def store(tmp_path):
    """Two shards of four records."""
    ingest(
        write_archive(tmp_path / "archive", 8), tmp_path / "store", spec=SPEC, shard_records=4, measure_quality=False
    )
    return Store.open(tmp_path / "store")


def test_a_whole_store_has_no_problems(store):
    """And says how far it has come."""
    told = []
    assert store.verify(lambda *done_total: told.append(done_total)) == []
    assert told == [(1, 2), (2, 2)]


@pytest.mark.parametrize(
    ("damage", "problems"),
    [
        (lambda content: content + b"\0\0", ["2 bytes after the last record"]),
        (lambda content: content[:-4], ["truncated", "rec007 in 00000001.npy is cut off"]),
        (lambda content: content[:-1] + bytes([content[-1] ^ 1]), ["rec007 in 00000001.npy is not what was ingested"]),
        (lambda content: b"x" + content[1:], ["header that does not fit"]),
    ],
)
def test_each_damage_of_a_shard_is_named(damage, problems, store):
    """Size, header and signal hash are compared."""
    shard = store.folder / "shards" / "00000001.npy"
    shard.write_bytes(damage(shard.read_bytes()))
    found = store.verify()
    assert len(found) == len(problems)
    assert all(expected in problem for expected, problem in zip(problems, found, strict=True))


def test_a_missing_shard_and_an_unreadable_part_are_named(store):
    """The other shards are still checked."""
    (store.folder / "shards" / "00000000.npy").unlink()
    (store.folder / "manifest" / "00000001.parquet").write_bytes(b"no parquet")
    first, second = store.verify()
    assert "00000000.npy is missing: 4 records are lost" in first
    assert "00000001.parquet is missing or damaged" in second


def test_a_part_of_another_shard_is_noticed(store):
    """Files that were swapped by hand."""
    parts = store.folder / "manifest"
    (parts / "00000001.parquet").write_bytes((parts / "00000000.parquet").read_bytes())
    assert any("speaks of another shard" in problem for problem in store.verify())


def test_measurements_that_are_lost_or_of_another_shard_are_named(tmp_path):
    """Before somebody joins them to the wrong signals."""
    ingest(
        write_ecgs(tmp_path / "ecgs", 4),
        tmp_path / "store",
        spec=SPEC,
        shard_records=2,
        measure_quality=False,
        measure_waves=True,
    )
    store, parts = Store.open(tmp_path / "store"), tmp_path / "store" / "measurements"
    assert store.verify() == []
    (parts / "00000001.parquet").write_bytes((parts / "00000000.parquet").read_bytes())
    (problem,) = store.verify()
    assert "its rows are not those of the manifest" in problem
    (parts / "00000000.parquet").unlink()
    assert "00000000.parquet is missing or damaged" in store.verify()[0]
