"""All ECGs of a folder, whatever their formats."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from einthoven.ecg.formats.location import RecordLocation
from einthoven.ecg.formats.recognition import format_named, format_of_content
from einthoven.errors import UnreadableFileError

__all__ = ["Found", "search_folder"]

_SIGNAL_SUFFIXES = (".dat", ".mat")  # of WFDB, beside a header: not worth opening in an archive of millions


@dataclass(frozen=True, slots=True)
class Found:
    """The ECGs of a folder, the files that are none, and why files and folders could not be looked into."""

    locations: list[RecordLocation]
    others: list[Path]
    unreadable: list[str] = field(default_factory=list)


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
    unreadable: list[str] = []
    for path, beside_header in _files_of(folder, unreadable):
        try:
            name = format_of_content(path)
        except UnreadableFileError as error:
            unreadable.append(str(error))
            continue
        if name in (None, "array", "wfdb") or only not in (None, name):
            if str(path) not in orphans and not beside_header:
                others.append(path)
            continue
        orphans.pop(str(path), None)
        taken[str(path)] = RecordLocation(path.stem, str(path), name, _understood(name, options))
    return Found([*taken.values(), *orphans.values()], sorted(others), sorted(unreadable))


def _wfdb_records(folder: Path, options: Mapping[str, Any]) -> list[RecordLocation]:
    locate = format_named("wfdb").locate
    assert locate is not None
    return list(locate(folder, options=_understood("wfdb", options)))


def _files_of(folder: Path, unreadable: list[str]) -> Iterator[tuple[Path, bool]]:
    """Yield all files but WFDB's own, and whether they stand beside a header of the same stem, as annotations do."""

    def note(error: OSError) -> None:
        unreadable.append(f"the folder {error.filename} can't be read ({error.strerror}): check its rights")

    for parent, _, names in os.walk(folder, onerror=note):
        stems = {name.removesuffix(".hea") for name in names if name.endswith(".hea")}
        for name in names:
            stem, suffix = os.path.splitext(name)  # noqa: PTH122 - once per file of an archive
            if suffix != ".hea" and not (stem in stems and suffix in _SIGNAL_SUFFIXES):
                yield Path(parent, name), stem in stems


def _understood(name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Options that this reader knows; in a mixed folder each reader gets its own."""
    return {key: value for key, value in options.items() if key in format_named(name).options}
