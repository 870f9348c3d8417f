"""Read many records at once, in stretches that a disk gives at full speed, ahead of where they are needed."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from einthoven.errors import StoreError
from einthoven.store.positioned import read_scattered
from einthoven.store.shard import BYTES_PER_VALUE
from einthoven.store.store import Store

__all__ = ["records_ahead"]

# Up to here, reading what lies between two records is quicker than a second request to the disk
_LARGEST_GAP = 64 << 10
_STRETCH_BYTES = 2 << 20
_THREADS = 8

RecordsOf = Callable[[NDArray[np.int64]], list[NDArray[np.int16]]]


class _Stretch(NamedTuple):
    """Records ``first`` to before ``last`` of a request, which lie near each other in one shard."""

    first: int
    last: int


class _Request:
    """Rows that are read into one buffer.

    Parameters
    ----------
    store : Store
    rows : int64 (row,)
        In any order, repeated or not.
    buffer : int16 (value,)
        Long enough for all rows.
    """

    def __init__(self, store: Store, rows: NDArray[np.int64], buffer: NDArray[np.int16]) -> None:
        self._store = store
        self._rows = rows
        places, leads = store.places, len(store.leads)
        self._shard, self._offset, self._length = places.shard[rows], places.offset[rows], places.length[rows]
        self._begin = np.concatenate([[0], np.cumsum(self._length * leads)])
        self._buffer = buffer
        self._futures: list[Future[None]] = []

    def start(self, threads: ThreadPoolExecutor) -> None:
        """Have the threads read."""
        self._futures = [threads.submit(self._read, stretch) for stretch in self._stretches()]

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
        leads = len(self._store.leads)
        found = np.searchsorted(self._rows, rows).tolist()
        return [self._buffer[self._begin[i] : self._begin[i + 1]].reshape(leads, -1) for i in found]

    def _stretches(self) -> Iterator[_Stretch]:
        """Yield the records in stretches without a large gap, of limited size."""
        ends = self._offset + BYTES_PER_VALUE * np.diff(self._begin)
        gaps = self._offset[1:] - ends[:-1]
        apart = (np.diff(self._shard) != 0) | (gaps < 0) | (gaps > _LARGEST_GAP)
        run = np.concatenate([[0], np.cumsum(apart)])
        begin = self._offset[np.concatenate([[0], np.flatnonzero(apart) + 1])][run]
        cuts = np.flatnonzero(apart | (np.diff((self._offset - begin) // _STRETCH_BYTES) != 0)) + 1
        edges = [0, *cuts.tolist(), len(self._rows)]
        yield from (_Stretch(first, last) for first, last in itertools.pairwise(edges))

    def _read(self, stretch: _Stretch) -> None:
        """Read a stretch; what lies between its records goes nowhere."""
        inside = slice(stretch.first, stretch.last)
        offsets, begins = self._offset[inside], self._begin[stretch.first : stretch.last + 1]
        path = self._store.shard_path(int(self._shard[stretch.first]))
        missing = read_scattered(
            path,
            offsets=offsets.tolist(),
            buffers=[
                self._buffer[begin:end].view(np.uint8).data
                for begin, end in zip(begins[:-1].tolist(), begins[1:].tolist(), strict=True)
            ],
        )
        if missing:
            raise StoreError(
                f"{path} ends {missing} bytes too early: check the store, and make it again from the original files"
            )


def records_ahead(store: Store, requests: Iterable[NDArray[np.int64]]) -> Iterator[RecordsOf]:
    """Yield per request, which is rows, a function that returns the records of some of them.

    While one request is used the next one is read; so two are in memory. A function is good until the next one is asked
    for.

    Parameters
    ----------
    store : Store
    requests : iterable of int64 (row,)
    """
    buffers = [np.empty(0, dtype=np.int16), np.empty(0, dtype=np.int16)]
    waiting: _Request | None = None
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="blocks") as threads:
        try:
            for number, rows in enumerate(requests):
                wanted = np.unique(rows)
                size = int(store.lengths[wanted].sum()) * len(store.leads)
                if len(buffers[number % 2]) < size:
                    buffers[number % 2] = np.empty(size, dtype=np.int16)
                coming = _Request(store, wanted, buffers[number % 2])
                coming.start(threads)
                if waiting is not None:
                    waiting.wait()
                    yield waiting.records
                waiting = coming
            if waiting is not None:
                waiting.wait()
                yield waiting.records
        finally:
            threads.shutdown(wait=True, cancel_futures=True)
