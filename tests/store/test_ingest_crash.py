"""Killed at any moment and started again, ingest ends with the bytes of an unbroken run, for any number of workers."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from einthoven.errors import CancelledError
from einthoven.store.ingest import ingest
from einthoven.store.store import Store
from fakes.ecg_archive import SPEC, tree, write_archive

TESTS = Path(__file__).resolve().parent.parent
OPTIONS = {"spec": SPEC, "shard_records": 4, "measure_quality": False}


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """Eleven records in three shards; one record of the second shard is bad."""
    folder = tmp_path_factory.mktemp("archive")
    return folder, write_archive(folder, 11, lengths=(300, 420), bad={5})


@pytest.fixture(scope="module")
def unbroken(archive, tmp_path_factory):
    """Bytes of a store made in one go by one process."""
    folder = tmp_path_factory.mktemp("unbroken") / "store"
    ingest(archive[1], folder, **OPTIONS)
    return tree(folder)


def child(archive, store, *, workers=1, shard_records=4, death=()):
    """Start an ingest in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "fakes.ingest_child", archive[0], store, *map(str, (workers, shard_records, *death))],
        cwd=TESTS,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


# renames of one process: 1 store.json, 2 3 first shard and its part, 4 5 6 second shard with its rejected file, 7 8
# third shard, 9 rejected.parquet
@pytest.mark.parametrize(
    "death", [("before", 1), ("after", 1), ("after", 2), ("before", 5), ("after", 5), ("before", 9), ("after", 9)]
)
def test_killed_between_any_two_renames_the_resumed_store_has_the_same_bytes(death, archive, unbroken, tmp_path):
    """SIGKILL just before or after a rename, the commit of a shard among them."""
    store = tmp_path / "store"
    process = child(archive, store, death=death)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    ingest(archive[1], store, **OPTIONS)
    assert tree(store) == unbroken


# renames: 1 store.json, 2 3 4 first shard, its measurements and its part, 5 to 8 second shard with its rejected file
@pytest.mark.parametrize("death", [("after", 2), ("after", 3), ("before", 7), ("before", 8)])
def test_killed_around_the_measurements_the_resumed_store_has_the_same_bytes(death, archive, tmp_path, monkeypatch):
    """They are written before the commit of their shard, so none is lost and none is left over."""
    monkeypatch.setenv("INGEST_CHILD_MEASURES", "1")
    options = OPTIONS | {"measure_waves": True}
    process = child(archive, tmp_path / "store", death=death)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    ingest(archive[1], tmp_path / "store", **options)
    ingest(archive[1], tmp_path / "unbroken", **options)
    assert tree(tmp_path / "store") == tree(tmp_path / "unbroken")


@pytest.mark.slow
def test_two_workers_give_the_same_measurements(archive, tmp_path):
    """Part k is of slice k."""
    for workers in (1, 2):
        ingest(archive[1], tmp_path / f"store{workers}", workers=workers, measure_waves=True, **OPTIONS)
    assert tree(tmp_path / "store1") == tree(tmp_path / "store2")


@pytest.mark.slow
def test_two_workers_give_the_same_bytes(archive, unbroken, tmp_path):
    """Shard k is slice k, whoever writes it."""
    ingest(archive[1], tmp_path / "store", workers=2, **OPTIONS)
    assert tree(tmp_path / "store") == unbroken


@pytest.mark.slow
def test_a_killed_parent_frees_the_store_once_its_workers_are_gone(archive, unbroken, tmp_path):
    """SIGKILL to the parent of two workers at seeded moments, each time resumed by one or two workers."""
    draw = random.Random(7)
    store = tmp_path / "store"
    for _ in range(2):
        process = child(archive, store, workers=2)
        process.stdout.readline()
        time.sleep(draw.uniform(0, 1.5))
        process.kill()
        process.communicate(timeout=60)
    ingest(archive[1], store, **OPTIONS)
    assert tree(store) == unbroken


@pytest.mark.slow
def test_a_killed_worker_is_reported_and_the_store_resumed(archive, unbroken, tmp_path):
    """As when the kernel kills a worker for want of memory, between the renames of shard and part."""
    store = tmp_path / "store"
    process = child(archive, store, workers=2, death=("before", 2))
    _, message = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "a worker process died" in message
    ingest(archive[1], store, **OPTIONS)
    assert tree(store) == unbroken


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_finishes_the_shard_and_the_store_can_be_resumed(number, archive, unbroken, tmp_path):
    """The error names the signal; after it the handlers are what they were."""
    store, before = tmp_path / "store", signal.getsignal(number)

    def interrupt(done, total):
        if done == 4:
            os.kill(os.getpid(), number)

    with pytest.raises(CancelledError, match=r"1 of 3 shards are finished") as caught:
        ingest(archive[1], store, progress=interrupt, **OPTIONS)
    assert caught.value.signal_number == number
    assert signal.getsignal(number) == before
    ingest(archive[1], store, **OPTIONS)
    assert tree(store) == unbroken


@pytest.mark.slow
def test_a_signal_to_the_parent_lets_two_workers_finish_their_shards(archive, tmp_path):
    """The process ends with 128 + 15; what was under way is committed, the rest not begun."""
    store, options = tmp_path / "store", OPTIONS | {"shard_records": 1}
    process = child(archive, store, workers=2, shard_records=1)
    process.stdout.readline()
    process.stdout.readline()
    process.terminate()
    process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGTERM
    assert not list(store.rglob("*.tmp"))
    ingest(archive[1], store, **options)
    ingest(archive[1], tmp_path / "unbroken", **options)
    assert tree(store) == tree(tmp_path / "unbroken")


def test_a_half_written_shard_is_written_anew(archive, unbroken, tmp_path):
    """Leftovers that no part commits are removed: temporary files, shards, rejected files."""
    store = tmp_path / "store"
    ingest(archive[1], store, **OPTIONS)
    (store / "rejected.parquet").unlink()
    (store / "manifest" / "00000001.parquet").unlink()
    (store / "shards" / "00000001.npy").write_bytes(b"half")
    (store / "shards" / "00000002.npy.tmp").write_bytes(b"half")
    (store / "rejected").mkdir()
    ingest(archive[1], store, **OPTIONS)
    assert tree(store) == unbroken


def test_a_killed_ingest_is_no_store_yet(archive, tmp_path):
    """It says how to finish it."""
    store = tmp_path / "store"
    process = child(archive, store, death=("after", 3))
    process.communicate(timeout=60)
    with pytest.raises(Exception, match=r"not finished \(1 of 3 shards\): run the ingest that began it again"):
        Store.open(store)
