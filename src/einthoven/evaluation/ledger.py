"""An append-only ledger beside the protocol: when it was registered, and how often each test set has been opened.

One JSON object per line. Each line holds the hash of the line before it and its own, so an edited, inserted or deleted
line is found when the ledger is read; only lines cut off at the end are not, and those an evaluation holds, too.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import einthoven
from einthoven.errors import SpecificationError, UnreadableFileError
from einthoven.evaluation.predictions import Predictions
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.test_set import fingerprint_of, fingerprints
from einthoven.evaluation.thresholds import Threshold

__all__ = ["OPENED", "REGISTERED", "ledger_beside", "read_ledger", "record_opening", "register"]

REGISTERED, OPENED = "registered", "opened"
VERSION = 1
# what the first line gives as the hash of the line before it
NOTHING_BEFORE = "0" * 64

Entry = dict[str, Any]


def ledger_beside(protocol: Path) -> Path:
    """Return where the ledger of a protocol's file lies.

    Examples
    --------
    >>> ledger_beside(Path("study/protocol.toml")).name
    'protocol.ledger.jsonl'
    """
    return protocol.with_name(f"{protocol.stem}.ledger.jsonl")


def read_ledger(path: Path) -> list[Entry]:
    """Return the entries of a ledger, oldest first; none where there is no such file.

    Raises
    ------
    SpecificationError
        A line was changed, inserted, removed or cut short; it is named.
    """
    _check_file(path)
    return _entries(path.read_bytes(), path) if path.exists() else []


def register(path: Path, protocol: Protocol, *, now: datetime) -> Entry:
    """Return the entry of this protocol, written now unless it is there already; call it before scores are read."""
    with _locked(path) as stream:
        entries = _entries(stream.read(), path)
        found = next((e for e in entries if e["entry"] == REGISTERED and e["protocol_hash"] == protocol.hash), None)
        return found or _append(
            stream,
            entries,
            {"entry": REGISTERED, "time": _text(now), "protocol_hash": protocol.hash, "protocol": protocol.to_dict()},
        )


def record_opening(
    path: Path, predictions: Predictions, protocol: Protocol, *, now: datetime, stated: Sequence[Threshold] = ()
) -> list[Entry]:
    """Write that the test sets of these predictions were opened; return what the ledger holds of them.

    Parameters
    ----------
    path : Path
        Made when absent.
    predictions : Predictions
    protocol : Protocol
        Its splits and outcomes say what is opened.
    now : datetime
        With its time zone.
    stated : sequence of Threshold
        Cut-offs that were given: other cut-offs make another evaluation.

    Returns
    -------
    list of dict
        The registration of this protocol where there is one, and each opening of one of these test sets under any
        protocol, in the ledger's order, this opening last.

    Raises
    ------
    SpecificationError
        The ledger is damaged.
    OSError
        It can't be written.
    """
    sets = fingerprints(predictions, protocol)
    entry = {
        "entry": OPENED,
        "time": _text(now),
        "protocol_hash": protocol.hash,
        "predictions_hash": predictions.hash,
        "thresholds_hash": _hash(sorted([t.model, t.seed, t.label, t.rule, t.value] for t in stated)) if stated else "",
        "models": [model for model in predictions.models if not protocol.models or model in protocol.models],
        "test_set": fingerprint_of(sets),
        "test_sets": sets,
    }
    with _locked(path) as stream:
        entries = _entries(stream.read(), path)
        entries.append(_append(stream, entries, entry))
    return concerning(entries, sets, protocol)


def concerning(entries: Sequence[Entry], sets: Mapping[str, Mapping[str, str]], protocol: Protocol) -> list[Entry]:
    """Return the registration of a protocol and the openings that share a split's and label's truth with ``sets``."""
    wanted = {one for labels in sets.values() for one in labels.values()}
    return [
        entry
        for entry in entries
        if (entry["entry"] == REGISTERED and entry["protocol_hash"] == protocol.hash)
        or (entry["entry"] == OPENED and any(wanted & set(labels.values()) for labels in entry["test_sets"].values()))
    ]


def _entries(content: bytes, path: Path) -> list[Entry]:
    entries: list[Entry] = []
    previous = NOTHING_BEFORE
    for number, line in enumerate(content.splitlines(keepends=True), start=1):
        entry = _entry(line)
        if entry is None or entry["previous"] != previous:
            what = "was changed or cut short" if entry is None else "doesn't follow the line before it"
            raise SpecificationError(
                f"the ledger {path} is damaged: line {number} {what}; restore it from a copy, or begin a new one "
                "elsewhere with --ledger, which can't show what was planned before"
            )
        if entry["version"] > VERSION:
            raise SpecificationError(
                f"{path} has version {entry['version']}, this einthoven reads up to {VERSION}: update it"
            )
        previous = entry["hash"]
        entries.append(entry)
    return entries


def _entry(line: bytes) -> Entry | None:
    """Return the entry of a line, None where the line isn't what was written."""
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    if not isinstance(entry, dict) or not {"entry", "hash", "previous", "version"} <= set(entry):
        return None
    content = {name: value for name, value in entry.items() if name != "hash"}
    return entry if line.endswith(b"\n") and _hash(content) == entry["hash"] else None


def _append(stream: BinaryIO, entries: Sequence[Entry], entry: Mapping[str, Any]) -> Entry:
    previous = entries[-1]["hash"] if entries else NOTHING_BEFORE
    content = {**entry, "einthoven": einthoven.__version__, "version": VERSION, "previous": previous}
    written = content | {"hash": _hash(content)}
    stream.write(json.dumps(written, ensure_ascii=False).encode() + b"\n")
    stream.flush()
    os.fsync(stream.fileno())
    return written


@contextmanager
def _locked(path: Path) -> Iterator[BinaryIO]:
    """Open for reading and appending; writers on one machine wait for each other."""
    _check_file(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as stream:
        _wait_for_lock(stream)
        stream.seek(0)
        yield stream  # closing it frees the lock


def _check_file(path: Path) -> None:
    if path.is_dir():
        raise UnreadableFileError(f"the ledger must be a file, but {path} is a folder")


def _wait_for_lock(stream: BinaryIO) -> None:
    if sys.platform == "win32":
        import msvcrt

        stream.seek(0)
        msvcrt.locking(stream.fileno(), msvcrt.LK_LOCK, 1)
    else:
        import fcntl

        fcntl.flock(stream.fileno(), fcntl.LOCK_EX)


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _text(now: datetime) -> str:
    if now.tzinfo is None:
        raise ValueError("the time of an entry needs a time zone")
    return now.isoformat(timespec="seconds")
