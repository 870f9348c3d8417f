"""Shards in one process; several processes are tested with the crashes of ingest."""

from __future__ import annotations

import os
import signal

import pytest

from einthoven.store.cancellation import StopRequest
from einthoven.store.layout import StoreLayout
from einthoven.store.locking import StoreLock
from einthoven.store.workers import write_shards
from einthoven.store.write_shard import ShardTask
from fakes.ecg_archive import SPEC, write_archive


@pytest.fixture
def tasks(tmp_path):
    """Three shards of one record each."""
    layout = StoreLayout(tmp_path / "store")
    for folder in layout.folders:
        folder.mkdir(parents=True)
    locations = write_archive(tmp_path / "archive", 3)
    return [
        ShardTask(layout, number, (location,), spec=SPEC, measure_quality=False)
        for number, location in enumerate(locations)
    ]


def test_tasks_are_done_in_order(tasks, tmp_path):
    """One after the other as they are asked for."""
    with StopRequest() as stop, StoreLock(tmp_path / ".lock") as lock:
        results = write_shards(tasks, workers=1, lock=lock, stop=stop)
        assert next(results).number == 0
        assert not tasks[1].layout.committed(1)
        assert [result.number for result in results] == [1, 2]


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_nothing_is_begun_after_a_stop_request(workers, tasks, tmp_path):
    """What was done is kept."""
    with StopRequest() as stop, StoreLock(tmp_path / ".lock") as lock:
        os.kill(os.getpid(), signal.SIGTERM)
        assert list(write_shards(tasks, workers=workers, lock=lock, stop=stop)) == []
