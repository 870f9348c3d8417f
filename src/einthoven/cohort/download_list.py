"""Which files a data set has: PhysioNet's SHA256SUMS.txt, Zenodo's record, or the catalogue's own list.

A list comes from outside and names files that will be written, so that no name may lead out of the folder.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any
from urllib.parse import quote, urlsplit

from einthoven.errors import CohortError

__all__ = ["CHECKSUM_LIST", "RemoteFile", "catalogue_files", "parse_sha256sums", "parse_zenodo_record", "select_files"]

CHECKSUM_LIST = "SHA256SUMS.txt"  # at the root of each version that PhysioNet publishes
OWN_FILES = (".einthoven_download", ".part", ".part.validator")  # endings of what a download writes for itself
_LINE = re.compile(r"(?P<sum>[0-9a-fA-F]{64})[ \t]+\*?(?P<path>.+)")  # as `sha256sum` writes it
_PLAIN = re.compile(
    r"\w[\w.-]*(?:/\w[\w.-]*)*", re.ASCII
)  # nearly all, and nothing to look into: there may be millions
_DIGITS = {"md5": 32, "sha256": 64}


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One file of a data set.

    Attributes
    ----------
    path : str
        Relative, with ``/``, inside the folder.
    url : str
    checksum : str
        ``sha256:`` or ``md5:`` and lower hexadecimal digits; empty where the owners publish none.
    size : int, optional
        Bytes, where the list says.
    """

    path: str
    url: str
    checksum: str = ""
    size: int | None = None


def parse_sha256sums(text: str, *, base_url: str, source: str) -> list[RemoteFile]:
    """Return the files of a checksum list.

    Parameters
    ----------
    text : str
    base_url : str
        Address of the folder that the names are relative to.
    source : str
        Where the list is from, for errors.

    Raises
    ------
    CohortError
        Names the line: it isn't one of a checksum list, leads out of the folder, or contradicts another one.

    Examples
    --------
    >>> parse_sha256sums("0" * 64 + "  a/b.dat", base_url="https://x.org/1/", source="list")[0].url
    'https://x.org/1/a/b.dat'
    """
    found: dict[str, RemoteFile] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        match = _LINE.fullmatch(line.rstrip())
        if match is None:
            raise CohortError(f"{source}, line {number}: a SHA-256 sum and a name are expected, got {line[:80]!r}")
        path = _inside(match["path"], where=f"{source}, line {number}")
        checksum = f"sha256:{match['sum'].lower()}"
        if path in found and found[path].checksum != checksum:
            raise CohortError(f"{source}, line {number}: {path} is listed twice, with different sums")
        found[path] = RemoteFile(path, base_url.rstrip("/") + "/" + quote(path), checksum)
    if not found:
        raise CohortError(f"{source} lists no files: it is empty")
    return list(found.values())


def parse_zenodo_record(text: str, *, record_url: str) -> list[RemoteFile]:
    """Return the files of a record in Zenodo's interface (https://developers.zenodo.org, "Records").

    Raises
    ------
    CohortError
        The answer is no record, lists nothing, or names a file outside the folder.
    """
    try:
        entries = [(entry["key"], entry["checksum"], int(entry["size"]), entry) for entry in json.loads(text)["files"]]
    except (ValueError, KeyError, TypeError) as error:
        raise CohortError(
            f"{record_url} gave no record with files (key, checksum, size), but {text[:80]!r}: check the address"
        ) from error
    if not entries:
        raise CohortError(f"{record_url} lists no files")
    return [
        RemoteFile(
            path=_inside(key, where=record_url),
            url=_content_url(entry, key, record_url=record_url),
            checksum=_checksum(checksum, where=f"{record_url}, {key}"),
            size=size,
        )
        for key, checksum, size, entry in entries
    ]


def catalogue_files(files: Iterable[Mapping[str, Any]], *, base_url: str | None = None) -> list[RemoteFile]:
    """Return the files that a catalogue lists itself; ``base_url`` replaces their addresses by ``base_url/path``."""
    found = []
    for entry in files:
        path = _inside(entry["path"], where="the catalogue")
        algorithm = next((name for name in _DIGITS if name in entry), None)
        checksum = _checksum(f"{algorithm}:{entry[algorithm]}", where=path) if algorithm else ""
        url = entry["url"] if base_url is None else base_url.rstrip("/") + "/" + quote(path)
        found.append(RemoteFile(path, url, checksum, entry.get("size")))
    return found


def select_files(files: Sequence[RemoteFile], patterns: Sequence[str]) -> list[RemoteFile]:
    """Return the files that match any of ``patterns``; ``*`` also stands for ``/``. All without patterns.

    Raises
    ------
    CohortError
        For a pattern that matches nothing; names what there is.
    """
    for pattern in patterns:
        if not any(fnmatchcase(file.path, pattern) for file in files):
            there = sorted({_top(file.path) for file in files})
            raise CohortError(f"no file matches {pattern!r}; there are {', '.join(there[:12])}")
    return [file for file in files if not patterns or any(fnmatchcase(file.path, pattern) for pattern in patterns)]


def _top(path: str) -> str:
    first, slash, _ = path.partition("/")
    return f"{first}/*" if slash else first


def _inside(name: Any, *, where: str) -> str:
    """Return a name that stays inside the folder, whatever the system, or refuse it."""
    if not isinstance(name, str) or not name or not name.isprintable():
        raise CohortError(f"{where}: {name!r} is no name of a file")
    path = name
    if not _PLAIN.fullmatch(name):
        given = PurePosixPath(name)
        has_root = given.is_absolute() or PureWindowsPath(name).drive or "\\" in name
        if has_root or ".." in given.parts or not given.parts:
            raise CohortError(
                f"{where}: {name!r} leads out of the folder: the list is damaged or hostile, nothing is fetched"
            )
        path = given.as_posix()
    if path.endswith(OWN_FILES):
        raise CohortError(f"{where}: {name!r} is a name that the download keeps for itself")
    return path


def _content_url(entry: Mapping[str, Any], key: str, *, record_url: str) -> str:
    """Return the address of a file's bytes: the record's own link while it stays on that host."""
    link = entry.get("links", {}).get("self", "") if isinstance(entry.get("links"), dict) else ""
    if isinstance(link, str) and urlsplit(link)[:2] == urlsplit(record_url)[:2]:
        return link
    return f"{record_url.rstrip('/')}/files/{quote(key)}/content"


def _checksum(text: Any, *, where: str) -> str:
    algorithm, _, digits = str(text).lower().partition(":")
    if not re.fullmatch(f"[0-9a-f]{{{_DIGITS.get(algorithm, 0)}}}", digits) or algorithm not in _DIGITS:
        raise CohortError(f"{where}: a checksum must be md5 or sha256 with its digits, got {text!r}")
    return f"{algorithm}:{digits}"
