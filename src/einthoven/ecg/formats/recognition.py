"""Which format a file is of: by its name, and by its first bytes where the name says nothing."""

from __future__ import annotations

from pathlib import Path

from einthoven.ecg.formats.wfdb_header import is_header
from einthoven.errors import UnreadableFileError

__all__ = ["recognised_format"]

_BY_SUFFIX = {
    ".hea": "wfdb",
    ".dat": "wfdb",
    ".mat": "wfdb",
    ".npy": "array",
    ".npz": "array",
    ".csv": "array",
    ".h5": "array",
    ".hdf5": "array",
}
_BY_FIRST_BYTES = {b"\x93NUMPY": "array", b"PK\x03\x04": "array", b"\x89HDF\r\n\x1a\n": "array"}


def recognised_format(path: Path) -> str:
    """Return the format of a file.

    Raises
    ------
    UnreadableFileError
        When there is no such file, or neither its name nor its content is known.
    """
    known = _BY_SUFFIX.get(path.suffix.lower())
    if known:
        return known
    if Path(f"{path}.hea").is_file():
        return "wfdb"
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise UnreadableFileError(f"{path} can't be read ({error.strerror}): check the path") from error
    for magic, name in _BY_FIRST_BYTES.items():
        if head.startswith(magic):
            return name
    if is_header(head):
        return "wfdb"
    raise UnreadableFileError(
        f"{path} is of no known format; supported: WFDB (.hea with .dat or .mat), and arrays with a declared layout "
        "(.npy, .npz, .csv, .h5, .hdf5)"
    )
