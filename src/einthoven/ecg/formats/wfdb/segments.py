"""WFDB records in segments, of fixed or variable layout, joined into one signal."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from einthoven.ecg.formats.files import MAX_VALUES, read_bytes
from einthoven.ecg.formats.wfdb.header import Header, parse_header
from einthoven.ecg.formats.wfdb.locate import data_path
from einthoven.ecg.formats.wfdb.stored import ChecksumPair, StoredSignal, joined_words
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
        When a segment is missing, of another length or rate, holds segments itself, or none has a standard lead.
    """
    starts = np.cumsum([0, *(segment.n_samples for segment in header.segments)])
    if starts[-1] * len(STANDARD_LEADS) > MAX_VALUES:
        raise UnreadableFileError(f"{path} declares segments of {starts[-1]} samples in all: split the record")
    signal = np.full((len(STANDARD_LEADS), int(starts[-1])), np.nan, dtype=np.float32)
    contents: list[bytes] = []
    pairs: list[ChecksumPair] = []
    notes: list[str] = [f"joined from {len(header.segments)} segments"]
    units: list[str] = []
    present: set[str] = set()
    for segment, start in zip(header.segments, starts.tolist(), strict=False):
        if segment.name == GAP or segment.n_samples == 0:  # an empty one describes the layout of the others
            continue
        inner_path = data_path(path, f"{segment.name}.hea")
        content = read_bytes(inner_path, limit=MAX_VALUES, remedy=f"{path} names it, fetch it too")
        inner = parse_header(content, path=inner_path)
        if inner.segments or inner.rate_hz != header.rate_hz:
            raise UnreadableFileError(f"{inner_path} has segments or a rate of its own: read it as a record of its own")
        stored = read_one(inner, inner_path)
        if stored.signal.shape[1] != segment.n_samples:
            raise UnreadableFileError(
                f"{inner_path} has {stored.signal.shape[1]} samples, {path} promises "
                f"{segment.n_samples}: fetch both again"
            )
        rows = [STANDARD_LEADS.index(lead) for lead in stored.leads]
        signal[rows, start : start + segment.n_samples] = stored.signal
        present.update(stored.leads)
        contents += [content, *stored.contents]
        pairs += stored.checksums
        notes += stored.notes
        units.append(stored.unit)
    if not present:
        raise LeadError(f"{path} holds no segment with samples of a standard lead: leave the record out")
    leads = tuple(lead for lead in STANDARD_LEADS if lead in present)
    rows = [STANDARD_LEADS.index(lead) for lead in leads]
    return StoredSignal(signal[rows], leads, joined_words(units), contents, pairs, list(dict.fromkeys(notes)))
