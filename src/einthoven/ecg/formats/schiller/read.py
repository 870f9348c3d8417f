"""Schiller's XML (SchillerEDI, written by SEMA and SCM), after files of an AT-10 Plus and of other readers' authors.

Schiller publishes no description. An event holds blocks of waves: ``ECG_RHYTHMS`` is the recording, ``ECG_AVERAGES``
the representative beat; the numbers are text.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from einthoven.ecg.formats.decoded import Channels, Decoded
from einthoven.ecg.formats.schiller.about import about, filters, marks
from einthoven.ecg.formats.single_file import single_file_format
from einthoven.ecg.formats.xml_document import (
    MAX_XML_BYTES,
    children,
    line_of,
    local_name,
    number,
    numbers,
    parse_xml,
    root_name,
    text,
)
from einthoven.errors import RecordError, SignalError, UnreadableFileError

__all__ = ["FORMAT", "decode", "recognises"]

_ROOT = "SchillerEDI"
_RHYTHM = ("ECG_RHYTHMS", "ECG_RHYTHM")
_AVERAGES = ("ECG_AVERAGES", "ECG_AVERAGE")
_MAX_CHANNELS = 256
_INT16 = np.iinfo(np.int16)


def recognises(head: bytes) -> bool:
    """Return whether the root element is that of SchillerEDI."""
    return root_name(head).rpartition(".")[2] == _ROOT


def decode(content: bytes, *, where: str) -> Decoded:
    """Return what a SchillerEDI file holds; raise a RecordError that names the element."""
    root = parse_xml(content, where=where)
    if local_name(root).rpartition(".")[2] != _ROOT:
        raise UnreadableFileError(f"{where} begins with the element {local_name(root)}: Schiller's files have {_ROOT}")
    recordings = _blocks(root, _RHYTHM)
    if not recordings:
        kinds = [text(block, "type") for block in children(root, "eventdata/event/wavedata")]
        raise SignalError(
            f"{where} holds no recording ({' or '.join(_RHYTHM)}), only {', '.join(kinds) or 'patient and device'}"
        )
    event = recordings[0].getparent()
    notes = [f"{len(recordings) - 1} further recordings are left out"] if len(recordings) > 1 else []
    rhythm = _channels(recordings[0], where=where)
    beat, left_out = _average_beat(event)
    told, doubts = about(root, event, beat_rate_hz=beat.sampling_rate_hz if beat else None)
    return Decoded(
        rhythm=rhythm,
        about=told,
        median_beat=beat,
        annotations=marks(event, rate_hz=rhythm.sampling_rate_hz),
        device_filters=filters(event),
        notes=(*notes, *left_out, *doubts),
    )


def _blocks(
    element: etree._Element, kinds: tuple[str, ...], path: str = "eventdata/event/wavedata"
) -> list[etree._Element]:
    return [block for block in children(element, path) if text(block, "type") in kinds]


def _average_beat(event: etree._Element) -> tuple[Channels | None, tuple[str, ...]]:
    """Return the representative beat, None where there is none that can be read, and why it can't."""
    for block in _blocks(event, _AVERAGES, "wavedata"):
        try:
            return _channels(block, where=line_of(block)), ()
        except RecordError as error:
            return None, (f"representative beat left out: {error}",)
    return None, ()


def _channels(block: etree._Element, *, where: str) -> Channels:
    channels = list(children(block, "channel"))
    if not 0 < len(channels) <= _MAX_CHANNELS:
        raise SignalError(f"{where} ({line_of(block)}) has {len(channels)} channels; 1 to {_MAX_CHANNELS} are read")
    rows = [_samples(channel, where=where) for channel in channels]
    sizes = sorted({row.size for row in rows})
    if len(sizes) != 1:
        raise SignalError(f"{where} ({line_of(block)}) has channels of {sizes[0]} to {sizes[-1]} samples: damaged")
    worth = text(block, "resolution/yres/unitperbit")
    return Channels(
        digital=_as_stored(rows),
        names=[text(channel, "name") for channel in channels],
        step=[number(worth, where=where, what="unitperbit") if worth else 1.0] * len(rows),
        unit=text(block, "resolution/yres/units") if worth else "",
        sampling_rate_hz=_rate_hz(block, where=where),
    )


def _rate_hz(block: etree._Element, *, where: str) -> float:
    exponent = text(block, "resolution/samplerate/exponent", default="1")
    rate = number(text(block, "resolution/samplerate/value"), where=where, what="samplerate/value")
    if number(exponent, where=where, what="samplerate/exponent") != 1:
        raise SignalError(
            f"{where} ({line_of(block)}) gives its rate as {rate:g} with exponent {exponent}, whose meaning is known "
            "for 1 only: export it in another format"
        )
    return rate


def _samples(channel: etree._Element, *, where: str) -> NDArray[np.float64]:
    name = text(channel, "name")
    element = f"{where}: channel {name} ({line_of(channel)})"
    kind = text(channel, "datastype", default="COMMASEPARATE")
    if kind != "COMMASEPARATE":
        raise UnreadableFileError(f"{element} has data of type {kind!r}; COMMASEPARATE is read")
    samples = numbers(text(channel, "data"), where=element, what="data", separator=",")
    declared = text(channel, "samplecount")
    if declared and samples.size != number(declared, where=element, what="samplecount"):
        raise UnreadableFileError(
            f"{element} declares {declared} samples, {samples.size} are there: truncated or damaged"
        )
    if not np.isfinite(samples).all():
        raise UnreadableFileError(f"{element} holds something else than numbers: export it again")
    return samples


def _as_stored(rows: Sequence[NDArray[np.float64]]) -> NDArray[np.int16] | NDArray[np.float64]:
    """Return (channel, sample), as int16 where all are whole numbers that fit."""
    whole = all(
        row.size and row.min() >= _INT16.min and row.max() <= _INT16.max and (row == np.rint(row)).all() for row in rows
    )
    return np.stack(rows).astype(np.int16) if whole else np.stack(rows)


FORMAT = single_file_format(
    "schiller",
    title="Schiller XML (SchillerEDI)",
    decode=decode,
    recognises=recognises,
    max_bytes=MAX_XML_BYTES,
)
