"""Shards written in this process or in several spawned ones, with the same result."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import connection

from einthoven.errors import StoreError
from einthoven.store.cancellation import StopRequest
from einthoven.store.locking import StoreLock
from einthoven.store.write_shard import ShardResult, ShardTask, write_shard

__all__ = ["start_worker", "write_shards"]


def write_shards(
    tasks: Iterable[ShardTask], *, workers: int, lock: StoreLock, stop: StopRequest
) -> Iterator[ShardResult]:
    """Yield the result of each task as it is done; after a stop request those under way are finished, no other begun.

    Processes are spawned, never forked: the threads of other libraries would deadlock.
    """
    if workers > 1:
        yield from _in_processes(iter(tasks), workers=workers, lock=lock, stop=stop)
        return
    for task in tasks:
        if stop:
            return
        yield write_shard(task)


def _in_processes(
    tasks: Iterator[ShardTask], *, workers: int, lock: StoreLock, stop: StopRequest
) -> Iterator[ShardResult]:
    context = multiprocessing.get_context("spawn")
    running: set[Future[ShardResult]] = set()
    with ProcessPoolExecutor(workers, mp_context=context, initializer=start_worker, initargs=(lock,)) as pool:
        while True:
            # no more tasks than workers: what is submitted is begun, so that a stop request waits for one shard at most
            while len(running) < workers and not stop and (task := next(tasks, None)) is not None:
                running.add(pool.submit(write_shard, task))
            if not running:
                return
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                try:
                    yield future.result()
                except BrokenProcessPool as error:
                    if stop:  # the signal went to the workers too
                        return
                    raise StoreError(
                        "a worker process died, perhaps for want of memory; finished shards stay valid: run the same "
                        "command again, with fewer workers if it happens again"
                    ) from error


def start_worker(lock: object = None) -> None:  # noqa: ARG001 - its open file keeps a store locked while this process lives
    """Make a new process leave Ctrl-C to its parent, and end with it."""
    # Ctrl-C reaches the whole process group; the parent decides
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None, "workers are started by another process"
    connection.wait([parent.sentinel])
    os._exit(1)
