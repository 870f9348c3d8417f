"""WFDB records in segments, of fixed or variable layout, joined into one signal."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.formats.files import MAX_VALUES, read_bytes, refuse_bomb
from einthoven.ecg.formats.wfdb.header import MAX_HEADER_BYTES, Header, parse_header
from einthoven.ecg.formats.wfdb.locate import data_path
from einthoven.ecg.formats.wfdb.stored import StoredSignal, joined_words
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.errors import LeadError, UnreadableFileError

__all__ = ["read_segments"]

GAP = "~"  # header(5): a segment of this name holds no samples


def read_segments(header: Header, path: str, *, read_one: Callable[[Header, str], StoredSignal]) -> StoredSignal:
    """Return the segments one behind the other, NaN in gaps and where a segment lacks a lead of another.

    Parameters
    ----------
    header : Header
        Of the whole.
    path : str
    read_one : callable
        Reads the signal of one segment from its header and path.

    Raises
    ------
    UnreadableFileError, LeadError
        When a segment is missing, of another length or rate, holds segments itself, or none has a standard lead; when
        gaps or repetitions would make far more samples than the files hold.
    """
    parts: dict[str, StoredSignal] = {}
    for segment in header.segments:
        if segment.name == GAP or segment.n_samples == 0:  # an empty one describes the layout of the others
            continue
        if segment.name not in parts:
            parts[segment.name] = _part(segment.name, header, path, read_one=read_one)
        if parts[segment.name].signal.shape[1] != segment.n_samples:
            raise UnreadableFileError(
                f"{data_path(path, segment.name)}.hea has {parts[segment.name].signal.shape[1]} samples, {path} "
                f"promises {segment.n_samples}: fetch both again"
            )
    if not parts:
        raise LeadError(f"{path} holds no segment with samples of a standard lead: leave the record out")
    stored = list(parts.values())
    present = {lead for part in stored for lead in part.leads}
    leads = tuple(lead for lead in STANDARD_LEADS if lead in present)
    signal = _joined(header, parts, leads, path=path)
    notes = [f"joined from {len(header.segments)} segments", *(note for part in stored for note in part.notes)]
    return StoredSignal(
        signal,
        leads,
        joined_words([part.unit for part in stored]),
        [content for part in stored for content in part.contents],
        [pair for part in stored for pair in part.checksums],
        list(dict.fromkeys(notes)),
    )


def _part(name: str, header: Header, path: str, *, read_one: Callable[[Header, str], StoredSignal]) -> StoredSignal:
    """Return one segment, its header among its contents."""
    inner_path = data_path(path, f"{name}.hea")
    content = read_bytes(inner_path, limit=MAX_HEADER_BYTES, remedy=f"{path} names it, fetch it too")
    inner = parse_header(content, path=inner_path)
    if inner.segments or inner.rate_hz != header.rate_hz:
        raise UnreadableFileError(f"{inner_path} has segments or a rate of its own: read it as a record of its own")
    stored = read_one(inner, inner_path)
    return dataclasses.replace(stored, contents=[content, *stored.contents])


def _joined(
    header: Header, parts: Mapping[str, StoredSignal], leads: Sequence[str], *, path: str
) -> NDArray[np.float32]:
    """Return float32 (lead, sample), NaN in gaps, which cost nothing to declare and memory to fill."""
    total = sum(segment.n_samples for segment in header.segments)
    refuse_bomb(
        path,
        unpacked=total * len(leads) * np.dtype(np.float32).itemsize,
        packed=sum(len(content) for part in parts.values() for content in part.contents),
        limit=4 * MAX_VALUES,
    )
    signal = np.full((len(leads), total), np.nan, dtype=np.float32)
    start = 0
    for segment in header.segments:
        part = parts.get(segment.name)
        if part is not None and segment.n_samples:
            signal[[leads.index(lead) for lead in part.leads], start : start + segment.n_samples] = part.signal
        start += segment.n_samples
    return signal
