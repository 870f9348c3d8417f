"""One multiplex group of a DICOM waveform: samples as stored, and what each channel is (PS3.3, C.10.9)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.formats.decoded import Channels
from einthoven.ecg.formats.dicom.codes import code_of, lead_name, unit_of
from einthoven.ecg.formats.dicom.dataset import DataSet
from einthoven.ecg.formats.dicom.padding import find_padding
from einthoven.ecg.leads import canonical_lead
from einthoven.errors import SignalError, UnreadableFileError

__all__ = ["Channel", "Group", "read_group"]

MAX_CHANNELS = 256
# PS3.3, C.10.9.1.5; mu-law and A-law (MB, AB) are for sound
_TYPES = {
    (8, "SB"): "i1", (8, "UB"): "u1", (16, "SS"): "i2", (16, "US"): "u2", (32, "SL"): "i4", (32, "UL"): "u4",
}  # fmt: skip
_USUAL = {8: "SB", 16: "SS", 32: "SL"}
_MEDIAN = re.compile(r"MEDIAN|REPRESENTATIVE|AVERAGE|TEMPLATE", re.IGNORECASE)
_ORIGINALITY, _CHANNELS, _SAMPLES, _RATE, _LABEL = 0x003A0004, 0x003A0005, 0x003A0010, 0x003A001A, 0x003A0020
_DEFINITIONS, _CHANNEL_LABEL, _SOURCE = 0x003A0200, 0x003A0203, 0x003A0208
_SENSITIVITY, _UNITS, _CORRECTION, _BASELINE = 0x003A0210, 0x003A0211, 0x003A0212, 0x003A0213
_TIME_SKEW, _SAMPLE_SKEW = 0x003A0214, 0x003A0215
_LOW, _HIGH, _NOTCH = 0x003A0220, 0x003A0221, 0x003A0222
_BITS, _INTERPRETATION, _PADDING, _DATA = 0x54001004, 0x54001006, 0x5400100A, 0x54001010
_TIME_OFFSET = 0x00181068


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One channel: ``amplitude = sample * step + offset`` in ``unit``; skew and filters as the file says them."""

    name: str
    step: float
    offset: float
    unit: str
    skew_s: float
    filters: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Group:
    """A multiplex group.

    Attributes
    ----------
    number : int
        From 1, as annotations count.
    label : str
    original, median : bool
        Whether it is as recorded, or a representative beat.
    offset_s : float, optional
        When it began, where the file says so.
    sampling_rate_hz : float
    digital : integer (channel, sample)
    absent : bool (channel, sample), optional
    channels : tuple of Channel
    notes : tuple of str
    """

    number: int
    label: str
    original: bool
    median: bool
    offset_s: float | None
    sampling_rate_hz: float
    digital: NDArray[Any]
    absent: NDArray[np.bool_] | None
    channels: tuple[Channel, ...]
    notes: tuple[str, ...]

    @property
    def leads(self) -> tuple[str, ...]:
        """The standard leads among its channels."""
        return tuple(lead for lead in (canonical_lead(channel.name) for channel in self.channels) if lead)

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return float(self.digital.shape[1] / self.sampling_rate_hz)

    def as_channels(self) -> Channels:
        """Return the group as decoders hand signals on."""
        return Channels(
            digital=self.digital,
            names=[channel.name for channel in self.channels],
            step=[channel.step for channel in self.channels],
            unit=[channel.unit for channel in self.channels],
            offset=[channel.offset for channel in self.channels],
            sampling_rate_hz=self.sampling_rate_hz,
            absent=self.absent,
        )

    def named(self) -> str:
        """Return how notes call the group."""
        return f"group {self.number} ({self.label})" if self.label else f"group {self.number}"


