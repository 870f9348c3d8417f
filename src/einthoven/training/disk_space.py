"""Say what to do when the disk fills up during training: what was saved before stays and is gone on from."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from einthoven.errors import StoreFullError, TrainingError

__all__ = ["explained_when_full"]

_FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def explained_when_full(path: Path) -> Iterator[None]:
    """Turn a full disk into an error that names the file which the block writes.

    Parameters
    ----------
    path : Path
        File, or folder of the files, that the block writes.

    Raises
    ------
    TrainingError
        The disk or a quota is full; other errors of the block pass through.
    """
    try:
        yield
    except (OSError, StoreFullError) as error:
        if isinstance(error, OSError) and error.errno not in _FULL:
            raise
        raise TrainingError(
            f"the disk is full: {path} could not be written; finished work and the last saved state stay: free some "
            "space and run the same command again, it goes on from there"
        ) from error
