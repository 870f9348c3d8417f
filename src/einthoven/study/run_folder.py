"""What keeps a run folder to itself, and what tells that a file of the data was changed in place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from einthoven.errors import SpecificationError, StoreError
from einthoven.store.locking import StoreLock

__all__ = ["LOCK", "file_state", "run_lock"]

LOCK = ".lock"
# a WFDB record is named without ending; these are the files it may consist of
ENDINGS = ("", ".hea", ".dat", ".mat")


@contextmanager
def run_lock(run: Path) -> Iterator[None]:
    """Hold the run folder.

    Raises
    ------
    SpecificationError
        When another process does.
    """
    lock = StoreLock(run / LOCK, wait_s=0.0)
    try:
        lock.__enter__()
    except StoreError:
        raise SpecificationError(f"another process is working in {run}; wait, or choose another --out") from None
    try:
        yield
    finally:
        lock.__exit__(None, None, None)


def file_state(path: str) -> tuple[tuple[int, int], ...]:
    """Return size and time of change (ns) of the files of a record; they differ when one is replaced in place."""
    stem = path.removesuffix(".hea")
    files = (Path(f"{stem}{ending}") for ending in ENDINGS)
    states = (file.stat() for file in files if file.is_file())
    return tuple((state.st_size, state.st_mtime_ns) for state in states)
