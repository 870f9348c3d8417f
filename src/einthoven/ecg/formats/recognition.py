"""The table of formats, and which of them a file is of: by its content; by its name only where the content is mute."""

from __future__ import annotations

import functools
from pathlib import Path

from einthoven.ecg.formats.file_format import FileFormat
from einthoven.ecg.formats.files import read_head
from einthoven.errors import UnreadableFileError
from einthoven.registry import names, resolve

__all__ = ["FORMATS", "HEAD_BYTES", "format_named", "format_of_content", "recognised_format"]

# asked in this order: formats with a signature of several bytes come before those that are known by their shape
FORMATS = {
    "dicom": "einthoven.ecg.formats.dicom.read:FORMAT",
    "kardia": "einthoven.ecg.formats.kardia.read:FORMAT",
    "scp": "einthoven.ecg.formats.scp.read:FORMAT",
    "edf": "einthoven.ecg.formats.edf.read:FORMAT",
    "ishne": "einthoven.ecg.formats.ishne:FORMAT",
    "mfer": "einthoven.ecg.formats.mfer.read:FORMAT",
    "muse": "einthoven.ecg.formats.muse.read:FORMAT",
    "philips": "einthoven.ecg.formats.philips.read:FORMAT",
    "aecg": "einthoven.ecg.formats.aecg.read:FORMAT",
    "fhir": "einthoven.ecg.formats.fhir.read:FORMAT",
    "schiller": "einthoven.ecg.formats.schiller.read:FORMAT",
    "cardiosoft": "einthoven.ecg.formats.cardiosoft.read:FORMAT",
    "mortara": "einthoven.ecg.formats.mortara.read:FORMAT",
    "kardia_json": "einthoven.ecg.formats.kardia.api_json:FORMAT",
    "wfdb": "einthoven.ecg.formats.wfdb.read:FORMAT",
    "npz": "einthoven.ecg.formats.npz.read:FORMAT",
    "array": "einthoven.ecg.formats.array.read:FORMAT",
}
HEAD_BYTES = 1 << 16
_STRANGERS = {
    b"%pdf": "a PDF, a picture of an ECG at best: export the recording itself, for example as DICOM or XML",
    b"pk\x03\x04": "a ZIP archive: unpack it and name the folder",
    b"\x1f\x8b": "compressed (gzip): unpack it first",
    b"<!doctype html": "a web page, often a failed download: fetch the file again",
    b"<html": "a web page, often a failed download: fetch the file again",
}
_BY_SUFFIX = {".hea": "wfdb", ".dat": "wfdb", ".mat": "wfdb", ".csv": "array"}


@functools.lru_cache(maxsize=128)  # once per record of an archive
def format_named(name: str) -> FileFormat:
    """Return a member of the table, or of another package.

    Raises
    ------
    UnknownNameError
        Names the nearest format.
    """
    file_format: FileFormat = resolve("formats", name, FORMATS)
    return file_format


def recognised_format(path: Path) -> str:
    """Return the format of a file.

    Raises
    ------
    UnreadableFileError
        When there is no such file, or neither its content nor its name is known.
    """
    if not path.is_file() and (path.suffix == ".hea" or Path(f"{path}.hea").is_file()):
        return "wfdb"  # its reader says best what is missing
    known = format_of_content(path)
    if known:
        return known
    _refuse_stranger(path)
    if Path(f"{path}.hea").is_file():
        return "wfdb"
    by_name = _BY_SUFFIX.get(path.suffix.lower())
    if by_name:
        return by_name
    titles = "; ".join(format_named(name).title for name in FORMATS)
    raise UnreadableFileError(f"{path} is of no known format; supported: {titles}")


def _refuse_stranger(path: Path) -> None:
    """Call by its name what an export often holds instead of an ECG."""
    if not path.is_file():
        raise UnreadableFileError(f"{path} is not a regular file: name a file or a folder")
    if path.stat().st_size == 0:
        raise UnreadableFileError(f"{path} is empty (0 bytes): export or copy it again")
    head = read_head(path, size=1024).lstrip().lower()
    for start, what in _STRANGERS.items():
        if head.startswith(start):
            raise UnreadableFileError(f"{path} is {what}")


def format_of_content(path: Path) -> str | None:
    """Return the format that the first bytes of a file show, None when they show none.

    Raises
    ------
    UnreadableFileError
        When the file can't be read.
    """
    try:
        head = read_head(path, size=HEAD_BYTES)
    except OSError as error:
        raise UnreadableFileError(f"{path} can't be read ({error.strerror}): check the path and its rights") from error
    return next((name for name in _all_names() if format_named(name).recognises(head)), None)


@functools.lru_cache(maxsize=1)  # looking through the installed packages takes milliseconds
def _all_names() -> list[str]:
    return [*FORMATS, *(name for name in names("formats", FORMATS) if name not in FORMATS)]
