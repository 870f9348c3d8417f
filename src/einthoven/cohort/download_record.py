"""What was verified already: a file beside the data remembers it, so that a second call needn't read everything again.

Each line is one file: name, checksum, size and time of its last change. A file that was touched since is verified anew.
"""

from __future__ import annotations

import errno
import fcntl
import json
import threading
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from einthoven.cohort.download_list import RemoteFile
from einthoven.errors import CohortError

__all__ = ["RECORD_NAME", "VerifiedFiles", "read_verified"]

RECORD_NAME = ".einthoven_download"
Stamp = tuple[str, int, int]  # checksum, bytes, nanoseconds


def read_verified(folder: Path, *, origin: str) -> dict[str, Stamp]:
    """Return what the record of a folder says, by name; nothing where there is no record.

    Parameters
    ----------
    folder : Path
    origin : str
        Address of the published folder; another one in the record means that another data set lies here.

    Raises
    ------
    CohortError
        Another data set lies here.
    """
    path = folder / RECORD_NAME
    if not path.is_file():
        return {}
    first, *lines = path.read_text(encoding="utf-8").splitlines() or [""]
    if first and first != origin:
        raise CohortError(f"{folder} holds the files of {first}: name another folder for those of {origin}")
    return dict(parsed for line in lines if (parsed := _parse(line)) is not None)


class VerifiedFiles:
    """The record of one folder while files are being added; a context manager, and the only one at a time.

    Safe to be used by several threads.
    """

    def __init__(self, folder: Path, *, origin: str) -> None:
        self._folder = folder
        self._origin = origin
        self._lock = threading.Lock()
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._file = (self._folder / RECORD_NAME).open("a", encoding="utf-8")
        if not _lock(self._file):
            self._file.close()
            raise CohortError(
                f"another process is downloading into {self._folder}: wait for it to end, or name another folder"
            )
        # a killed process may have left half a line: begin a new one
        self._file.write(f"{self._origin}\n" if self._file.tell() == 0 else "\n")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, file: RemoteFile, target: Path) -> None:
        """Remember that ``target`` is what it should be."""
        line = json.dumps([file.path, *stamp(file, target)])
        with self._lock:
            assert self._file is not None
            self._file.write(line + "\n")


def stamp(file: RemoteFile, target: Path) -> Stamp:
    """Return what the record would say of a file as it lies there now."""
    status = target.stat()
    return file.checksum, status.st_size, status.st_mtime_ns


def _lock(file: TextIO) -> bool:
    """Whether the file is ours now; where a network drive has no locks, it is taken to be."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        return error.errno in (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS)
    return True


def _parse(line: str) -> tuple[str, Stamp] | None:
    try:
        path, checksum, size, changed = json.loads(line)
    except (ValueError, TypeError):
        return None
    return path, (checksum, size, changed)
