"""Make the next items of an iterator in a thread while the caller works on this one (no fork, no pickling)."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

__all__ = ["prefetched"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Item(Generic[T]):
    value: T


@dataclass(frozen=True, slots=True)
class _End:
    error: BaseException | None


def prefetched(items: Iterator[T], *, depth: int = 2) -> Iterator[T]:
    """Yield the same items in the same order, up to ``depth`` of them made ahead.

    An error in ``items`` is raised here, after the items before it. Closing this generator stops the thread and waits
    for it, so nothing reads on behind the caller's back.

    Examples
    --------
    >>> list(prefetched(iter(range(5))))
    [0, 1, 2, 3, 4]
    """
    ready: queue.Queue[_Item[T] | _End] = queue.Queue(maxsize=depth)
    stopped = threading.Event()
    thread = threading.Thread(target=_fill, args=(items, ready, stopped), name="prefetch", daemon=True)
    thread.start()
    try:
        while isinstance(item := ready.get(), _Item):
            yield item.value
        if item.error is not None:
            raise item.error
    finally:
        stopped.set()
        thread.join()


def _fill(items: Iterator[T], ready: queue.Queue[_Item[T] | _End], stopped: threading.Event) -> None:
    error: BaseException | None = None
    try:
        for value in items:
            if not _put(_Item(value), ready, stopped):
                return
    except BaseException as raised:  # noqa: BLE001 - raised again in the caller's thread
        error = raised
    _put(_End(error), ready, stopped)


def _put(item: _Item[T] | _End, ready: queue.Queue[_Item[T] | _End], stopped: threading.Event) -> bool:
    while not stopped.is_set():
        try:
            ready.put(item, timeout=0.05)
        except queue.Full:
            continue
        return True
    return False
