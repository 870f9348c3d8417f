"""All ECGs of a folder, whatever their formats."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from einthoven.ecg.formats.location import RecordLocation
from einthoven.ecg.formats.recognition import format_named, format_of_content
from einthoven.errors import UnreadableFileError

__all__ = ["Found", "search_folder"]


@dataclass(frozen=True, slots=True)
class Found:
    """The ECGs of a folder, and the files that are none."""

    locations: list[RecordLocation]
    others: list[Path]


def search_folder(folder: Path, *, options: Mapping[str, Any], only: str | None = None) -> Found:
    """Return the ECGs under ``folder``, recursively, found by content; files of no known format come back beside them.

    Arrays say nothing by themselves: they are found only by ``locate(..., format="array")`` with a declared layout.

    Parameters
    ----------
    folder : Path
    options : mapping
        Handed on to those readers that know them.
    only : str, optional
        The one format to look for.
    """
    taken: dict[str, RecordLocation] = {}
    orphans: dict[str, RecordLocation] = {}
    if only in (None, "wfdb"):
        for location in _wfdb_records(folder, options):
            (taken if location.path.endswith(".hea") else orphans)[location.path] = location
    others: list[Path] = []
    for path in _unclaimed(folder, headers=taken):
        name = _format_of(path)
        if name in (None, "array", "wfdb") or only not in (None, name):
            if str(path) not in orphans:
                others.append(path)
            continue
        orphans.pop(str(path), None)
        taken[str(path)] = RecordLocation(path.stem, str(path), name, _understood(name, options))
    return Found([*taken.values(), *orphans.values()], sorted(others))


def _wfdb_records(folder: Path, options: Mapping[str, Any]) -> list[RecordLocation]:
    locate = format_named("wfdb").locate
    assert locate is not None
    return list(locate(folder, options=_understood("wfdb", options)))


def _unclaimed(folder: Path, *, headers: Mapping[str, RecordLocation]) -> list[Path]:
    """Files that don't stand beside a WFDB header of the same stem."""
    stems = {path.removesuffix(".hea") for path in headers}
    files: list[Path] = []
    for parent, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(parent, name)  # noqa: PTH118 - once per file of an archive
            if os.path.splitext(path)[0] not in stems and not name.endswith(".hea"):  # noqa: PTH122 - as above
                files.append(Path(path))
    return files


def _format_of(path: Path) -> str | None:
    try:
        return format_of_content(path)
    except UnreadableFileError:
        return None


def _understood(name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Options that this reader knows; in a mixed folder each reader gets its own."""
    return {key: value for key, value in options.items() if key in format_named(name).options}
