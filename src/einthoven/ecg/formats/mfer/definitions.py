"""MFER's definitions: tag, length, value, one after another, in groups where they belong together.

ISO 22077-1 (Medical waveform Format Encoding Rules). Lengths are those of ASN.1's basic encoding rules: one byte below
128, else the number of bytes that follow, big-endian; 128 alone opens a group that two bytes of 0 end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

from einthoven.errors import UnreadableFileError

__all__ = ["Definition", "Tag", "definitions", "recognises"]

# a beat a second for five days; more is a file made to keep a reader busy
MAX_DEFINITIONS = 300_000
MAX_DEPTH = 8
MAX_CHANNELS = 256
_ZEROS = re.compile(rb"\0+")


class Tag(IntEnum):
    """The tags that are understood, as the standard abbreviates them."""

    BYTE_ORDER = 0x01
    VERSION = 0x02
    CHARACTERS = 0x03
    BLOCK = 0x04
    CHANNELS = 0x05
    SEQUENCES = 0x06
    POINTER = 0x07
    WAVEFORM_CLASS = 0x08
    LEAD = 0x09
    DATA_TYPE = 0x0A
    INTERVAL = 0x0B
    SENSITIVITY = 0x0C
    OFFSET = 0x0D
    COMPRESSION = 0x0E
    FILTER = 0x11
    NULL = 0x12
    COMMENT = 0x16
    DEVICE = 0x17
    WAVEFORM = 0x1E
    CHANNEL_GROUP = 0x3F
    PREAMBLE = 0x40
    EVENT = 0x41
    VALUE = 0x42
    GROUP = 0x67
    END = 0x80
    PATIENT_NAME = 0x81
    PATIENT_ID = 0x82
    AGE = 0x83
    SEX = 0x84
    TIME = 0x85
    MESSAGE = 0x86
    UID = 0x87


_GROUPS = {Tag.CHANNEL_GROUP, Tag.GROUP}
# how many bytes a value may take, of tags that tell an MFER file without preamble from other bytes
_PLAUSIBLE: dict[int, tuple[int, int]] = {
    Tag.BYTE_ORDER: (1, 1),
    Tag.VERSION: (3, 3),
    Tag.CHARACTERS: (0, 32),
    Tag.BLOCK: (1, 4),
    Tag.CHANNELS: (1, 4),
    Tag.SEQUENCES: (1, 4),
    Tag.POINTER: (1, 4),
    Tag.WAVEFORM_CLASS: (1, 64),
    Tag.LEAD: (1, 64),
    Tag.DATA_TYPE: (1, 1),
    Tag.INTERVAL: (3, 6),
    Tag.SENSITIVITY: (3, 6),
    Tag.DEVICE: (0, 127),
    Tag.PATIENT_NAME: (0, 127),
    Tag.PATIENT_ID: (0, 127),
    Tag.AGE: (1, 7),
    Tag.SEX: (1, 1),
    Tag.TIME: (7, 11),
}


class Definition(NamedTuple):
    """A value at ``content[start:stop]``; ``channel`` counts from 0, None where it holds for all."""

    tag: int
    channel: int | None
    start: int
    stop: int


class _Group(NamedTuple):
    """An open group; ``stop`` is None where two bytes of 0 will end it."""

    stop: int | None
    channel: int | None


def recognises(head: bytes) -> bool:
    """Whether the first bytes are those of an MFER file: its preamble, or five plausible definitions in a row."""
    if len(head) < 16:
        return False
    if head[0] == Tag.PREAMBLE:
        return head[1] < 128 and head[2:8].lstrip().startswith((b"MFR", b"MFER"))
    position = 0
    seen: set[int] = set()
    while position + 2 <= len(head) and len(seen) < 5:
        tag, length = head[position], head[position + 1]
        low, high = _PLAUSIBLE.get(tag, (1, 0))
        if tag in seen or not low <= length <= high:
            return False
        seen.add(tag)
        position += 2 + length
    return len(seen) == 5 and {Tag.INTERVAL, Tag.SENSITIVITY, Tag.CHANNELS} & seen != set()


def definitions(content: bytes, *, where: str) -> Iterator[Definition]:
    """Yield the definitions in reading order, groups opened.

    Raises
    ------
    UnreadableFileError
        Where a definition is longer than what holds it, or groups are nested or left open.
    """
    groups: list[_Group] = []
    position, count = 0, 0
    while position < (limit := _limit(groups, position, len(content)) if groups else len(content)):
        tag = content[position]
        if tag == 0:
            position = _past_zeros(content, position, limit, groups)
            continue
        if tag == Tag.END:
            return
        count += 1
        if count > MAX_DEFINITIONS:
            raise UnreadableFileError(f"{where} holds more than {MAX_DEFINITIONS} definitions: cut it into pieces")
        channel, start = _channel(content, position, limit, groups, where=where)
        length, start = _length(content, start, limit, where=where)
        stop = start if length is None else start + length
        if stop > limit:
            raise UnreadableFileError(
                f"{where} is truncated: tag {tag:#04x} at byte {position} promises {length} bytes, "
                f"{limit - start} are there: copy it again"
            )
        if tag in _GROUPS:
            groups.append(_Group(None if length is None else stop, channel))
        elif length is None:
            raise UnreadableFileError(f"{where}: tag {tag:#04x} at byte {position} has no length: export it again")
        else:
            yield Definition(tag, channel, start, stop)
        if len(groups) > MAX_DEPTH:
            raise UnreadableFileError(f"{where} nests groups more than {MAX_DEPTH} deep (byte {position})")
        position = start if tag in _GROUPS else stop
    if groups:
        raise UnreadableFileError(f"{where} is truncated: a group that was opened has no end: copy it again")


def _limit(groups: list[_Group], position: int, n_bytes: int) -> int:
    """Close the groups that end here; return where the innermost of those with a length ends."""
    while groups and groups[-1].stop is not None and position >= groups[-1].stop:
        groups.pop()
    return next((group.stop for group in reversed(groups) if group.stop is not None), n_bytes)


def _past_zeros(content: bytes, position: int, limit: int, groups: list[_Group]) -> int:
    """Return the position behind filling zeros; the first two end the group that waits for them."""
    if groups and groups[-1].stop is None and content[position : position + 2] == b"\0\0":
        groups.pop()
        return position + 2
    if groups and groups[-1].stop is None:
        return position + 1
    zeros = _ZEROS.match(content, position, limit)
    return zeros.end() if zeros else position + 1


def _channel(content: bytes, position: int, limit: int, groups: list[_Group], *, where: str) -> tuple[int | None, int]:
    """Return the channel that a definition belongs to, and the position behind its tag and channel number."""
    outer = groups[-1].channel if groups else None
    if content[position] != Tag.CHANNEL_GROUP:
        return outer, position + 1
    number, end = 0, position + 1
    while True:
        if end >= limit or number >= MAX_CHANNELS or outer is not None:
            raise UnreadableFileError(f"{where}: the channel at byte {position} has no number below {MAX_CHANNELS}")
        byte = content[end]
        number, end = number << 7 | byte & 0x7F, end + 1
        if byte < 128:
            return number, end


def _length(content: bytes, position: int, limit: int, *, where: str) -> tuple[int | None, int]:
    """Return a length, None for an indefinite one, and the position behind it."""
    if position >= limit:
        raise UnreadableFileError(f"{where} is truncated at byte {position}: copy it again")
    first = content[position]
    if first <= 128:
        return (first if first < 128 else None), position + 1
    n_bytes = first & 0x7F
    end = position + 1 + n_bytes
    if n_bytes > 4 or end > limit:
        raise UnreadableFileError(f"{where}: the length at byte {position} takes {n_bytes} bytes, 4 at most are there")
    return int.from_bytes(content[position + 1 : end], "big"), end
