"""Read one ECG, or list the ECGs of a folder, whatever the format."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from einthoven.ecg.formats.location import RecordLocation
from einthoven.ecg.formats.recognition import recognised_format
from einthoven.ecg.record import Record
from einthoven.errors import UnreadableFileError
from einthoven.registry import resolve

__all__ = ["FORMATS", "LOCATORS", "locate", "read"]

FORMATS = {
    "array": "einthoven.ecg.formats.array:read",
    "wfdb": "einthoven.ecg.formats.wfdb:read",
}
# what lists the records of a folder or of one file, for each member of FORMATS
LOCATORS = {
    "array": "einthoven.ecg.formats.array_locate:locate",
    "wfdb": "einthoven.ecg.formats.wfdb_locate:locate",
}


def read(location: RecordLocation | Path | str, *, with_sha256: bool = True) -> Record:
    """Return the ECG at a location, or in a file that says all about itself.

    Parameters
    ----------
    location : RecordLocation, Path or str
        A bare path is read without options; the record is named after the file.
    with_sha256 : bool
        Hash the bytes into the provenance; leave it out where speed counts more.

    Raises
    ------
    RecordError
        Of the kind that says what is wrong with the file.
    UnknownNameError
        For a format or option that does not exist.
    """
    if not isinstance(location, RecordLocation):
        path = Path(location)
        location = RecordLocation(path.stem, str(path), recognised_format(path))
    record: Record = resolve("formats", location.format, FORMATS)(location, with_sha256=with_sha256)
    return record


def locate(
    path: Path | str,
    *,
    format: str | None = None,  # noqa: A002 - the word of the study file
    options: Mapping[str, Any] | None = None,
) -> list[RecordLocation]:
    """Return where the ECGs of a folder (searched recursively) or of one file lie, in natural order of path.

    Parameters
    ----------
    path : Path or str
    format : str, optional
        A folder is searched for WFDB records unless this says otherwise; a file is recognised by name or content.
    options : mapping, optional
        Handed to the reader with each record; for arrays the declared layout.

    Raises
    ------
    UnreadableFileError
        When there is nothing at ``path``, or no ECG in it.

    Notes
    -----
    Records are named after their files; where two files of a folder share a name, after their paths in it.
    """
    path = Path(path)
    if not path.exists() and not Path(f"{path}.hea").exists():
        raise UnreadableFileError(f"{path} does not exist: check the path")
    name = format or ("wfdb" if path.is_dir() else recognised_format(path))
    resolve("formats", name, FORMATS)
    found: Sequence[RecordLocation] = resolve("locators", name, LOCATORS)(path, options=dict(options or {}))
    if not found:
        raise UnreadableFileError(
            f"{path} holds no {name} record: check the path; for arrays, declare what they hold: --layout LAYOUT.toml "
            "on the command line, or source = 'arrays' in a study file"
        )
    return _named_apart(sorted(found, key=lambda location: _natural(location.path)), path)


def _natural(path: str) -> list[tuple[bool, int, str]]:
    parts = re.split(r"(\d+)", path)
    return [(not part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts]


def _named_apart(locations: list[RecordLocation], folder: Path) -> list[RecordLocation]:
    doubled = {name for name, count in Counter(location.record_id for location in locations).items() if count > 1}
    if not doubled:
        return locations
    apart = []
    for location in locations:
        if location.record_id in doubled:
            file = Path(location.path)
            row = location.record_id.removeprefix(file.stem)
            name = f"{file.relative_to(folder).with_suffix('')}{row}"
            apart.append(dataclasses.replace(location, record_id=name))
        else:
            apart.append(location)
    return apart
