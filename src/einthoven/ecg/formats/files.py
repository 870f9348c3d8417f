"""Bytes of a file, or the reason why they can't be had."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from einthoven.errors import UnreadableFileError

__all__ = ["MAX_VALUES", "most_unpacked", "read_bytes", "read_head", "refuse_bomb"]

# The most values that a damaged or hostile header may make us allocate: 23 hours of 12 leads at 1,000 Hz.
MAX_VALUES = 1_000_000_000

# recordings shrink to a half or a tenth; what shrinks more is either short or made to fill the memory
_ALWAYS_UNPACKED = 1 << 26
_MAX_SHRINKAGE = 100

# opening a pipe must not wait for its other end; Windows has no such flag but needs to be told about binary files
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def read_bytes(path: str | Path, *, limit: int, remedy: str = "check the path") -> bytes:
    """Return the content of a regular file of at most ``limit`` bytes.

    Raises
    ------
    UnreadableFileError
        When the file is missing, not a regular file, too large or not allowed to be read.
    """
    try:
        descriptor = os.open(path, _FLAGS)
        try:
            return _read(descriptor, path, limit=limit, remedy=remedy)
        finally:
            os.close(descriptor)
    except FileNotFoundError:
        raise UnreadableFileError(f"{path} does not exist: {remedy}") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UnreadableFileError(f"{path} can't be read ({reason}): {remedy}") from error


def read_head(path: str | Path, *, size: int) -> bytes:
    """Return the first ``size`` bytes of a regular file, none of anything else: a pipe or device is never waited for.

    Raises
    ------
    OSError
        When the file is missing or not allowed to be read.
    """
    descriptor = os.open(path, _FLAGS)
    try:
        return os.read(descriptor, size) if stat.S_ISREG(os.fstat(descriptor).st_mode) else b""
    finally:
        os.close(descriptor)


def most_unpacked(packed: int) -> int:
    """Return to how many bytes a recording of ``packed`` bytes may unpack: 64 MiB, or a hundred times as many."""
    return max(_ALWAYS_UNPACKED, _MAX_SHRINKAGE * packed)


def refuse_bomb(where: str, *, unpacked: int, packed: int, limit: float = 8 * MAX_VALUES) -> None:
    """Refuse what claims to unpack to far more bytes than it has, before it is unpacked.

    Raises
    ------
    UnreadableFileError
        Above 64 MiB and a hundred times the stored size, or above ``limit``: what one recording can be, unless it is
        known that not all is unpacked at once.

    Examples
    --------
    >>> refuse_bomb("a.npz", unpacked=10**10, packed=10**4)
    Traceback (most recent call last):
        ...
    einthoven.errors.UnreadableFileError: a.npz holds 10000 bytes that claim to unpack to 10000000000: no recording
    is that large or that regular; export it uncompressed, in smaller parts
    """
    if unpacked > min(limit, most_unpacked(packed)):
        raise UnreadableFileError(
            f"{where} holds {packed} bytes that claim to unpack to {unpacked}: no recording is that "
            "large or that regular; export it uncompressed, in smaller parts"
        )


def _read(descriptor: int, path: str | Path, *, limit: int, remedy: str) -> bytes:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableFileError(f"{path} is not a regular file: {remedy}")
    if status.st_size > limit:
        raise UnreadableFileError(f"{path} has {status.st_size} bytes, more than the {limit} that are read at once")
    content = os.read(descriptor, status.st_size)
    if len(content) == status.st_size:
        return content
    chunks = [content]  # Linux gives at most 2 GiB a call
    while chunks[-1]:
        chunks.append(os.read(descriptor, status.st_size))
    return b"".join(chunks)