def read_group(data: DataSet, number: int, *, where: str) -> Group:
    """Return a multiplex group.

    Raises
    ------
    SignalError
        When it has no channels, samples or rate.
    UnreadableFileError
        When its samples are missing in part, or of a kind that isn't read.
    """
    digital, notes = _samples(data, number, where=where)
    rate = data.number(_RATE)
    if rate is None or rate <= 0:
        raise SignalError(
            f"{where}: waveform group {number} has the sampling frequency {data.text(_RATE)!r}, not above 0"
        )
    definitions = data.items(_DEFINITIONS)
    if len(definitions) != len(digital):
        raise UnreadableFileError(
            f"{where} is damaged: waveform group {number} has {len(digital)} channels and defines {len(definitions)}"
        )
    label = data.text(_LABEL)
    original = data.text(_ORIGINALITY).upper() != "DERIVED"
    offset_ms = data.number(_TIME_OFFSET)
    padding = find_padding(digital, _padding_value(data, digital.dtype), sampling_rate_hz=rate)
    group = Group(
        number=number,
        label=label,
        original=original,
        median=_MEDIAN.search(label) is not None,
        offset_s=None if offset_ms is None else offset_ms / 1000,
        sampling_rate_hz=rate,
        digital=digital,
        absent=padding.absent,
        channels=tuple(_channel(definition, rate=rate) for definition in definitions),
        notes=(),
    )
    remarks = [*notes, *([padding.note] if padding.note else []), *_skew(group)]
    return replace(group, notes=tuple(f"{group.named()}: {remark}" for remark in remarks))


def _samples(data: DataSet, number: int, *, where: str) -> tuple[NDArray[Any], list[str]]:
    """Return (channel, sample) in the byte order of this machine, without copying where it is that of the file."""
    channels, samples = int(data.number(_CHANNELS) or 0), int(data.number(_SAMPLES) or 0)
    if not 1 <= channels <= MAX_CHANNELS or samples < 1:
        raise SignalError(
            f"{where}: waveform group {number} declares {channels} channels of {samples} samples; "
            f"1 to {MAX_CHANNELS} channels with samples are read"
        )
    bits = int(data.number(_BITS) or 0)
    interpretation = data.text(_INTERPRETATION) or _USUAL.get(bits, "")
    code = _TYPES.get((bits, interpretation))
    if code is None:
        raise UnreadableFileError(
            f"{where}: waveform group {number} has samples of {bits} bits, interpretation {interpretation!r}; read are "
            f"{', '.join(f'{size} bits {name}' for size, name in _TYPES)}: export it with linear samples of 16 bits"
        )
    kind = np.dtype(f"{data.order}{code}")
    stored, expected = data.raw(_DATA), channels * samples * kind.itemsize
    if len(stored) < expected:
        raise UnreadableFileError(
            f"{where} is damaged or truncated: waveform group {number} declares {channels} x {samples} samples of "
            f"{bits} bits, {expected} bytes, and holds {len(stored)}: export it again"
        )
    spare = len(stored) - expected
    notes = [f"{spare} bytes after the declared samples are left out"] if spare > 1 else []  # 1 makes the length even
    digital = np.frombuffer(stored, dtype=kind, count=channels * samples).reshape(samples, channels).T
    return digital.astype(np.dtype(code), copy=False), notes


def _padding_value(data: DataSet, kind: np.dtype[Any]) -> int | None:
    stored = bytes(data.raw(_PADDING))
    if len(stored) < kind.itemsize:
        return None
    return int(np.frombuffer(stored, dtype=np.dtype(f"{data.order}{kind.str[1:]}"), count=1)[0])


def _channel(definition: DataSet, *, rate: float) -> Channel:
    number = definition.number
    sensitivity, correction = number(_SENSITIVITY), number(_CORRECTION)
    time_skew, sample_skew = number(_TIME_SKEW), number(_SAMPLE_SKEW)
    filters = [("high-pass", number(_LOW)), ("low-pass", number(_HIGH)), ("notch", number(_NOTCH))]
    return Channel(
        name=lead_name(code_of(definition, _SOURCE), label=definition.text(_CHANNEL_LABEL)),
        step=(1.0 if sensitivity is None else sensitivity) * (1.0 if correction is None else correction),
        offset=number(_BASELINE) or 0.0,
        unit="" if sensitivity is None else unit_of(code_of(definition, _UNITS)),
        skew_s=time_skew or (sample_skew or 0.0) / rate,
        filters=tuple(f"{kind} {frequency:g} Hz" for kind, frequency in filters if frequency),
    )


def _skew(group: Group) -> list[str]:
    largest = max(abs(channel.skew_s) for channel in group.channels)
    return [f"channels were sampled up to {largest * 1000:g} ms apart, not corrected"] if largest else []
