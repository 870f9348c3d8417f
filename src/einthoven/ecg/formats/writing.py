"""Write one ECG as a file of another format."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from einthoven.ecg.formats.amplitudes import beyond_measure
from einthoven.ecg.record import Record
from einthoven.errors import SignalError, SpecificationError, UnknownNameError
from einthoven.registry import names, nearest, resolve

__all__ = [
    "SUFFIXES",
    "WRITERS",
    "EncodeRecord",
    "check_format",
    "encode",
    "format_for",
    "suffix_of",
    "write",
    "write_files",
]

WRITERS: dict[str, str] = {
    "aecg": "einthoven.ecg.formats.aecg.write:encode",
    "csv": "einthoven.ecg.formats.array.csv_write:encode",
    "dicom": "einthoven.ecg.formats.dicom.write:encode",
    "muse": "einthoven.ecg.formats.muse.write:encode",
    "fhir": "einthoven.ecg.formats.fhir.write:encode",
    "npz": "einthoven.ecg.formats.npz.write:encode",
    "scp": "einthoven.ecg.formats.scp.write:encode",
    "wfdb": "einthoven.ecg.formats.wfdb.write:encode",
}
SUFFIXES = {
    ".csv": "csv",
    ".dcm": "dicom",
    ".hea": "wfdb",
    ".json": "fhir",
    ".npz": "npz",
    ".scp": "scp",
}


class EncodeRecord(Protocol):
    """Encodes one ECG."""

    def __call__(self, record: Record, path: Path) -> dict[str, bytes]:
        """Return the content of each file by its name; most formats give one, named as ``path``."""
        ...


def write(record: Record, path: Path | str, *, format: str | None = None) -> list[Path]:  # noqa: A002 - the user's word
    """Write a record and return the files; each appears whole or not at all.

    Parameters
    ----------
    record : Record
    path : Path or str
        Its suffix says the format where ``format`` doesn't; ``.xml`` may be ``muse`` or ``aecg``, which has to be said.
    format : str, optional
        A name in ``WRITERS``.

    Raises
    ------
    SpecificationError
        When the format is not known or not said.
    UnitError, SignalError, LeadError
        When the format can't hold this record.
    """
    path = Path(path)
    return write_files(encode(record, path, format=format or format_for(path)), path.parent)


def encode(record: Record, path: Path, *, format: str) -> dict[str, bytes]:  # noqa: A002 - the user's word
    """Return the content of each file by its name, without writing any.

    Raises
    ------
    UnknownNameError, UnitError, SignalError, LeadError
        When there is no such format, or it can't hold this record.
    """
    check_format(format)
    if beyond_measure(record.signal):
        raise SignalError(f"record {record.record_id} holds amplitudes that no reader takes: write NaN where unknown")
    encode_record: EncodeRecord = resolve("writers", format, WRITERS)
    return encode_record(record, path)


def check_format(format: str) -> None:  # noqa: A002 - the user's word
    """Refuse a format that can't be written.

    Raises
    ------
    UnknownNameError
        Names the nearest, or all.
    """
    if format not in WRITERS and format not in (writable := names("writers", WRITERS)):
        raise UnknownNameError(f"{format!r} is no format that can be written{nearest(format, writable)}")


def write_files(files: Mapping[str, bytes], folder: Path) -> list[Path]:
    """Write the files of one ECG into a folder, which is made where it is missing: all of them, each whole, or none."""
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    try:
        for name, content in files.items():
            _write_whole(folder / name, content)
            written.append(folder / name)
    except BaseException:  # an interrupted user, too, must not find a header without its samples
        for file in written:
            _remove(file)
        raise
    return written


def _write_whole(target: Path, content: bytes) -> None:
    temporary = target.with_name(f"{target.name}.part")
    try:
        temporary.write_bytes(content)
        os.replace(temporary, target)  # noqa: PTH105 - the call whose atomicity is meant
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(target)) from error  # a full disk names no file
    finally:
        _remove(temporary)


def _remove(file: Path) -> None:
    with contextlib.suppress(OSError):
        file.unlink(missing_ok=True)


def format_for(path: Path) -> str:
    """Return the format that a suffix stands for.

    Raises
    ------
    SpecificationError
        For a suffix that stands for none, or for two.

    Examples
    --------
    >>> format_for(Path("a.dcm"))
    'dicom'
    """
    suffix = path.suffix.lower()
    if suffix in SUFFIXES:
        return SUFFIXES[suffix]
    if suffix == ".xml":
        raise SpecificationError(f"{path.name} may be MUSE XML or HL7 aECG: say which, --to muse or --to aecg")
    raise SpecificationError(
        f"no format is written as {path.name!r} unless you say which, for example --to dicom{nearest(suffix, SUFFIXES)}"
    )


def suffix_of(format: str) -> str:  # noqa: A002 - the user's word
    """Return the suffix that files of a format get.

    Examples
    --------
    >>> suffix_of("dicom"), suffix_of("muse")
    ('.dcm', '.xml')
    """
    return next((suffix for suffix, name in SUFFIXES.items() if name == format), ".xml")
