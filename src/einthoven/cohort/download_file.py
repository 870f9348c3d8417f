"""Fetch one file: resumed where it stopped, verified, and under its name only once it is whole.

What has arrived lies in ``NAME.part``; ``NAME.part.validator`` says of which version of the file it is (its ``ETag``
and ``Last-Modified``, RFC 9110). Only when the server says that it continues that very version are bytes added;
otherwise the file is fetched from its beginning.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from einthoven.cohort.download_http import RangeRefusedError, TransientError, Web
from einthoven.cohort.download_list import RemoteFile
from einthoven.errors import CohortError

__all__ = ["Patience", "StoppedError", "Transfer", "checksum_of", "fetch_file", "persistently"]

RESUMED_FROM_BYTES = 1 << 16  # less is fetched again sooner than a second file beside it is written
CHUNK_BYTES = 1 << 18
Result = TypeVar("Result")


class StoppedError(Exception):
    """The caller wants to stop; what has arrived stays."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long to wait for a server that fails: twice as long after each failure.

    Attributes
    ----------
    tries : int
        Failures in a row that are borne; a try that brought bytes begins the count anew.
    first_wait_s, longest_wait_s : float
    """

    tries: int = 6
    first_wait_s: float = 1.0
    longest_wait_s: float = 60.0

    def wait_s(self, failures: int, *, asked_for_s: float = 0.0) -> float:
        """Return the time until the next try, at least what the server asked for, within the limit.

        Examples
        --------
        >>> [Patience().wait_s(failures) for failures in (1, 2, 3, 10)]
        [1.0, 2.0, 4.0, 60.0]
        """
        return min(max(self.first_wait_s * 2.0 ** (failures - 1), asked_for_s), self.longest_wait_s)


@dataclass(frozen=True, slots=True)
class Transfer:
    """What all files of a download share.

    Attributes
    ----------
    web : Web
    patience : Patience
    wait : callable of seconds
    should_stop : callable
        Asked between chunks.
    received : callable of int
        Told how many bytes arrived; a negative number when some were thrown away.
    """

    web: Web
    patience: Patience
    wait: Callable[[float], object]
    should_stop: Callable[[], bool]
    received: Callable[[int], object]


def fetch_file(file: RemoteFile, target: Path, *, transfer: Transfer) -> None:
    """Put a file at ``target``, whole and verified; a wrong checksum is given one more try from the beginning.

    Raises
    ------
    CohortError
        The server doesn't give it, or twice gave something else; names file and both sums.
    StoppedError
        ``should_stop`` said so; another call goes on from there.
    OSError
        It can't be written.
    """
    part = target.with_name(target.name + ".part")
    note = target.with_name(target.name + ".part.validator")
    target.parent.mkdir(parents=True, exist_ok=True)
    found = ""
    for _ in range(2):
        _complete(file, part, note=note, transfer=transfer)
        found = checksum_of(part, like=file.checksum, should_stop=transfer.should_stop)
        if found == file.checksum:
            part.replace(target)
            note.unlink(missing_ok=True)
            return
        transfer.received(-_throw_away(part, note))
    raise CohortError(
        f"{file.path}: its checksum must be {file.checksum}, got {found} twice; nothing was kept. The server's copy is "
        "damaged, or something on the way changes it: try later, or another --base-url"
    )


def checksum_of(path: Path, *, like: str, should_stop: Callable[[], bool]) -> str:
    """Return a file's checksum in the form of ``like`` (``md5:...``); empty where ``like`` is."""
    algorithm, _, _ = like.partition(":")
    if not algorithm:
        return ""
    digest = hashlib.new(algorithm, usedforsecurity=False)  # MD5 is what Zenodo publishes
    with path.open("rb") as opened:
        while chunk := opened.read(1 << 20):
            if should_stop():
                raise StoppedError
            digest.update(chunk)
    return f"{algorithm}:{digest.hexdigest()}"


def persistently(
    attempt: Callable[[], Result],
    *,
    patience: Patience,
    wait: Callable[[float], object],
    size: Callable[[], int] = lambda: 0,
) -> Result:
    """Return what ``attempt`` returns, once it does.

    Parameters
    ----------
    attempt : callable
        Raises TransientError where another try may help.
    patience : Patience
    wait : callable of seconds
    size : callable
        How much has arrived: a try that brought more is no failure in a row.

    Raises
    ------
    CohortError
        Patience is at its end; says what the last try said.
    """
    failures = 0
    while True:
        before = size()
        try:
            return attempt()
        except TransientError as error:
            failures = 1 if size() > before else failures + 1
            if failures >= patience.tries:
                raise CohortError(
                    f"given up after {failures} tries: {error}; try later: it goes on from there"
                ) from error
            wait(patience.wait_s(failures, asked_for_s=error.retry_after_s))


