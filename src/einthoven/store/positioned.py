"""Read bytes at a position straight into a buffer, and keep a bounded number of files open."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

__all__ = ["OpenFiles", "read_into"]

# Windows would translate line ends without O_BINARY and has no preadv
_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0)
_preadv: Callable[[int, list[memoryview], int], int] | None = getattr(os, "preadv", None)

# half of the least that a process may usually have open (256 on macOS, 1,024 on Linux)
_FEWEST_FILES = 128


def read_into(descriptor: int, buffer: memoryview, offset: int) -> int:
    """Fill ``buffer`` (bytes) from byte ``offset`` on; return how many bytes came: fewer only at the file's end."""
    if _preadv is not None:
        return _preadv(descriptor, [buffer], offset)
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
        self._descriptors: OrderedDict[int, int] = OrderedDict()

    def descriptor(self, number: int) -> int:
        """Return the open file's descriptor, good until this is asked for another ``limit`` files."""
        descriptor = self._descriptors.get(number)
        if descriptor is None:
            if len(self._descriptors) >= self._limit:
                os.close(self._descriptors.popitem(last=False)[1])
            descriptor = self._descriptors[number] = os.open(self._path_of(number), _FLAGS)
        return descriptor

    def close(self) -> None:
        """Close all; a later request opens anew."""
        while self._descriptors:
            os.close(self._descriptors.popitem()[1])


def _half_of_allowed_files() -> int:
    try:
        import resource
    except ImportError:  # Windows
        return _FEWEST_FILES
    return max(_FEWEST_FILES, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)
