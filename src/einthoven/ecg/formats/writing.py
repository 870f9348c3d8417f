"""Write one ECG as a file of another format."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

from einthoven.ecg.record import Record
from einthoven.errors import SpecificationError
from einthoven.registry import nearest, resolve

__all__ = ["SUFFIXES", "WRITERS", "WriteRecord", "format_for", "write"]

WRITERS: dict[str, str] = {}
SUFFIXES = {
    ".csv": "csv",
    ".dcm": "dicom",
    ".hea": "wfdb",
    ".json": "fhir",
    ".npz": "npz",
    ".scp": "scp",
}


class WriteRecord(Protocol):
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
    encode: WriteRecord = resolve("writers", format or format_for(path), WRITERS)
    files = encode(record, path)
    path.parent.mkdir(parents=True, exist_ok=True)
    written = []
    for name, content in files.items():
        target = path.parent / name
        temporary = target.with_name(f"{name}.part")
        temporary.write_bytes(content)
        os.replace(temporary, target)  # noqa: PTH105 - the call whose atomicity is meant
        written.append(target)
    return written


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
    raise SpecificationError(f"no format is written as {path.name!r}{nearest(suffix, SUFFIXES)}; or say it: --to dicom")
