"""What becomes of a file that can't be used: a row of the rejected files, where the fault is the file's."""

from __future__ import annotations

import errno
from typing import Any

from einthoven.ecg.formats import RecordLocation
from einthoven.errors import EinthovenError, RecordError

__all__ = ["blames_file", "in_unicode", "rejection"]

_OUT_OF_RESOURCES = (errno.EMFILE, errno.ENFILE, errno.ENOMEM)


def blames_file(error: Exception) -> bool:
    """Return whether one file is to blame, and not the caller or the machine."""
    if isinstance(error, EinthovenError):
        return isinstance(error, RecordError)  # an unknown format or option is the caller's mistake
    # the machine's trouble is not the file's: no record may be lost to it
    return not isinstance(error, MemoryError) and getattr(error, "errno", None) not in _OUT_OF_RESOURCES


def rejection(location: RecordLocation, error: Exception, *, stage: str, sha256: str | None) -> dict[str, Any]:
    """Return the row of ``manifest.REJECTED_SCHEMA``."""
    message = str(error)
    if location.record_id not in message:
        message = f"record {location.record_id}: {message}"
    return {
        "path": in_unicode(location.path),
        "sha256": sha256,
        "stage": stage,
        "error_type": type(error).__name__,
        "message": in_unicode(message),
    }


def in_unicode(text: str) -> str:
    """Spell out the bytes of a file's name that are no text: a table can't hold them."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()
