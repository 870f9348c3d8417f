"""Pieces of a recording, put on one line of time.

Recorders store ten seconds of twelve leads as one set of sequences, as four sets of three leads and 2.5 s each, or
as one set per lead. Pieces of one rate that leave no gap are one recording; else the longest is it.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.formats.aecg.series import MAX_LEADS, Piece
from einthoven.ecg.formats.aecg.values import seconds_between
from einthoven.ecg.formats.decoded import Channels
from einthoven.errors import LeadError, SignalError

__all__ = ["Timeline", "channels_of", "timeline_of"]

# times are written in milliseconds
_ROUNDED_S = 0.6e-3
# twelve leads one after the other fill a twelfth of the matrix they make
_MAX_EXPANSION = 16
_TOLD = 5


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """The recording, its start, the relative time of its first sample, and what had to be left out."""

    channels: Channels
    start: datetime | None
    head_s: float
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Placed:
    """A piece and its start, in seconds from any moment that all pieces share."""

    piece: Piece
    start_s: float

    @property
    def end_s(self) -> float:
        return self.start_s + self.piece.duration_s


@dataclass(frozen=True, slots=True, eq=False)
class _Row:
    digital: NDArray[Any]
    absent: NDArray[np.bool_]
    scale: tuple[float, float, str]


def timeline_of(pieces: Sequence[Piece], *, where: str) -> Timeline:
    """Return the recording that the pieces make.

    Raises
    ------
    SignalError
        When there are no pieces, or far more gaps than samples.
    """
    if not pieces:
        raise SignalError(f"{where} holds no samples of an ECG: export it again with its rhythm series")
    if len(pieces) == 1:
        return Timeline(channels_of(pieces[0]), pieces[0].start, pieces[0].head_s)
    runs = [run for same in _by_rate(_placed(pieces)) for run in _contiguous(same)]
    longest = max(runs, key=lambda run: (_length_s(run), sum(len(placed.piece.names) for placed in run)))
    notes = []
    if len(runs) > 1:
        others = [f"{_length_s(run):g} s at {run[0].piece.rate_hz:g} Hz" for run in runs if run is not longest]
        told = ", ".join(others[:_TOLD]) + (", ..." if len(others) > _TOLD else "")
        notes.append(f"holds {len(runs)} recordings apart in time or rate; the longest was read, not those of {told}")
    first = longest[0].piece
    if len(longest) == 1:
        return Timeline(channels_of(first), first.start, first.head_s, tuple(notes))
    channels, remarks = _joined(longest, where=where)
    return Timeline(channels, first.start, first.head_s, (*notes, *remarks))


def channels_of(piece: Piece) -> Channels:
    """Return the channels of one piece."""
    return Channels(
        digital=np.stack(piece.digits),
        names=piece.names,
        step=piece.step,
        offset=piece.offset,
        unit=piece.unit,
        sampling_rate_hz=piece.rate_hz,
    )


def _placed(pieces: Sequence[Piece]) -> list[_Placed]:
    """Return the pieces with their starts; those whose time is not known, beside others', follow far behind."""
    known = [piece.start for piece in pieces if piece.start is not None]
    if not known:
        return [_Placed(piece, piece.head_s) for piece in pieces]
    starts = [None if piece.start is None else seconds_between(known[0], piece.start) for piece in pieces]
    unknown_s = max(start for start in starts if start is not None) + 1e9
    return [
        _Placed(piece, unknown_s * (index + 1) if start is None else start)
        for index, (piece, start) in enumerate(zip(pieces, starts, strict=True))
    ]


def _by_rate(placed: Iterable[_Placed]) -> list[list[_Placed]]:
    rates: dict[float, list[_Placed]] = {}
    for one in sorted(placed, key=lambda one: one.start_s):
        rates.setdefault(one.piece.rate_hz, []).append(one)
    return list(rates.values())


def _contiguous(placed: Sequence[_Placed]) -> list[list[_Placed]]:
    """Return runs without gaps of pieces that are sorted by their starts."""
    runs: list[list[_Placed]] = []
    end_s = -np.inf
    for one in placed:
        if one.start_s <= end_s + _tolerance_s(one.piece):
            runs[-1].append(one)
        else:
            runs.append([one])
        end_s = max(end_s, one.end_s)
    return runs


def _tolerance_s(piece: Piece) -> float:
    return max(0.5 / piece.rate_hz, _ROUNDED_S)


def _length_s(run: Sequence[_Placed]) -> float:
    return max(one.end_s for one in run) - run[0].start_s


def _joined(run: Sequence[_Placed], *, where: str) -> tuple[Channels, list[str]]:
    positions = _positions(run)
    total = max(position + one.piece.n_samples for position, one in zip(positions, run, strict=True))
    names = list(dict.fromkeys(name for one in run for name in one.piece.names))
    stored = sum(one.piece.n_samples * len(one.piece.names) for one in run)
    if len(names) > MAX_LEADS or len(names) * total > _MAX_EXPANSION * stored:
        raise (LeadError if len(names) > MAX_LEADS else SignalError)(
            f"{where}: its pieces would make {len(names)} leads of {total} samples, mostly empty: export it again"
        )
    rows: dict[str, _Row] = {}
    remarks = [f"joined from {len(run)} pieces"]
    dtype = np.result_type(*(digits.dtype for one in run for digits in one.piece.digits))
    for position, one in zip(positions, run, strict=True):
        for index, name in enumerate(one.piece.names):
            scale = (one.piece.step[index], one.piece.offset[index], one.piece.unit[index])
            if name not in rows:
                rows[name] = _Row(np.zeros(total, dtype=dtype), np.ones(total, dtype=np.bool_), scale)
            row = rows[name]
            target = slice(position, position + one.piece.n_samples)
            if row.scale != scale or not row.absent[target].all():
                remarks.append(f"left out a second piece of {name}: it overlaps the first or has another scale")
                continue
            row.digital[target], row.absent[target] = one.piece.digits[index], False
    absent = np.stack([row.absent for row in rows.values()])
    channels = Channels(
        digital=np.stack([row.digital for row in rows.values()]),
        names=list(rows),
        step=[row.scale[0] for row in rows.values()],
        offset=[row.scale[1] for row in rows.values()],
        unit=[row.scale[2] for row in rows.values()],
        sampling_rate_hz=run[0].piece.rate_hz,
        absent=absent if absent.any() else None,
    )
    return channels, list(dict.fromkeys(remarks))


def _positions(run: Sequence[_Placed]) -> list[int]:
    """Return the first sample of each piece; a start that is off by its rounding follows the piece before."""
    rate_hz = run[0].piece.rate_hz
    edges: list[int] = []  # sorted
    positions = []
    for one in run:
        position = round((one.start_s - run[0].start_s) * rate_hz)
        slack = round(_tolerance_s(one.piece) * rate_hz)
        index = bisect.bisect_left(edges, position)
        nearest = min(edges[max(0, index - 1) : index + 1], key=lambda edge: abs(edge - position), default=position)
        position = nearest if abs(nearest - position) <= slack else position
        bisect.insort(edges, position)
        bisect.insort(edges, position + one.piece.n_samples)
        positions.append(position)
    return positions
