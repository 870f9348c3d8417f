"""Which files of a folder are WFDB records, and which files belong to one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from einthoven.ecg.formats.files import read_head
from einthoven.ecg.formats.location import RecordLocation
from einthoven.ecg.formats.options import check_options
from einthoven.ecg.formats.wfdb.header import is_header, parse_header
from einthoven.errors import RecordError, UnreadableFileError

__all__ = ["OPTIONS", "data_path", "header_path", "locate"]

OPTIONS = ("unit", "verify_checksum")

_SIGNAL_SUFFIXES = (".dat", ".mat")
_HEADER_BYTES = 1 << 20


def locate(path: Path, *, options: Mapping[str, Any]) -> list[RecordLocation]:
    """Return the WFDB records under a folder, recursively, or the one of a file.

    Left out: headers without signals (annotations only) and the segments of multi-segment records. A damaged header
    and a signal file without header are returned, so that reading them says what is wrong instead of leaving
    patients out in silence.

    Raises
    ------
    UnknownNameError
        For an option the reader does not know.
    """
    check_options(options, accepted=OPTIONS, reader="wfdb")
    found = _records_in(path) if path.is_dir() else [path]
    return [RecordLocation(file.name.removesuffix(file.suffix), str(file), "wfdb", options) for file in found]


def header_path(path: str) -> str:
    """Return the header that belongs to ``path``: itself, the name with ``.hea``, or the one beside a signal file.

    Raises
    ------
    UnreadableFileError
        When a signal file has no header.
    """
    if path.endswith(".hea"):
        return path
    if Path(f"{path}.hea").is_file():
        return f"{path}.hea"
    beside = Path(path).with_suffix(".hea")
    if beside.is_file():
        return str(beside)
    if not Path(path).is_file():
        return f"{path}.hea"
    with Path(path).open("rb") as file:
        head = file.read(4096)
    if is_header(head):
        return path
    kind = "a MATLAB 5 structure" if head.startswith(b"MATLAB 5.0") else "a signal file"
    raise UnreadableFileError(
        f"{path} is {kind} and can't be read for want of its header ({beside.name}), which holds rate, unit and leads: "
        "put the header beside it, or read it as an array with a declared layout (format 'array')"
    )


def data_path(header: str, file_name: str) -> str:
    """Return the path of a file that a header names; only files in the header's own folder are accepted.

    Raises
    ------
    UnreadableFileError
        For names with a folder in them: a hostile header could name any file of the machine.
    """
    if not file_name or file_name != os.path.basename(file_name) or file_name in (".", "..") or "\0" in file_name:  # noqa: PTH119 - a Path would cost more than the read
        raise UnreadableFileError(f"{header} names the file {file_name!r}, which is not in its folder: move it there")
    return os.path.join(os.path.dirname(header), file_name)  # noqa: PTH118, PTH120 - as above


def _records_in(folder: Path) -> list[Path]:
    found: list[Path] = []
    for parent, _, files in os.walk(folder):
        headers = [name for name in files if name.endswith(".hea")]
        inner = _not_records(parent, headers)
        found += [Path(parent, name) for name in headers if name not in inner]
        found += [Path(parent, name) for name in _orphans(parent, files, headers)]
    return found


def _not_records(parent: str, headers: list[str]) -> set[str]:
    """Names of headers that are no records of their own."""
    inner: set[str] = set()
    for name in headers:
        line = _record_line(os.path.join(parent, name))  # noqa: PTH118 - once per record of an archive
        words = line.split()
        if b"/" in words[0] if words else False:
            inner |= {f"{segment}.hea" for segment in _segments(Path(parent, name))}
        elif len(words) > 1 and words[1] == b"0":
            inner.add(name)
    return inner


def _record_line(path: str) -> bytes:
    try:
        head = read_head(path, size=4096)
    except OSError:
        return b""
    for line in head.splitlines():
        stripped = line.strip()
        if stripped and not stripped.startswith(b"#"):
            return stripped
    return b""


def _segments(path: Path) -> list[str]:
    try:
        return [segment.name for segment in parse_header(read_head(path, size=_HEADER_BYTES), path=str(path)).segments]
    except (RecordError, OSError):
        return []


def _orphans(parent: str, files: list[str], headers: list[str]) -> list[str]:
    stems = {name.removesuffix(".hea") for name in headers}
    orphans = [name for name in files if name.endswith(_SIGNAL_SUFFIXES) and name[:-4] not in stems]
    if not orphans:
        return []
    named: set[str] = set()
    for name in headers:
        try:
            header = parse_header(read_head(Path(parent, name), size=_HEADER_BYTES), path=name)
        except (RecordError, OSError):
            continue
        named |= {line.file_name for line in header.signals}
    return [name for name in orphans if name not in named]
