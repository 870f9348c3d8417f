"""What a member of the table of formats is: a few plain functions under one name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from einthoven.ecg.formats.location import RecordLocation
from einthoven.ecg.record import Record

__all__ = ["FileFormat", "Locate", "ReadRecord", "never", "no_identifiers", "one_record_per_file"]


class ReadRecord(Protocol):
    """Reads one ECG."""

    def __call__(self, location: RecordLocation, *, with_sha256: bool = True) -> Record:
        """Return the ECG, hashed into its provenance when ``with_sha256``."""
        ...


class Locate(Protocol):
    """Lists the ECGs of a folder, recursively, or of one file."""

    def __call__(self, path: Path, *, options: dict[str, Any]) -> Sequence[RecordLocation]:
        """Return one location per ECG; ``options`` go with each."""
        ...


def never(_head: bytes) -> bool:
    """Recognise nothing: the format has no signature of its own and is known by name or by being declared."""
    return False


def no_identifiers(_location: RecordLocation) -> tuple[str, ...]:
    """Find no identifiers: the format has no place for them."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFormat:
    """A format that can be read.

    Attributes
    ----------
    name : str
        As in the table of formats.
    title : str
        As its owners write it, with the versions that are read.
    read : ReadRecord
    recognises : callable of bytes to bool
        Whether the first bytes of a file (``recognition.HEAD_BYTES`` at most) are of this format, whatever its name.
    options : tuple of str
        What the reader may be told.
    locate : Locate, optional
        Where one file isn't one record; None lists the file itself.
    identifiers : callable of RecordLocation to tuple of str
        The direct identifiers that a file spells out: names, numbers, addresses, dates of birth. What de-identification
        must not leave behind.
    """

    name: str
    title: str
    read: ReadRecord
    recognises: Callable[[bytes], bool] = never
    options: tuple[str, ...] = ()
    locate: Locate | None = None
    identifiers: Callable[[RecordLocation], tuple[str, ...]] = no_identifiers


def one_record_per_file(path: Path, *, format_name: str, options: dict[str, Any]) -> list[RecordLocation]:
    """Return the one record that a file of this format is."""
    return [RecordLocation(path.stem, str(path), format_name, options)]