def _complete(file: RemoteFile, part: Path, *, note: Path, transfer: Transfer) -> None:
    """Receive until ``part`` has all bytes."""

    def attempt() -> None:
        if transfer.should_stop():
            raise StoppedError
        _receive(file, part, note=note, transfer=transfer)

    persistently(attempt, patience=transfer.patience, wait=transfer.wait, size=lambda: _size(part))


def _receive(file: RemoteFile, part: Path, *, note: Path, transfer: Transfer) -> None:
    """Ask once for what is missing, and write what comes."""
    known = _read_note(note)
    start = _size(part) if known else 0
    if start and start == known.get("total"):
        return  # stopped between the last byte and the new name
    headers = {"Range": f"bytes={start}-", "If-Range": _condition(known)} if start else {}
    try:
        response = transfer.web.open(file.url, headers=headers)
    except RangeRefusedError:
        transfer.received(-_throw_away(part, note))
        raise
    with response:
        if response.status == 206 and not _continues(response, start, known):
            transfer.received(-_throw_away(part, note))
            raise TransientError(f"{file.url} answered with another part than it was asked for")
        if response.status != 206:
            transfer.received(-_throw_away(part, note))
            start = 0
        total = _total(response, start)
        if file.size is not None and total not in (None, file.size):
            raise CohortError(f"{file.url}: the list says {file.size:,} bytes, the server would send {total:,}")
        if not start:
            _write_note(note, response, total)
        arrived = start + _copy(response, part, transfer=transfer)
    expected = file.size if total is None else total
    if expected is not None and arrived != expected:
        raise TransientError(f"{file.url}: the connection ended after {arrived:,} of {expected:,} bytes")


def _copy(response: http.client.HTTPResponse, part: Path, *, transfer: Transfer) -> int:
    """Append what comes to ``part``; return how many bytes."""
    arrived = 0
    with part.open("ab") as opened:
        while True:
            if transfer.should_stop():
                raise StoppedError
            try:
                chunk = response.read1(CHUNK_BYTES)
            except (OSError, http.client.HTTPException) as error:
                raise TransientError(f"the connection broke ({error or type(error).__name__})") from error
            if not chunk:
                return arrived
            opened.write(chunk)
            arrived += len(chunk)
            transfer.received(len(chunk))


def _continues(response: http.client.HTTPResponse, start: int, known: dict[str, str | int]) -> bool:
    """Whether a partial answer begins at ``start`` and is of the version that the note tells of."""
    said = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", "").strip())
    if not start or said is None or int(said[1]) != start:
        return False
    same_total = said[2] in ("*", str(known.get("total", said[2])))
    now = _validators(response)
    return same_total and all(now[name] == known[name] for name in ("etag", "last_modified") if known.get(name))


def _condition(known: dict[str, str | int]) -> str:
    """Return the value of ``If-Range``: the ETag unless it is weak, which that header may not hold."""
    etag = str(known.get("etag", ""))
    return etag if etag and not etag.startswith("W/") else str(known["last_modified"])


def _total(response: http.client.HTTPResponse, start: int) -> int | None:
    length = response.headers.get("Content-Length", "")
    return start + int(length) if length.isdigit() else None


def _validators(response: http.client.HTTPResponse) -> dict[str, str]:
    return {"etag": response.headers.get("ETag", ""), "last_modified": response.headers.get("Last-Modified", "")}


def _write_note(note: Path, response: http.client.HTTPResponse, total: int | None) -> None:
    """Note the version of the file, where the server tells one and resuming is worth it."""
    said: dict[str, str | int] = {**_validators(response)}
    strong = said["last_modified"] or (said["etag"] and not str(said["etag"]).startswith("W/"))
    if strong and (total is None or total >= RESUMED_FROM_BYTES):
        note.write_text(json.dumps(said | ({} if total is None else {"total": total})), encoding="utf-8")


def _read_note(note: Path) -> dict[str, str | int]:
    try:
        known = json.loads(note.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return known if isinstance(known, dict) and {"etag", "last_modified"} <= known.keys() else {}


def _throw_away(part: Path, note: Path) -> int:
    """Remove what has arrived; return how many bytes it was."""
    lost = _size(part)
    note.unlink(missing_ok=True)  # first: bytes without a note are never added to
    part.unlink(missing_ok=True)
    return lost


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0
