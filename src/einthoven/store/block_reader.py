"""Read many records at once, in stretches that a disk gives at full speed, ahead of where they are needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from einthoven.errors import StoreError
from einthoven.store.positioned import PAGE_BYTES, read_stretch
from einthoven.store.shard import BYTES_PER_VALUE
from einthoven.store.store import Store

__all__ = ["records_ahead"]

# Up to here, and to the size of the record before it, reading what lies between two records is quicker than a second
# request to the disk
_LARGEST_GAP = 64 << 10
_STRETCH_BYTES = 2 << 20
_THREADS = 8

RecordsOf = Callable[[NDArray[np.int64]], list[NDArray[np.int16]]]


class _Stretch(NamedTuple):
    """A piece of a shard that is read at once: ``offset`` in its file, ``place`` in the buffer, both whole pages."""

    shard: int
    offset: int
    place: int
    n_bytes: int  # of records and what lies between them; up to a page more is read


class _Request:
    """Rows that are read into one buffer.

    Parameters
    ----------
    store : Store
    rows : int64 (row,)
        Ascending, each once.
    """

    def __init__(self, store: Store, rows: NDArray[np.int64]) -> None:
        self._store = store
        self._rows = rows
        shard, offset = store.places.shard[rows], store.places.offset[rows]
        self._length = store.places.length[rows]
        size = BYTES_PER_VALUE * len(store.leads) * self._length
        first = _first_of_stretches(shard, offset, size)
        last = np.append(first[1:], len(rows)) - 1
        begin = offset[first] // PAGE_BYTES * PAGE_BYTES
        n_bytes = offset[last] + size[last] - begin
        pages = -(-n_bytes // PAGE_BYTES) * PAGE_BYTES
        place = np.cumsum(pages) - pages
        facts = zip(shard[first].tolist(), begin.tolist(), place.tolist(), n_bytes.tolist(), strict=True)
        self._stretches = [_Stretch(*fact) for fact in facts]
        of_row = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(rows))))
        self._value = (place[of_row] + offset - begin[of_row]) // BYTES_PER_VALUE
        self._buffer = np.empty(0, dtype=np.int16)
        self._futures: list[Future[None]] = []
        self.n_bytes = int(pages.sum())

    def start(self, threads: ThreadPoolExecutor, buffer: NDArray[np.uint8], *, page_cache: bool) -> None:
        """Have the threads read into a buffer of ``n_bytes`` or more, which begins with a page."""
        self._buffer = buffer.view(np.int16)
        read = partial(self._read, buffer.data, page_cache=page_cache)
        self._futures = [threads.submit(read, stretch) for stretch in self._stretches]

    def wait(self) -> None:
        """Wait until all is read.

        Raises
        ------
        StoreError
            A shard ends too early.
        """
        for future in self._futures:
            future.result()

    def records(self, rows: NDArray[np.int64]) -> list[NDArray[np.int16]]:
        """Return int16 (lead, T) per row, in the order asked for; good until the buffer is used again."""
        found, leads = np.searchsorted(self._rows, rows), len(self._store.leads)
        places = zip(self._value[found].tolist(), self._length[found].tolist(), strict=True)
        return [self._buffer[begin : begin + leads * length].reshape(leads, length) for begin, length in places]

    def _read(self, memory: memoryview, stretch: _Stretch, *, page_cache: bool) -> None:
        path = self._store.shard_path(stretch.shard)
        pages = -(-stretch.n_bytes // PAGE_BYTES) * PAGE_BYTES
        into = memory[stretch.place : stretch.place + pages]
        missing = stretch.n_bytes - read_stretch(path, stretch.offset, into=into, page_cache=page_cache)
        if missing > 0:
            raise StoreError(
                f"{path} ends {missing} bytes too early: check the store, and make it again from the original files"
            )


def _first_of_stretches(
    shard: NDArray[np.int64], offset: NDArray[np.int64], size: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return which records begin a stretch: those after a large gap, and so that none is much longer than it should."""
    gaps = offset[1:] - offset[:-1] - size[:-1]
    apart = (np.diff(shard) != 0) | (gaps < 0) | (gaps > np.minimum(_LARGEST_GAP, size[:-1]))
    run = np.concatenate([[0], np.cumsum(apart)])
    begin = offset[np.concatenate([[0], np.flatnonzero(apart) + 1])][run]
    full = np.diff((offset - begin) // _STRETCH_BYTES) != 0
    return np.concatenate([[0], np.flatnonzero(apart | full) + 1])


def records_ahead(
    store: Store,
    requests: Iterable[NDArray[np.int64]],
    *,
    page_cache: bool = True,
    spare: list[NDArray[np.uint8]] | None = None,
) -> Iterator[RecordsOf]:
    """Yield per request, which is rows, a function that returns the records of some of them.

    While one request is used the next one is read; so two are in memory. A function is good until the next one is asked
    for.

    Parameters
    ----------
    store : Store
    requests : iterable of int64 (row,)
        At least one row each.
    page_cache : bool
        Whether the system is to keep what is read, for records that are read again before memory is needed for others.
    spare : list of uint8 (byte,), optional
        Buffers that an earlier call left here; taken out for this one and left again at its end.

    Raises
    ------
    StoreError
        A shard ends too early.
    """
    spare = [] if spare is None else spare
    buffers = [spare.pop() if spare else np.empty(0, dtype=np.uint8) for _ in range(2)]
    waiting: _Request | None = None
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="blocks") as threads:
        try:
            for number, rows in enumerate(requests):
                coming = _Request(store, np.unique(rows))
                if len(buffers[number % 2]) < coming.n_bytes:
                    buffers[number % 2] = _pages(coming.n_bytes // PAGE_BYTES * 17 // 16 + 1)
                coming.start(threads, buffers[number % 2], page_cache=page_cache)
                if waiting is not None:
                    waiting.wait()
                    yield waiting.records
                waiting = coming
            if waiting is not None:
                waiting.wait()
                yield waiting.records
        finally:
            threads.shutdown(wait=True, cancel_futures=True)
            spare[:] = buffers


def _pages(count: int) -> NDArray[np.uint8]:
    """Return memory that begins with a page."""
    memory = np.empty((count + 1) * PAGE_BYTES, dtype=np.uint8)
    first = -memory.ctypes.data % PAGE_BYTES
    return memory[first : first + count * PAGE_BYTES]
