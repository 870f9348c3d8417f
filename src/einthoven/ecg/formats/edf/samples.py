"""Samples of EDF and BDF: data record after data record, in each the signals one after another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.formats.edf.header import EdfHeader
from einthoven.errors import UnreadableFileError

__all__ = ["Piece", "Timeline", "digital_samples", "timeline", "with_gaps"]

# What gaps may add: ten times the samples that were recorded, and this many in short files
MAX_GAP_FACTOR = 10
MAX_GAP_VALUES = 5_000_000


class Piece(NamedTuple):
    """``n`` samples without a gap: where they begin among those stored, and in time."""

    source: int
    target: int
    n: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """Where the pieces of a discontinuous recording lie in ``n_samples``."""

    pieces: tuple[Piece, ...]
    n_samples: int

    @property
    def notes(self) -> tuple[str, ...]:
        """What a human should know."""
        n_gaps = len(self.pieces) - 1
        return (f"{n_gaps} gaps between data records are filled with absent samples",) if n_gaps else ()


def digital_samples(content: bytes, header: EdfHeader, n_records: int, rows: Sequence[int]) -> NDArray[Any]:
    """Return int16, for BDF int32, (signal, sample) of signals that have the same number of samples in a record."""
    length = header.signals[rows[0]].samples_per_record
    digital = np.empty((len(rows), n_records, length), dtype="<i4" if header.is_bdf else "<i2")
    unit = np.dtype(np.uint8 if header.is_bdf else "<i2")
    per_sample = header.sample_bytes // unit.itemsize
    n_units = header.record_bytes // unit.itemsize
    stored = np.frombuffer(content, unit, n_records * n_units, header.n_bytes).reshape(n_records, n_units)
    for target, row in enumerate(rows):
        begin = header.first_sample(row) * per_sample
        samples = stored[:, begin : begin + length * per_sample]
        if header.is_bdf:  # into the upper three bytes, and down again with the sign
            digital[target] = 0
            digital[target].view(np.uint8).reshape(n_records, length, 4)[:, :, 1:] = samples.reshape(-1, length, 3)
            np.right_shift(digital[target], 8, out=digital[target])
        else:
            digital[target] = samples
    return digital.reshape(len(rows), n_records * length)


def timeline(
    onsets_s: Sequence[float], *, record_s: float, rate_hz: float, length: int, n_signals: int, where: str
) -> Timeline:
    """Return where the data records of a discontinuous file lie in time.

    A difference of less than a sample between the end of a record and the onset of the next is the recorder's rounding.

    Raises
    ------
    UnreadableFileError
        When records overlap, or the gaps are far longer than what was recorded.
    """
    onsets = np.asarray(onsets_s, dtype=np.float64)
    gaps = np.rint((np.diff(onsets) - record_s) * rate_hz * 2) / 2  # in samples; onsets have some decimals only
    if (gaps <= -1).any():
        late = int(np.argmax(gaps <= -1)) + 1
        raise UnreadableFileError(f"{where}: data record {late + 1} begins before the end of the one before it")
    missing = np.where(gaps >= 1, np.rint(gaps), 0.0)
    recorded = onsets.size * length
    if missing.sum() * n_signals > MAX_GAP_FACTOR * recorded * n_signals + MAX_GAP_VALUES:
        raise UnreadableFileError(
            f"{where} holds {recorded / rate_hz:g} s of ECG spread over {onsets[-1] - onsets[0] + record_s:g} s: "
            "export its pieces one by one"
        )
    begins = [0, *(np.flatnonzero(missing) + 1).tolist(), onsets.size]
    shift = np.concatenate([[0.0], np.cumsum(missing)]).astype(np.int64)
    pieces = tuple(
        Piece(begin * length, begin * length + int(shift[begin]), (end - begin) * length)
        for begin, end in pairwise(begins)
    )
    return Timeline(pieces, recorded + int(shift[-1]))


def with_gaps(digital: NDArray[Any], line: Timeline) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Return the samples at their places in time, and where there are none."""
    spread = np.zeros((digital.shape[0], line.n_samples), dtype=digital.dtype)
    absent = np.ones(line.n_samples, dtype=np.bool_)
    for piece in line.pieces:
        place = slice(piece.target, piece.target + piece.n)
        spread[:, place] = digital[:, piece.source : piece.source + piece.n]
        absent[place] = False
    return spread, np.broadcast_to(absent, spread.shape)
