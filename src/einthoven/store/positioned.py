"""Read bytes at a position straight into a buffer, and keep a bounded number of files open."""

from __future__ import annotations

import errno
import os
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

__all__ = ["PAGE_BYTES", "Block", "OpenFiles", "read_blocks", "read_stretch"]

PAGE_BYTES = 4096  # reading past the page cache asks for multiples of it

# Windows would translate line ends without O_BINARY and has no preadv
_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0)
_DIRECT: int = getattr(os, "O_DIRECT", 0)
_RANDOM: int = getattr(os, "POSIX_FADV_RANDOM", 0)
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


def read_stretch(path: Path, offset: int, *, into: memoryview, page_cache: bool) -> int:
    """Read a long piece of a file into a buffer and return how many bytes came; several threads may do this at once.

    Parameters
    ----------
    path : Path
    offset : int
        A multiple of ``PAGE_BYTES``, as are the length of the buffer and where it begins in memory.
    into : memoryview of bytes
    page_cache : bool
        Whether the system is to keep what is read; without, it goes from the disk straight into the buffer at a third
        of the processor time, where system and disk can (Linux).
    """
    if not page_cache and _DIRECT:
        try:
            return _read_once(path, offset, into=into, flags=_FLAGS | _DIRECT)
        except OSError as error:
            if error.errno != errno.EINVAL:  # the file system can't
                raise
    return _read_once(path, offset, into=into, flags=_FLAGS)


def _read_once(path: Path, offset: int, *, into: memoryview, flags: int) -> int:
    descriptor = os.open(path, flags)
    try:
        if _fadvise is not None:  # stretches lie anywhere: nothing beyond this one is wanted
            _fadvise(descriptor, 0, 0, _RANDOM)
        return (_preadv or _seek_and_read)(descriptor, [into], offset)
    finally:
        os.close(descriptor)


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
