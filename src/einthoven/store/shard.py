"""Signals of one shard: a one-dimensional int16 ``.npy`` file in which each record is one (lead, length) block.

The header has a fixed length of 128 bytes, so value ``start`` lies at byte ``128 + 2 * start``, and ``numpy.load``
opens a shard too.
"""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import BinaryIO, Self

import numpy as np
from numpy.typing import NDArray

__all__ = ["BYTES_PER_VALUE", "HEADER_BYTES", "ShardWriter", "npy_header"]

HEADER_BYTES = 128
BYTES_PER_VALUE = 2
_FLUSH_VALUES = 1 << 22  # 8 MB
_MAGIC = b"\x93NUMPY\x01\x00"


def npy_header(values: int) -> bytes:
    """Return the 128 bytes that open a ``.npy`` file of so many int16 values (format version 1.0)."""
    text = f"{{'descr': '<i2', 'fortran_order': False, 'shape': ({values},), }}"
    room = HEADER_BYTES - len(_MAGIC) - 2
    return _MAGIC + room.to_bytes(2, "little") + text.ljust(room - 1).encode("ascii") + b"\n"


class ShardWriter:
    """Append records to a shard file one by one; the header is put right at the end of the block.

    Meanwhile a thread brings what is written to the disk, so that the last flush has little left to wait for.

    Parameters
    ----------
    file : binary file, writable and seekable
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._values = 0
        self._flushed = 0
        self._thread = ThreadPoolExecutor(1)
        self._flush: Future[None] | None = None

    def __enter__(self) -> Self:
        self._file.write(npy_header(0))
        return self

    def append(self, quantised: NDArray[np.int16]) -> int:
        """Write one int16 (lead, sample) block and return its ``start``, in int16 values."""
        start = self._values
        self._file.write(np.ascontiguousarray(quantised, dtype="<i2").data)
        self._values += quantised.size
        if self._values - self._flushed > _FLUSH_VALUES:
            self._flush_behind()
        return start

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._thread.shutdown()  # before the file is closed
        if kind is None:
            self._raise_flush_error()
            self._file.seek(0)
            self._file.write(npy_header(self._values))

    def _flush_behind(self) -> None:
        self._raise_flush_error()
        self._file.flush()
        self._flush = self._thread.submit(os.fsync, self._file.fileno())
        self._flushed = self._values

    def _raise_flush_error(self) -> None:
        # the system tells of a failed write only once
        if self._flush is not None:
            self._flush.result()
