"""MFER's waveforms: frames of sequences, in each the channels one after another, of each a block of samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.formats.mfer.definitions import MAX_CHANNELS, Definition, Tag
from einthoven.errors import SignalError, UnreadableFileError

__all__ = ["ChannelLayout", "Frame", "FrameReader", "Samples", "samples_of"]

# part 1, table of lead names: those of SCP-ECG, as far as both go
_LEADS = {
    **dict(enumerate(("I", "II", "V1", "V2", "V3", "V4", "V5", "V6", "V7"), start=1)),
    **dict(enumerate(("V3R", "V4R", "V5R", "V6R", "V7R", "X", "Y", "Z", "CC5", "CM5"), start=11)),
    **dict(enumerate(("III", "aVR", "aVL", "aVF", "-aVR", "V8", "V9", "V8R", "V9R"), start=61)),
    4160: "status",
}
# part 1, table of data types; 4 is a status word
_DATA_TYPES = {0: "i2", 1: "u2", 2: "i4", 3: "u1", 4: "u2", 5: "i1", 6: "u4", 7: "f4", 8: "f8"}
_UNITS = {0: "V", 1: "mmHg", 2: "Pa", 3: "cmH2O", 7: "%", 8: "degC", 9: "/min", 11: "Ohm", 12: "A"}
_DEFAULT_RATE_HZ = 1000.0
# a day of frames of a second
MAX_FRAMES = 100_000
MAX_LAYOUTS = 100
_PER_CHANNEL = {
    *(Tag.BLOCK, Tag.SEQUENCES, Tag.LEAD, Tag.DATA_TYPE, Tag.INTERVAL),
    *(Tag.SENSITIVITY, Tag.OFFSET, Tag.NULL, Tag.WAVEFORM_CLASS),
}
_WITHOUT_NUMBERS = {
    *(Tag.PREAMBLE, Tag.BYTE_ORDER, Tag.VERSION, Tag.CHARACTERS, Tag.DEVICE, Tag.COMMENT),
    *(Tag.PATIENT_NAME, Tag.PATIENT_ID, Tag.SEX, Tag.MESSAGE, Tag.UID, Tag.FILTER),
}


class ChannelLayout(NamedTuple):
    """How the samples of a channel are stored; ``amplitude = (sample + offset) * step``, in ``unit``."""

    name: str
    dtype: str
    block: int
    sequences: int | None
    rate_hz: float
    step: float
    unit: str
    offset: float
    null: float | None


class Frame(NamedTuple):
    """One piece of waveform at ``content[start:stop]``."""

    layout: tuple[ChannelLayout, ...]
    waveform_class: int
    start: int
    stop: int


class Samples(NamedTuple):
    """Samples (channel)(sample), and which of them are absent."""

    stored: NDArray[Any] | list[NDArray[Any]]
    absent: list[NDArray[np.bool_]] | None


@dataclass(slots=True)
class FrameReader:
    """The definitions in force while a file is read, and the frames found so far."""

    where: str
    big_endian: bool = True
    n_channels: int = 1
    frames: list[Frame] = field(default_factory=list)
    notes: dict[str, None] = field(default_factory=dict)
    _common: dict[int, bytes] = field(default_factory=dict)
    _own: dict[int, dict[int, bytes]] = field(default_factory=dict)
    _layout: tuple[ChannelLayout, ...] | None = None
    _n_layouts: int = 0
    _has_numbers: bool = False

    def take(self, definition: Definition, content: bytes) -> bool:
        """Return whether a definition is one of layout or waveform, and note it."""
        tag, channel = definition.tag, definition.channel
        self._has_numbers |= tag not in _WITHOUT_NUMBERS
        if tag == Tag.WAVEFORM:
            if definition.stop > definition.start:
                self._frame(definition)
            return True
        value = content[definition.start : definition.stop]
        if tag == Tag.BYTE_ORDER:
            self._byte_order(value)
        elif tag == Tag.CHANNELS:
            self._channels(value)
        elif tag == Tag.COMPRESSION:
            self._plain(value)
        elif tag in _PER_CHANNEL:
            target = self._common if channel is None else self._own.setdefault(channel, {})
            target[tag] = value  # an empty value takes a definition back
        else:
            return False
        self._layout = None
        return True

    def number(self, value: bytes) -> int:
        """Return an unsigned number in the byte order of the file."""
        return int.from_bytes(value, "big" if self.big_endian else "little")

    def _byte_order(self, value: bytes) -> None:
        big_endian = value[:1] != b"\x01"
        if self._has_numbers and big_endian != self.big_endian:
            raise UnreadableFileError(f"{self.where} changes its byte order midway, which is not supported")
        self.big_endian = big_endian

    def _channels(self, value: bytes) -> None:
        self.n_channels = self.number(value) if value else 1
        self._own = {}
        if not 0 < self.n_channels <= MAX_CHANNELS:
            raise UnreadableFileError(f"{self.where} declares {self.n_channels} channels, 1 to {MAX_CHANNELS} are read")

    def _plain(self, value: bytes) -> None:
        code = self.number(value[:2])
        if code:
            raise UnreadableFileError(f"{self.where} is compressed (MWF_CMP {code}), not supported: export it plainly")

    def _frame(self, definition: Definition) -> None:
        if self._layout is None:
            self._n_layouts += 1
            self._layout = self._layout_now()
        if len(self.frames) >= MAX_FRAMES or self._n_layouts > MAX_LAYOUTS:
            raise UnreadableFileError(f"{self.where} holds more frames than can be meant: cut it into pieces")
        waveform_class = self.number(self._common.get(Tag.WAVEFORM_CLASS, b"")[:2])
        self.frames.append(Frame(self._layout, waveform_class, definition.start, definition.stop))

    def _layout_now(self) -> tuple[ChannelLayout, ...]:
        """Return the layout of all channels; those without definitions of their own share one but for the lead."""
        shared: ChannelLayout | None = None
        channels = []
        for channel in range(self.n_channels):
            own = {tag: value for tag, value in self._own.get(channel, {}).items() if value}
            if own.keys() - {Tag.LEAD}:
                layout = self._described(self._common | own)
            else:
                layout = shared = shared or self._described(self._common)
            # a lead that is defined outside the channels is that of a single channel
            lead = own.get(Tag.LEAD) or (self._common.get(Tag.LEAD, b"") if self.n_channels == 1 else b"")
            channels.append(layout._replace(name=self._name(lead) or f"channel {channel + 1}"))
        return tuple(channels)

    def _described(self, values: Mapping[int, bytes]) -> ChannelLayout:
        dtype = self._dtype(values.get(Tag.DATA_TYPE, b""))
        step, unit = self._scale(values.get(Tag.SENSITIVITY, b""))
        return ChannelLayout(
            name="",
            dtype=dtype,
            block=self.number(values[Tag.BLOCK]) if values.get(Tag.BLOCK) else 1,
            sequences=self.number(values[Tag.SEQUENCES]) if values.get(Tag.SEQUENCES) else None,
            rate_hz=self._rate(values.get(Tag.INTERVAL, b"")),
            step=step,
            unit=unit,
            offset=_typed(values.get(Tag.OFFSET, b""), dtype) or 0.0,
            null=_typed(values.get(Tag.NULL, b""), dtype),
        )

    def _dtype(self, value: bytes) -> str:
        code = value[0] if value else 0
        if code not in _DATA_TYPES:
            kind = "AHA's compression" if code == 9 else "unknown"
            raise UnreadableFileError(f"{self.where}: data type {code} ({kind}) is not supported: export it plainly")
        return (">" if self.big_endian else "<") + _DATA_TYPES[code]

    def _scale(self, value: bytes) -> tuple[float, str]:
        if len(value) < 3:
            return 1.0, ""
        return self._decimal(value), _UNITS.get(value[0], f"MFER unit {value[0]}")

    def _rate(self, value: bytes) -> float:
        """Return the rate of a frequency in Hz or an interval in seconds."""
        if len(value) < 3:
            self.notes["no sampling interval is given: 1000 Hz is MFER's default"] = None
            return _DEFAULT_RATE_HZ
        decimal = self._decimal(value)
        if value[0] > 1 or decimal <= 0:
            raise SignalError(f"{self.where}: the sampling interval {value.hex(' ')} is no time: export it again")
        return decimal if value[0] == 0 else 1 / decimal

    def _decimal(self, value: bytes) -> float:
        """Return mantissa times power of ten of ``unit, exponent, mantissa``; neither rate nor step is negative."""
        exponent = int.from_bytes(value[1:2], "big", signed=True)
        return float(f"{self.number(value[2:6])}e{exponent}")

    def _name(self, value: bytes) -> str:
        code = self.number(value[:2])
        text = value[2:].split(b"\0")[0].decode("ascii", "replace").strip()
        return _LEADS.get(code) or text or (f"lead code {code}" if code else "")


def samples_of(content: bytes, frame: Frame, *, where: str) -> Samples:
    """Return the samples of each channel; where the data end before the frame does, the rest is absent.

    Raises
    ------
    UnreadableFileError
        When there are less than half of the data, or the frame has no size.
    """
    layout, n_bytes = frame.layout, frame.stop - frame.start
    size = sum(channel.block * int(channel.dtype[-1]) for channel in layout)
    counts = {channel.sequences for channel in layout}
    if size == 0 or len(counts) > 1:
        what = "blocks of no samples" if size == 0 else "a number of sequences for each channel, which is not supported"
        raise UnreadableFileError(f"{where}: the waveform at byte {frame.start} has {what}: export it again")
    declared = counts.pop()
    n_sequences = n_bytes // size if declared is None else declared
    needed = n_sequences * size
    if 2 * n_bytes < needed or (declared is None and needed != n_bytes):
        raise UnreadableFileError(
            f"{where} is truncated: the waveform at byte {frame.start} has {n_bytes} bytes, its channels take "
            f"{needed or size}: export it again"
        )
    if n_bytes >= needed:
        return Samples(_split(content, frame.start, layout, n_sequences), None)
    missing = bytes(needed - n_bytes)
    stored = _split(content[frame.start : frame.stop] + missing, 0, layout, n_sequences)
    as_flags = [channel._replace(dtype=f"<u{channel.dtype[-1]}") for channel in layout]
    flags = _split(b"\xff" * n_bytes + missing, 0, as_flags, n_sequences)
    return Samples(stored, [flag != np.iinfo(flag.dtype).max for flag in flags])


def _split(
    data: bytes, begin: int, layout: Sequence[ChannelLayout], n_sequences: int
) -> NDArray[Any] | list[NDArray[Any]]:
    """Return (channel, sample) where all channels are alike, without a copy where the order allows; or a list."""
    first = layout[0]
    if all((channel.dtype, channel.block) == (first.dtype, first.block) for channel in layout):
        stored = np.frombuffer(data, first.dtype, n_sequences * len(layout) * first.block, begin)
        blocks = stored.reshape(n_sequences, len(layout), first.block)
        return blocks.transpose(1, 0, 2).reshape(len(layout), n_sequences * first.block)
    record = np.dtype([(str(index), channel.dtype, (channel.block,)) for index, channel in enumerate(layout)])
    records = np.frombuffer(data, record, n_sequences, begin)
    return [records[name].reshape(-1) for name in record.names or ()]


def _typed(value: bytes, dtype: str) -> float | None:
    size = np.dtype(dtype).itemsize
    return float(np.frombuffer(value[:size], dtype)[0]) if len(value) >= size else None
