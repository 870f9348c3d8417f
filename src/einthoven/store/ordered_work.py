"""A function over many tasks, in this process or in several spawned ones: results in the order of the tasks."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from einthoven.errors import StoreError
from einthoven.store.cancellation import StopRequest
from einthoven.store.workers import start_worker

__all__ = ["in_order"]

Task = TypeVar("Task")
Result = TypeVar("Result")
AHEAD = 2  # tasks per worker that are begun or wait: results that can't be handed on yet stay few


def in_order(
    function: Callable[[Task], Result], tasks: Iterable[Task], *, workers: int, stop: StopRequest
) -> Iterator[Result]:
    """Yield the result of each task; none any more after a stop request.

    Parameters
    ----------
    function : callable
        Of a module, so that other processes find it.
    tasks : iterable
        Taken as they are needed: memory doesn't grow with their number.
    workers : int
        Processes, spawned, never forked; 1 works in this one.
    stop : StopRequest

    Raises
    ------
    StoreError
        When a worker dies.
    """
    if workers > 1:
        yield from _in_processes(function, iter(tasks), workers=workers, stop=stop)
        return
    for task in tasks:
        result = function(task)
        if stop:
            return
        yield result


def _in_processes(
    function: Callable[[Task], Result], tasks: Iterator[Task], *, workers: int, stop: StopRequest
) -> Iterator[Result]:
    waiting: deque[Future[Result]] = deque()
    pool = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"), initializer=start_worker)
    try:
        while not stop:
            while len(waiting) < AHEAD * workers and (task := next(tasks, None)) is not None:
                waiting.append(pool.submit(function, task))
            if not waiting:
                return
            result = waiting.popleft().result()
            if not stop:
                yield result
    except BrokenProcessPool as error:
        if not stop:  # otherwise the signal went to the workers too
            raise StoreError(
                "a worker process died, perhaps for want of memory: run the same command again with fewer workers"
            ) from error
    finally:
        pool.shutdown(cancel_futures=True)
