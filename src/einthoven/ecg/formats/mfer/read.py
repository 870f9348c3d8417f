"""MFER, ISO 22077-1: what Japanese electrocardiographs, monitors and Holter systems export (.mwf, .mfer)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.formats.channels_of_one_rate import channels_of_one_rate
from einthoven.ecg.formats.decoded import Channels, Decoded
from einthoven.ecg.formats.mfer.about import about_of, decoded_text, device_filters
from einthoven.ecg.formats.mfer.definitions import Definition, Tag, definitions, recognises
from einthoven.ecg.formats.mfer.frames import ChannelLayout, Frame, FrameReader, Samples, samples_of
from einthoven.ecg.formats.single_file import single_file_format
from einthoven.ecg.leads import canonical_lead
from einthoven.ecg.record import Annotation
from einthoven.errors import LeadError, SignalError, UnreadableFileError

__all__ = ["FORMAT", "decode"]

# part 1, table of waveforms: 1 standard 12-lead, 2 long-term, 3 to 6 other ECGs, 20 and 21 monitoring; 0 isn't said
_ECG_CLASSES = {0, 1, 2, 3, 4, 5, 6, 20, 21}
# dominant and averaged beat
_BEAT_CLASSES = (9, 8)

_LEFT: dict[int, str] = {
    Tag.VALUE: "measurements (MWF_VAL), in codes that are not understood,",
    Tag.COMMENT: "comments (MWF_NTE)",
    Tag.MESSAGE: "messages (MWF_MSS)",
}


@dataclass(slots=True)
class _Contents:
    frames: FrameReader
    values: dict[int, bytes] = field(default_factory=dict)
    filters: list[bytes] = field(default_factory=list)
    events: list[tuple[int | None, bytes]] = field(default_factory=list)
    n_left: dict[int, int] = field(default_factory=dict)


def decode(content: bytes, *, where: str) -> Decoded:
    """Return what a file holds.

    Raises
    ------
    UnreadableFileError
        When the file is damaged, truncated or compressed.
    LeadError
        When no channel is a standard lead.
    SignalError
        When there is no ECG in it.
    """
    found = _contents(content, where=where)
    reader = found.frames
    rhythm_frames = _alike([frame for frame in reader.frames if frame.waveform_class in _ECG_CLASSES])
    if not rhythm_frames:
        raise SignalError(f"{where} holds no waveform of an ECG: leave the record out")
    beat_frames = _beat_frames(reader.frames)
    rhythm, notes = _channels(content, rhythm_frames, where=where)
    left_frames = len(reader.frames) - len(rhythm_frames) - len(beat_frames)
    return Decoded(
        rhythm=rhythm,
        about=about_of(found.values, big_endian=reader.big_endian),
        median_beat=_channels(content, beat_frames, where=where)[0] if beat_frames else None,
        annotations=_annotations(found, rhythm),
        device_filters=device_filters([decoded_text(text) for text in found.filters]),
        notes=(
            *notes,
            *reader.notes,
            *([f"{left_frames} waveforms of another kind or layout are left out"] if left_frames else []),
            *(f"{count} {_LEFT[tag]} are left out" for tag, count in found.n_left.items()),
        ),
    )


def _contents(content: bytes, *, where: str) -> _Contents:
    found = _Contents(FrameReader(where))
    for definition in definitions(content, where=where):
        if not found.frames.take(definition, content):
            _take(found, definition, content[definition.start : definition.stop])
    if not found.frames.frames:
        raise UnreadableFileError(f"{where} holds no waveform of MFER: it is damaged or of another format")
    return found


def _take(found: _Contents, definition: Definition, value: bytes) -> None:
    if definition.tag == Tag.EVENT:
        found.events.append((definition.channel, value))
    elif definition.tag == Tag.FILTER:
        found.filters.append(value)
    elif definition.tag in _LEFT:
        found.n_left[definition.tag] = found.n_left.get(definition.tag, 0) + 1
    elif definition.channel is None:
        found.values[definition.tag] = value


def _alike(frames: Sequence[Frame]) -> list[Frame]:
    """Return the first frame and those behind it whose samples go on with its own."""
    if not frames:
        return []
    first = _meaning(frames[0].layout)
    return list(takewhile(lambda frame: frame.layout is frames[0].layout or _meaning(frame.layout) == first, frames))


def _beat_frames(frames: Sequence[Frame]) -> list[Frame]:
    """Return the frames of the dominant beat, or else of the averaged one, where they hold a standard lead."""
    for code in _BEAT_CLASSES:
        found = _alike([frame for frame in frames if frame.waveform_class == code])
        if found and any(canonical_lead(channel.name) for channel in found[0].layout):
            return found
    return []


def _meaning(layout: Sequence[ChannelLayout]) -> list[ChannelLayout]:
    return [channel._replace(block=0, sequences=None) for channel in layout]


def _channels(content: bytes, frames: Sequence[Frame], *, where: str) -> tuple[Channels, list[str]]:
    """Return the standard leads of one rate, joined frame by frame."""
    layout = frames[0].layout
    names = [channel.name for channel in layout]
    chosen = channels_of_one_rate(names, [channel.rate_hz for channel in layout])
    if not chosen.rows:
        raise LeadError(f"{where} holds none of the 12 standard leads, only {', '.join(names)}")
    rows = list(chosen.rows)
    parts = [samples_of(content, frame, where=where) for frame in frames]
    digital, absent = _joined(parts, rows)
    kept = [layout[row] for row in rows]
    for row, channel in enumerate(kept):
        if channel.null is not None:
            unknown = digital[row] == channel.null
            if unknown.any():
                absent = np.zeros(digital.shape, dtype=np.bool_) if absent is None else absent
                absent[row] |= unknown
    shifted = sorted({channel.offset for channel in kept} - {0.0})
    channels = Channels(
        digital=digital,
        names=[channel.name for channel in kept],
        step=[channel.step for channel in kept],
        unit=[channel.unit for channel in kept],
        offset=[channel.offset * channel.step for channel in kept],
        sampling_rate_hz=kept[0].rate_hz,
        absent=absent,
    )
    notes = [f"offsets of {', '.join(f'{offset:g}' for offset in shifted)} units were added"] if shifted else []
    notes += ["a waveform ends before its frame does: the rest is absent"] if any(part.absent for part in parts) else []
    return channels, [*chosen.notes, *notes]


def _joined(parts: Sequence[Samples], rows: Sequence[int]) -> tuple[NDArray[Any], NDArray[np.bool_] | None]:
    """Return (row, sample) of all parts; a single part that is kept whole is not copied."""
    pieces = []
    for part in parts:
        whole = isinstance(part.stored, np.ndarray) and list(rows) == list(range(len(part.stored)))
        pieces.append(part.stored if whole else np.stack([part.stored[row] for row in rows]))
    digital = np.asarray(pieces[0]) if len(pieces) == 1 else np.concatenate(pieces, axis=1)
    if not any(part.absent for part in parts):
        return digital, None
    absent = np.zeros(digital.shape, dtype=np.bool_)
    position = 0
    for part, piece in zip(parts, pieces, strict=True):
        length = np.shape(piece)[1]
        if part.absent:
            absent[:, position : position + length] = [part.absent[row] for row in rows]
        position += length
    return digital, absent


def _annotations(found: _Contents, rhythm: Channels) -> list[Annotation]:
    """Return the events; their times count in sampling intervals."""
    characters = found.values.get(Tag.CHARACTERS, b"")
    layout = found.frames.frames[0].layout
    marks = []
    for channel, value in found.events:
        if len(value) < 6:
            continue
        code, start = found.frames.number(value[:2]), found.frames.number(value[2:6])
        label = decoded_text(value[10:], characters) or f"MFER event {code}"
        lead = canonical_lead(layout[channel].name) if channel is not None and channel < len(layout) else None
        marks.append(Annotation(start / float(rhythm.sampling_rate_hz), label, lead))
    return marks


FORMAT = single_file_format("mfer", title="MFER (ISO 22077-1)", decode=decode, recognises=recognises)
