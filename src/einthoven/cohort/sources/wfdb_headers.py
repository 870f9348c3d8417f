"""WFDB headers of public data sets: age, sex and diagnoses from their comments, without a look at signals and samples.

Only comments are read: a header whose lines of signals are damaged (two of Chapman-Shaoxing-Ningbo are) still says
whose ECG it is and what was found, and reading its signal says what is wrong.
"""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from einthoven.ecg.formats import RecordLocation
from einthoven.ecg.formats.files import read_head
from einthoven.ecg.formats.wfdb.comments import Particulars, particulars
from einthoven.ecg.formats.wfdb.header import Header
from einthoven.errors import CohortError

__all__ = ["CommentedHeader", "find_files", "header_locations", "header_rows", "read_headers", "require_folder"]

HEADER_BYTES = 1 << 16  # the longest, of PTB with their histories, have 4,000


@dataclass(frozen=True, slots=True)
class CommentedHeader:
    """What the comments of one header say.

    Attributes
    ----------
    record_id : str
        The file's name without ``.hea``.
    path : str
    comments : tuple of str
        Without ``#`` and the blanks around.
    about : Particulars
        Age, sex, date and diagnoses, as every reader of WFDB files takes them.
    """

    record_id: str
    path: str
    comments: tuple[str, ...]
    about: Particulars


def read_headers(folder: Path, *patterns: str) -> tuple[CommentedHeader, ...]:
    """Return the headers under ``folder`` whose names match one of the patterns; see ``find_files``."""
    return tuple(_read(path) for path in find_files(folder, *patterns))


def find_files(folder: Path, *patterns: str) -> list[str]:
    """Return the files under ``folder``, recursively, in the order of their names, numbers by value.

    Raises
    ------
    CohortError
        When there is no such folder or file, a folder can't be read, or two files share a name: both would be one ECG.
    """
    require_folder(folder)
    wanted = re.compile("|".join(fnmatch.translate(pattern) for pattern in patterns))
    found: dict[str, str] = {}
    for parent, _, names in os.walk(folder, onerror=_refuse):
        for name in names:
            if not wanted.match(name):
                continue
            path = os.path.join(parent, name)  # noqa: PTH118 - once per record of an archive
            if name in found:
                raise CohortError(f"{found[name]} and {path} have the same name: set the path to one of their folders")
            found[name] = path
    if not found:
        entries = ", ".join(sorted(entry.name for entry in folder.iterdir())[:8]) or "nothing"
        raise CohortError(f"{folder} has no file {' or '.join(patterns)}, nor has a folder in it; it holds {entries}")
    return [found[name] for name in sorted(found, key=_natural)]


def require_folder(folder: Path) -> None:
    """Refuse a path that is no folder."""
    if not folder.is_dir():
        raise CohortError(
            f"there is no folder {folder}; set the path of the data in the study file, or --data NAME=PATH"
        )


def header_rows(
    folder: Path, headers: Sequence[CommentedHeader], *, patients: Iterable[str] | None = None
) -> dict[str, list[object]]:
    """Return the cohort's columns of headers; without ``patients`` each ECG is taken for a patient of its own."""
    return {
        "record_id": [header.record_id for header in headers],
        "patient_id": list(patients) if patients is not None else [header.record_id for header in headers],
        "path": [header.path.removeprefix(f"{folder}{os.sep}") for header in headers],
        "age_years": [header.about.age_years for header in headers],
        "sex": [header.about.sex for header in headers],
    }


def header_locations(folder: Path, columns: dict[str, list[object]]) -> tuple[RecordLocation, ...]:
    """Return where the ECGs of the rows lie."""
    rows = zip(columns["record_id"], columns["patient_id"], columns["path"], strict=True)
    return tuple(
        RecordLocation(str(record_id), os.path.join(folder, str(path)), "wfdb", {}, patient_id=str(patient))  # noqa: PTH118 - as above
        for record_id, patient, path in rows
    )


def _read(path: str) -> CommentedHeader:
    try:
        content = read_head(path, size=HEADER_BYTES)
    except OSError as error:
        _refuse(error)
    lines = [line.strip() for line in content.decode("utf-8", errors="replace").splitlines()]
    comments = tuple(line[1:].strip() for line in lines if line.startswith("#"))
    name = os.path.basename(path).removesuffix(".hea")  # noqa: PTH119 - as above
    about = particulars(Header(name, rate_hz=0, n_samples=0, start=(), signals=(), segments=(), comments=comments))
    return CommentedHeader(name, path, comments, about)


def _refuse(error: OSError) -> None:
    raise CohortError(f"{error.filename} can't be read ({error.strerror}): check its rights") from error


def _natural(name: str) -> list[tuple[bool, int, str]]:
    parts = re.split(r"(\d+)", name)
    return [(not part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts]
