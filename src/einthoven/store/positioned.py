"""Read bytes at a position straight into a buffer, and keep a bounded number of files open."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

__all__ = ["Block", "OpenFiles", "read_blocks", "read_scattered"]

# Windows would translate line ends without O_BINARY and has no preadv
_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0)
_MOST_BUFFERS = 1024  # IOV_MAX of Linux and macOS
_WILL_NEED: int = getattr(os, "POSIX_FADV_WILLNEED", 0)
_fadvise: Callable[[int, int, int, int], None] | None = getattr(os, "posix_fadvise", None)
_preadv: Callable[[int, list[memoryview], int], int] | None = getattr(os, "preadv", None)

# half of the least that a process may usually have open (256 on macOS, 1,024 on Linux)
_FEWEST_FILES = 128


class Block(NamedTuple):
    """A block that could not be read whole: its place in the request, its file, and the bytes that came."""

    position: int
    number: int
    n_bytes: int


def read_blocks(
    files: OpenFiles, numbers: Sequence[int], offsets: Sequence[int], *, order: Sequence[int], into: memoryview
) -> Block | None:
    """Read blocks of equal size, each from its file and byte offset, straight into their places in one buffer.

    Parameters
    ----------
    files : OpenFiles
    numbers, offsets : sequence of int
        Of each block: number of the file, byte where it begins.
    order : sequence of int
        Which block is read first, second, ...
    into : memoryview of bytes
        As many blocks, one after the other, in the order of ``numbers``.

    Returns
    -------
    Block or None
        The first one that its file is too short for; None when all were read.
    """
    size = len(into) // max(len(numbers), 1)
    opened, preadv = files.opened, _preadv or _seek_and_read
    for i in order:
        number = numbers[i]
        descriptor = opened.get(number) or files.descriptor(number)
        done = preadv(descriptor, [into[i * size : (i + 1) * size]], offsets[i])
        if done != size:
            return Block(i, number, done)
    return None


def read_scattered(path: Path, *, offsets: Sequence[int], buffers: Sequence[memoryview]) -> int:
    """Read pieces of one file that lie near each other in one go, and return how many bytes are missing at its end.

    Several threads may do this at once, as each opens the file for itself.

    Parameters
    ----------
    path : Path
    offsets : sequence of int
        Of the pieces, ascending; they don't overlap. What lies between them is read, too, and dropped.
    buffers : sequence of memoryview of bytes
        Where the pieces go, of their sizes.
    """
    descriptor = os.open(path, _FLAGS)
    try:
        parts, end = list[memoryview](), offsets[0]
        for offset, buffer in zip(offsets, buffers, strict=True):
            if offset > end:
                parts.append(memoryview(bytearray(offset - end)))
            parts.append(buffer)
            end = offset + len(buffer)
        if _fadvise is not None:  # the whole of it at once, not piece by piece as reading goes on
            _fadvise(descriptor, offsets[0], end - offsets[0], _WILL_NEED)
        return end - offsets[0] - _read_all(descriptor, parts, offsets[0])
    finally:
        os.close(descriptor)


def _read_all(descriptor: int, buffers: list[memoryview], offset: int) -> int:
    """Fill buffers one after the other from ``offset`` on; return how many bytes came before the file ended."""
    done = 0
    for first in range(0, len(buffers), _MOST_BUFFERS):
        some = buffers[first : first + _MOST_BUFFERS]
        wanted, got = sum(len(buffer) for buffer in some), 0
        if _preadv is not None:
            got = _preadv(descriptor, some, offset + done)
        else:
            for buffer in some:
                got += _seek_and_read(descriptor, [buffer], offset + done + got)
        done += got
        if got < wanted:
            break
    return done


def _seek_and_read(descriptor: int, buffers: list[memoryview], offset: int) -> int:
    """Do what ``os.preadv`` does with one buffer, on platforms that lack it."""
    (buffer,) = buffers
    os.lseek(descriptor, offset, os.SEEK_SET)
    done = 0
    while done < len(buffer) and (piece := os.read(descriptor, len(buffer) - done)):
        buffer[done : done + len(piece)] = piece
        done += len(piece)
    return done


class OpenFiles:
    """Numbered files, opened when first asked for; the one that was opened first is closed when there are too many.

    Parameters
    ----------
    path_of : callable
        Path of the file with this number.
    limit : int, optional
        How many may be open; by default half of what the process may have open now.
    """

    def __init__(self, path_of: Callable[[int], Path], *, limit: int | None = None) -> None:
        self._path_of = path_of
        self._limit = limit or _half_of_allowed_files()
        self.opened: OrderedDict[int, int] = OrderedDict()

    def descriptor(self, number: int) -> int:
        """Return the open file's descriptor, good until this is asked for another ``limit`` files."""
        descriptor = self.opened.get(number)
        if descriptor is None:
            if len(self.opened) >= self._limit:
                os.close(self.opened.popitem(last=False)[1])
            descriptor = self.opened[number] = os.open(self._path_of(number), _FLAGS)
        return descriptor

    def close(self) -> None:
        """Close all; a later request opens anew."""
        while self.opened:
            os.close(self.opened.popitem()[1])


def _half_of_allowed_files() -> int:
    try:
        import resource
    except ImportError:  # Windows
        return _FEWEST_FILES
    return max(_FEWEST_FILES, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)
