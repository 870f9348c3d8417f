"""XML of Mortara's ELI recorders (ELI 150 to 380, ELI Link; later Burdick, Welch Allyn, Hillrom).

Mortara publishes no description; the facts are those on which other readers agree: EDFbrowser, BRAVEHEART, ecgdatakit.
Everything stands in attributes. A ``CHANNEL`` holds 16-bit samples, low byte first; ``DURATION`` is their number.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from einthoven.ecg.formats.decoded import Channels, Decoded
from einthoven.ecg.formats.mortara.about import about, filters
from einthoven.ecg.formats.single_file import single_file_format
from einthoven.ecg.formats.xml_document import (
    MAX_XML_BYTES,
    attribute,
    base64_bytes,
    children,
    find,
    line_of,
    local_name,
    number,
    parse_xml,
    root_name,
    text,
)
from einthoven.errors import RecordError, SignalError, UnitError, UnreadableFileError

__all__ = ["FORMAT", "decode", "recognises"]

_ROOT = "ECG"
# the root's name alone is too common
_MARKS = (b"ACQUISITION_TIME", b"<TYPICAL_CYCLE", b"<CHANNEL ", b"<DEMOGRAPHIC_FIELDS", b"<SUBJECT ")
_ENCODING = {"BITS": "16", "FORMAT": "SIGNED", "ENCODING": "BASE64"}
_MAX_CHANNELS = 256


def recognises(head: bytes) -> bool:
    """Return whether the root element is ECG, and an attribute or element of Mortara's follows."""
    if root_name(head) != _ROOT:
        return False
    plain = head.replace(b"\0", b"")  # UTF-16
    return any(mark in plain for mark in _MARKS)


def decode(content: bytes, *, where: str) -> Decoded:
    """Return what a Mortara file holds; raise a RecordError that names channel and line."""
    root = parse_xml(content, where=where)
    if local_name(root) != _ROOT:
        raise UnreadableFileError(f"{where} begins with the element {local_name(root)}: Mortara's files have {_ROOT}")
    channels = list(children(root, "CHANNEL"))
    if not 0 < len(channels) <= _MAX_CHANNELS:
        raise SignalError(f"{where} has {len(channels)} elements CHANNEL; 1 to {_MAX_CHANNELS} are read")
    rhythm = _channels(channels, channels, where=where)
    beat, left_out = _typical_cycle(find(root, "TYPICAL_CYCLE"))
    return Decoded(
        rhythm=rhythm,
        about=about(root),
        median_beat=beat,
        device_filters=filters(root),
        notes=(*_offsets(channels, where=where), *left_out),
    )


def _typical_cycle(cycle: etree._Element | None) -> tuple[Channels | None, tuple[str, ...]]:
    """Return the representative beat, None where there is none that can be read, and why it can't."""
    channels = [] if cycle is None else list(children(cycle, "TYPICAL_CYCLE_CHANNEL"))
    if cycle is None or not channels:
        return None, ()
    try:
        beat = _channels(channels, [cycle] * len(channels), where=line_of(cycle))
        if not beat.unit:
            raise UnitError(f"{line_of(cycle)} doesn't say its UNITS_PER_MV")
    except RecordError as error:
        return None, (f"representative beat left out: {error}",)
    return beat, ()


def _channels(channels: Sequence[etree._Element], described: Sequence[etree._Element], *, where: str) -> Channels:
    """Return the samples of the channels, each described by the attributes of its counterpart."""
    rows, names, steps, rates = [], [], [], set()
    for channel, description in zip(channels, described, strict=True):
        name = attribute(channel, "NAME")
        element = f"{where}: channel {name} ({line_of(channel)})"
        _check_encoding(description, where=element)
        rate = number(attribute(description, "SAMPLE_FREQ"), where=element, what="SAMPLE_FREQ")
        rows.append(_samples(channel, declared=attribute(description, "DURATION"), where=element))
        names.append(name)
        steps.append(_millivolts(attribute(description, "UNITS_PER_MV"), where=element))
        rates.add(rate)
    sizes = sorted({row.size for row in rows})
    if len(sizes) != 1 or len(rates) != 1:
        spelled = ", ".join(f"{rate:g}" for rate in sorted(rates))
        raise SignalError(
            f"{where} has channels of {sizes[0]} to {sizes[-1]} samples at {spelled} Hz: one length and rate is read"
        )
    told = [step for step in steps if step is not None]
    return Channels(
        digital=np.stack(rows),
        names=names,
        step=told if len(told) == len(steps) else [1.0] * len(steps),
        unit="mV" if len(told) == len(steps) else "",
        sampling_rate_hz=rates.pop(),
    )


def _check_encoding(description: etree._Element, *, where: str) -> None:
    for name, known in _ENCODING.items():
        said = attribute(description, name, default=known).upper()
        if said != known:
            raise UnreadableFileError(f"{where} has {name} {said!r}; {known} is read")


def _samples(channel: etree._Element, *, declared: str, where: str) -> NDArray[np.int16]:
    words = attribute(channel, "DATA") or text(channel)
    content = base64_bytes(words, where=where, what="DATA")
    if len(content) % 2 or not content:
        raise UnreadableFileError(f"{where} holds {len(content)} bytes of DATA, samples have two each: truncated")
    samples = np.frombuffer(content, dtype="<i2")
    if declared and number(declared, where=where, what="DURATION") != samples.size:
        raise UnreadableFileError(
            f"{where} declares {declared} samples (DURATION), {samples.size} are there: truncated or damaged"
        )
    return samples


def _millivolts(units_per_mv: str, *, where: str) -> float | None:
    if not units_per_mv:
        return None
    units = number(units_per_mv, where=where, what="UNITS_PER_MV")
    if units <= 0:
        raise UnitError(f"{where} has UNITS_PER_MV {units:g}: it must be positive")
    return 1 / units


def _offsets(channels: Sequence[etree._Element], *, where: str) -> tuple[str, ...]:
    """Refuse channels that may not begin at one time: nobody says whether OFFSET is an amplitude or a time."""
    offsets = sorted({number(attribute(one, "OFFSET", default="0"), where=where, what="OFFSET") for one in channels})
    if len(offsets) > 1:
        spelled = ", ".join(f"{offset:g}" for offset in offsets)
        raise SignalError(
            f"{where} has channels of different OFFSET ({spelled}), whose meaning is not published: "
            "export it in another format"
        )
    return (
        (f"OFFSET {offsets[0]:g} of all channels is not applied: its meaning is not published",) if offsets[0] else ()
    )


FORMAT = single_file_format(
    "mortara",
    title="Mortara ELI XML",
    decode=decode,
    recognises=recognises,
    max_bytes=MAX_XML_BYTES,
)
