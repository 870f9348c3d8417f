"""Age and sex in the MATLAB structures of CPSC 2018 (``ECG.sex``, ``ECG.age``), read without unpacking their signals.

MAT-File Format, The MathWorks, R2019b: a structure holds its fields one after the other, and those two stand before the
signal; so the first bytes of a file are enough.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from einthoven.ecg.formats.files import read_head
from einthoven.ecg.formats.patient_words import age_in_years, parse_sex
from einthoven.ecg.record import Sex

__all__ = ["Person", "person_of"]

HEAD_BYTES = 4096
HEADER_BYTES = 128
MATRIX, COMPRESSED, UINT16 = 14, 15, 4
STRUCTURE_CLASS, TEXT_CLASS = 2, 4
TYPES = {1: "b", 2: "B", 3: "h", 4: "H", 5: "i", 6: "I", 7: "f", 9: "d", 12: "q", 13: "Q"}


class Person(NamedTuple):
    """Whose ECG it is; None and ``U`` where the file doesn't say."""

    age_years: float | None = None
    sex: Sex = "U"


def person_of(path: str) -> Person:
    """Return age and sex; a file that can't be read or is no such structure says neither: its signal will say why."""
    try:
        fields = dict(_fields(read_head(path, size=HEAD_BYTES)))
    except (OSError, struct.error, zlib.error, ValueError):
        fields = {}
    age, sex = fields.get("age"), fields.get("sex")
    return Person(
        age_years=age_in_years(age) if isinstance(age, float) else None,
        sex=parse_sex(sex) if isinstance(sex, str) else "U",
    )


def _fields(head: bytes) -> Iterator[tuple[str, float | str]]:
    """Yield the texts and single numbers of the first variable's fields, until one reaches beyond the bytes read."""
    order = ">" if head[126:128] == b"MI" else "<"
    kind, _ = struct.unpack_from(f"{order}II", head, HEADER_BYTES)
    body = head[HEADER_BYTES:]
    if kind == COMPRESSED:
        body = zlib.decompressobj().decompress(body[8:], HEAD_BYTES)
    elements = _elements(body[8:], order)
    flags, _, _, length, names = (next(elements, (0, b""))[1] for _ in range(5))
    if _class_of(flags, order) != STRUCTURE_CLASS:
        return
    size = struct.unpack(f"{order}i", length)[0]
    for start, (kind, content) in zip(range(0, len(names), max(size, 1)), elements, strict=False):
        value = _value(content, order) if kind == MATRIX else None
        if value is not None:
            yield names[start : start + size].split(b"\0")[0].decode("latin-1"), value


def _value(content: bytes, order: str) -> float | str | None:
    """Return the text or the one number that a matrix holds."""
    elements = _elements(content, order)
    flags, _, _, (kind, data) = (next(elements, (0, b"")) for _ in range(4))
    if _class_of(flags[1], order) == TEXT_CLASS:
        return data.decode("utf-16-le" if order == "<" else "utf-16-be") if kind == UINT16 else data.decode("utf-8")
    if kind not in TYPES or len(data) != struct.calcsize(TYPES[kind]):
        return None
    return float(struct.unpack(f"{order}{TYPES[kind]}", data)[0])


def _class_of(flags: bytes, order: str) -> int | None:
    return struct.unpack_from(f"{order}I", flags)[0] & 0xFF if flags else None


def _elements(data: bytes, order: str) -> Iterator[tuple[int, bytes]]:
    """Yield type and content of the elements that are there whole; small ones keep type and size in one word."""
    position = 0
    while position + 8 <= len(data):
        kind, size = struct.unpack_from(f"{order}II", data, position)
        start, end = position + 8, position + 8 + size + -size % 8
        if kind >> 16:
            kind, size, start, end = kind & 0xFFFF, kind >> 16, position + 4, position + 8
        if start + size > len(data):
            return
        yield kind, data[start : start + size]
        position = end
