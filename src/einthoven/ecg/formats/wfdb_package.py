"""WFDB records that need the ``wfdb`` package: segments, several samples per frame, skew, FLAC, rarer formats."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import wfdb
from numpy.typing import NDArray

from einthoven.ecg.formats.files import MAX_VALUES, read_bytes
from einthoven.ecg.formats.wfdb_header import Header, parse_header
from einthoven.ecg.formats.wfdb_locate import data_path
from einthoven.errors import RecordError, SignalError, UnreadableFileError

__all__ = ["WholeRecord", "read"]


class WholeRecord(NamedTuple):
    """All signals of a record; ``sums`` holds name, promised and found checksum of each (none for segments)."""

    physical: NDArray[np.float64]
    names: Sequence[str]
    units: Sequence[str]
    contents: Sequence[bytes]
    sums: Sequence[tuple[str, int | None, int]]
    notes: Sequence[str]


def read(header: Header, path: str) -> WholeRecord:
    """Return all signals of the record at ``path`` as float64 (lead, sample) in the units of its header.

    Raises
    ------
    UnreadableFileError
        With the package's own reason.
    SignalError
        When there are no samples.
    """
    contents = _contents(header, path)
    name = str(Path(path).with_suffix(""))
    try:
        sums = [] if header.segments else _sums(name)
        record: Any = wfdb.rdrecord(name)
        physical = np.ascontiguousarray(record.p_signal.T, dtype=np.float64)
        units, names = [str(unit) for unit in record.units], [str(lead) for lead in record.sig_name]
    except RecordError:
        raise
    except Exception as error:  # the package raises whatever its parsing runs into
        raise UnreadableFileError(f"{path} can't be read by the wfdb package ({error}): fetch it again") from error
    if physical.shape[1] == 0:
        raise SignalError(f"{path} holds no samples: leave the record out")
    notes = ["read through the wfdb package"]
    if any(line.samples_per_frame > 1 for line in header.signals):
        notes.append("samples of one frame averaged")
    return WholeRecord(physical, names, units, contents, sums, notes)


def _sums(name: str) -> list[tuple[str, int | None, int]]:
    record: Any = wfdb.rdrecord(name, physical=False, smooth_frames=False, ignore_skew=True)
    found = [int(np.sum(samples, dtype=np.int64)) & 0xFFFF for samples in record.e_d_signal]
    return list(zip(record.sig_name, record.checksum, found, strict=True))


def _contents(header: Header, path: str) -> list[bytes]:
    """Return the bytes of all files of a record, in reading order; checks that they exist and are of sane size."""
    contents: list[bytes] = []
    for segment in header.segments:
        if segment != "~":  # a gap
            segment_path = data_path(path, f"{segment}.hea")
            content = read_bytes(segment_path, limit=MAX_VALUES, remedy=f"{path} names it, fetch it too")
            inner = parse_header(content, path=segment_path)
            if inner.segments:
                raise UnreadableFileError(f"{segment_path} is a segment that holds segments itself: split the record")
            contents += [content, *_contents(inner, segment_path)]
    for file_name in dict.fromkeys(line.file_name for line in header.signals):
        if file_name != "~":  # a layout header describes signals without samples
            file = data_path(path, file_name)
            contents.append(read_bytes(file, limit=4 * MAX_VALUES, remedy=f"{path} names it, fetch it too"))
    return contents
