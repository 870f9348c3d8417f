"""Files that are either whole and on the disk, or not there at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from einthoven.errors import StoreFullError
from einthoven.store.layout import TEMPORARY_SUFFIX

__all__ = ["durable_file", "sync_folder"]

# written in such pieces, a file lies in large folios of Linux's page cache: random reads of 60 kB blocks are 1.6 x
# faster than from a file that was written block by block
_BUFFER_BYTES = 1 << 22
_FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def durable_file(path: Path, *, temporary_tag: str = "") -> Iterator[BinaryIO]:
    """Yield a file that appears under ``path`` when the block ends: written, flushed to the disk, then renamed.

    Nothing stays behind when the block fails; only a killed process leaves a temporary file.

    Parameters
    ----------
    path : Path
    temporary_tag : str
        Stands in the temporary file's name, where nothing else keeps two processes from writing the same path.

    Raises
    ------
    StoreFullError
        When the disk or a quota is full.
    """
    temporary = path.with_name(path.name + temporary_tag + TEMPORARY_SUFFIX)
    try:
        with temporary.open("wb", buffering=_BUFFER_BYTES) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        sync_folder(path.parent)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in _FULL:
            raise StoreFullError(
                f"no space left while {path} was written; the shards before it stay valid: free some space and run "
                "the same command again, it goes on from there"
            ) from error
        raise


def sync_folder(folder: Path) -> None:
    """Bring a folder's entries to the disk, so that a rename survives a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
