"""Order and names of the records that were found in a folder."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from einthoven.ecg.formats.location import RecordLocation

__all__ = ["in_natural_order", "named_apart"]


def in_natural_order(locations: Iterable[RecordLocation]) -> list[RecordLocation]:
    """Return the locations by path, numbers in it by value: ``rec9`` before ``rec10``."""
    return sorted(locations, key=lambda location: _natural(location.path))


def named_apart(locations: list[RecordLocation], folder: Path) -> list[RecordLocation]:
    """Return the locations with distinct record ids: those that are shared become paths in ``folder``.

    The suffix is kept only where two files differ in nothing else. Bytes of a name that are no text, as old archives
    have them, are spelled out: an id must fit into tables and files.
    """
    apart = _renamed(locations, lambda file: str(file.relative_to(folder).with_suffix("")))
    return [_in_unicode(location) for location in _renamed(apart, lambda file: str(file.relative_to(folder)))]


def _renamed(locations: list[RecordLocation], name_of: Callable[[Path], str]) -> list[RecordLocation]:
    doubled = {name for name, count in Counter(location.record_id for location in locations).items() if count > 1}
    return [
        dataclasses.replace(location, record_id=f"{name_of(Path(location.path))}{_row(location)}")
        if location.record_id in doubled
        else location
        for location in locations
    ]


def _in_unicode(location: RecordLocation) -> RecordLocation:
    name = location.record_id
    if name.isascii():
        return location
    return dataclasses.replace(location, record_id=name.encode("utf-8", "backslashreplace").decode())


def _row(location: RecordLocation) -> str:
    """Return what the reader added to the file's name to tell its records apart."""
    row = location.options.get("row")
    return "" if row is None or not location.record_id.endswith(f"_{row}") else f"_{row}"


def _natural(path: str) -> list[tuple[bool, int, str]]:
    parts = re.split(r"(\d+)", path)
    return [(not part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts]
