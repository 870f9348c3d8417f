"""Bytes of a file, or the reason why they can't be had."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from einthoven.errors import UnreadableFileError

__all__ = ["MAX_VALUES", "read_bytes"]

# The most values that a damaged or hostile header may make us allocate: 23 hours of 12 leads at 1,000 Hz.
MAX_VALUES = 1_000_000_000


def read_bytes(path: str | Path, *, limit: int, remedy: str = "check the path") -> bytes:
    """Return the content of a regular file of at most ``limit`` bytes.

    Raises
    ------
    UnreadableFileError
        When the file is missing, not a regular file, too large or not allowed to be read.
    """
    try:
        status = os.stat(path)  # noqa: PTH116 - a Path object costs as much as the call, in the reader's innermost loop
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableFileError(f"{path} is not a regular file: {remedy}")
        if status.st_size > limit:
            raise UnreadableFileError(f"{path} has {status.st_size} bytes, more than the {limit} that are read at once")
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - as above
            return file.read()
    except FileNotFoundError:
        raise UnreadableFileError(f"{path} does not exist: {remedy}") from None
    except (OSError, ValueError) as error:
        raise UnreadableFileError(f"{path} can't be read ({error}): {remedy}") from error
