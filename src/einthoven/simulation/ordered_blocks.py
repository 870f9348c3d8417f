"""Blocks of work in this process or in several spawned ones: results in the order of the blocks, few at a time."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import connection
from typing import TypeVar

from einthoven.errors import SpecificationError

__all__ = ["blocks_in_order"]

Task = TypeVar("Task")
Result = TypeVar("Result")
AHEAD = 2  # blocks per process that are begun or wait: memory doesn't grow with their number


def blocks_in_order(
    function: Callable[[Task], Result], tasks: Iterable[Task], *, workers: int
) -> Generator[Result, None, None]:
    """Yield the result of each task in the order of the tasks.

    Processes are spawned, never forked: the threads of other libraries would deadlock.

    Parameters
    ----------
    function : callable
        Of a module, so that other processes find it.
    tasks : iterable
        Taken as they are needed.
    workers : int
        1 works in this process.

    Raises
    ------
    SpecificationError
        When a worker dies, mostly for want of memory.
    """
    if workers == 1:
        yield from map(function, tasks)
        return
    waiting: deque[Future[Result]] = deque()
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_start_worker)
    remaining = iter(tasks)
    try:
        while True:
            while len(waiting) < AHEAD * workers and (task := next(remaining, None)) is not None:
                waiting.append(pool.submit(function, task))
            if not waiting:
                return
            yield waiting.popleft().result()
    except BrokenProcessPool as error:
        raise SpecificationError(
            "a worker process died, perhaps for want of memory: remove the output folder and run the same command with "
            "fewer --workers"
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _start_worker() -> None:
    """Make a new process leave Ctrl-C to its parent, and end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None, "workers are started by another process"
    connection.wait([parent.sentinel])
    os._exit(1)
