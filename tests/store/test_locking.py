"""A lock is held by one, and by processes that it was sent to."""

from __future__ import annotations

import multiprocessing

import pytest

from einthoven.errors import StoreError
from einthoven.store.locking import StoreLock
from fakes.lock_holder import hold


def test_a_second_lock_is_refused_until_the_first_is_released(tmp_path):
    """The message says what to do."""
    with StoreLock(tmp_path / ".lock"), pytest.raises(StoreError, match="wait for it to end, or name another folder"):
        StoreLock(tmp_path / ".lock", wait_s=0).__enter__()
    with StoreLock(tmp_path / ".lock", wait_s=0):
        pass


@pytest.mark.slow
def test_a_child_process_keeps_the_lock(tmp_path):
    """As a worker does whose parent was killed."""
    context = multiprocessing.get_context("spawn")
    started, finish = context.Event(), context.Event()
    with StoreLock(tmp_path / ".lock") as lock:
        child = context.Process(target=hold, args=(lock, started, finish))
        child.start()
        assert started.wait(30)
    with pytest.raises(StoreError):
        StoreLock(tmp_path / ".lock", wait_s=0).__enter__()
    finish.set()
    child.join(30)
    with StoreLock(tmp_path / ".lock", wait_s=0):
        pass
