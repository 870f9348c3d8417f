"""One writer per store, as long as any of its processes lives.

``flock`` belongs to an open file that child processes can share: a killed parent doesn't free the store while one of
its workers still writes, and the kernel frees it when the last of them is gone.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable
from multiprocessing import reduction
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from einthoven.errors import StoreError

__all__ = ["StoreLock"]

_POLL_S = 0.05


class StoreLock:
    """Exclusive lock on a store; a context manager.

    Sent to a process that is being spawned, it arrives there as the number of an open file that shares the lock.

    Parameters
    ----------
    path : Path
        Lock file; made when absent, never removed.
    wait_s : float
        How long to wait for another process, such as the last worker of a killed run.
    """

    def __init__(self, path: Path, *, wait_s: float = 3.0) -> None:
        self._path = path
        self._wait_s = wait_s
        self._descriptor = -1

    def __enter__(self) -> Self:
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        deadline = time.monotonic() + self._wait_s
        while not _locked(self._descriptor):
            if time.monotonic() > deadline:
                self.__exit__(None, None, None)
                raise StoreError(
                    f"another process is writing the store {self._path.parent}: wait for it to end, or name another "
                    "folder"
                )
            time.sleep(_POLL_S)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        os.close(self._descriptor)
        self._descriptor = -1

    def __reduce__(self) -> tuple[Callable[[Any], int], tuple[Any]]:
        return _adopt, (reduction.DupFd(self._descriptor),)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _adopt(duplicate: Any) -> int:
    descriptor: int = duplicate.detach()
    return descriptor
