"""What is said of files that a verb could not use: one line each, fit for a terminal, to the error stream."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from einthoven.ecg.formats import RecordLocation
    from einthoven.ecg.formats.search import Found

__all__ = ["DISK_IS_FULL", "naming", "print_failures", "reason_of", "system_error", "tell_left_out"]

DISK_IS_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)  # no other file would fare better

_REMEDIES = {
    errno.EACCES: "check the rights of file and folder, or name another place",
    errno.EPERM: "check the rights of file and folder, or name another place",
    errno.EROFS: "name a place that can be written to",
    errno.ENOSPC: "free some space, or name a place on another disk",
    errno.EDQUOT: "free some space, or name a place on another disk",
    errno.ENOENT: "check the path",
    errno.EEXIST: "name another place, or remove it first",
    errno.ENOTDIR: "a part of the path is a file: name another place",
    errno.EISDIR: "it is a folder: name a file",
    errno.ENAMETOOLONG: "name a shorter path",
    errno.ELOOP: "its links lead in a circle: name another place",
}


def system_error(error: OSError) -> str:
    """Return what the machine says of which file, and what to do.

    Examples
    --------
    >>> system_error(OSError(errno.ENOSPC, "No space left on device", "out/a.dcm"))
    'out/a.dcm: No space left on device: free some space, or name a place on another disk'
    """
    named = f"{error.filename}: " if error.filename else ""
    remedy = f": {_REMEDIES[error.errno]}" if error.errno in _REMEDIES else ""
    return f"{named}{error.strerror or error}{remedy}"


def reason_of(error: Exception, location: RecordLocation) -> str:
    """Return why one ECG could not be used; its file is named."""
    return naming(location.path, system_error(error) if isinstance(error, OSError) else str(error))


def naming(path: str, reason: str) -> str:
    """Return the reason with the file's name before it, unless it is in it.

    Examples
    --------
    >>> naming("a.xml", "a.xml is damaged"), naming("a.xml", "record a lacks V1")
    ('a.xml is damaged', 'a.xml: record a lacks V1')
    """
    return reason if path in reason else f"{path}: {reason}"


def print_failures(failures: Sequence[str], *, headline: str = "") -> None:
    """Print one line each below a headline."""
    from rich.console import Console

    from einthoven.drawing.printable import printable

    console = Console(stderr=True)
    if headline:
        console.print(f"[bold red]{headline}[/]", highlight=False)
    for reason in failures:
        console.print(f"  {printable(reason)}", highlight=False, markup=False, soft_wrap=True)


def tell_left_out(found: Found) -> None:
    """Say which files of a folder are no ECGs, and which may not even be read."""
    import typer

    from einthoven.cli.inspect_table import other_files_line

    line = other_files_line(found.others)
    if line:
        typer.echo(line, err=True)
    print_failures(found.unreadable)
