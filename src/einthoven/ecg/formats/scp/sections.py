"""Sections of an SCP-ECG record: where they lie, and whether their checksums hold (EN 1064, clauses 5.2 and 5.3).

A record is a checksum, its size, and sections; each begins with 16 bytes of header. Section 0 points to all others.
Numbers are little-endian; checksums are CRC-CCITT (polynomial 0x1021, begun with 0xFFFF) over all that follows them.
"""

from __future__ import annotations

import binascii
import struct
from collections.abc import Mapping
from dataclasses import dataclass

from einthoven.errors import ChecksumError, UnreadableFileError

__all__ = [
    "HEADER_BYTES",
    "LAST_SECTION",
    "POINTER_BYTES",
    "RECORD_BYTES",
    "Section",
    "Sections",
    "checksum",
    "read_sections",
]

HEADER_BYTES = 16
RECORD_BYTES = 6
POINTER_BYTES = 10
# sections 0 to 11 are those of all versions; 12 to 18 came with 3.0; the rest are the manufacturers' own
LAST_SECTION = 11
LAST_MAJOR_VERSION = 3


@dataclass(frozen=True, slots=True)
class Section:
    """One section: ``body`` is what follows its header, ``offset`` where the section begins in the file."""

    number: int
    offset: int
    body: bytes
    where: str

    def unpack(self, layout: str, at: int = 0) -> tuple[int, ...]:
        """Return the little-endian numbers at byte ``at`` of the body.

        Raises
        ------
        UnreadableFileError
            When the section ends before.
        """
        size = struct.calcsize("<" + layout)
        self.require(at, size)
        return struct.unpack_from("<" + layout, self.body, at)

    def require(self, at: int, size: int) -> None:
        """Refuse a section that has no ``size`` bytes at byte ``at`` of its body."""
        if at < 0 or at + size > len(self.body):
            raise self.error(f"ends before the {size} bytes that must follow", at=min(at, len(self.body)))

    def error(self, what: str, *, at: int = 0) -> UnreadableFileError:
        """Return the error that names file, section and byte."""
        byte = self.offset + HEADER_BYTES + at
        return UnreadableFileError(
            f"{self.where}: section {self.number} {what} (byte {byte:,} of the file): export it again"
        )


@dataclass(frozen=True, slots=True)
class Sections:
    """All sections of a record that are read, by number.

    Attributes
    ----------
    by_number : mapping of int to Section
    others : tuple of int
        Numbers of the sections that are present and not read.
    protocol : int
        Version of the protocol times ten, as section 0 gives it; 0 where it doesn't.
    notes : tuple of str
    """

    by_number: Mapping[int, Section]
    others: tuple[int, ...]
    protocol: int
    notes: tuple[str, ...]


def checksum(content: bytes | memoryview) -> int:
    """Return the CRC-CCITT of bytes.

    Examples
    --------
    >>> hex(checksum(b"123456789"))
    '0x29b1'
    """
    return binascii.crc_hqx(content, 0xFFFF)


def read_sections(content: bytes, *, where: str) -> Sections:
    """Return the sections of a record, their checksums compared.

    Raises
    ------
    UnreadableFileError
        When the record is cut short, or a pointer leads nowhere.
    ChecksumError
        When a checksum is wrong; one that was never filled in (0) is a note.
    """
    size = _record_size(content, where=where)
    notes = [f"{len(content) - size} bytes follow the record and were not read"] if len(content) > size else []
    pointers = _pointers(content, size=size, where=where)
    sections: dict[int, Section] = {}
    for number, (offset, declared) in pointers.items():
        if number > LAST_SECTION:
            continue
        length = _section_length(content, number, offset, declared, notes=notes, where=where)
        _compare(content, offset, offset + length, of=f"section {number}", notes=notes, where=where)
        sections[number] = Section(number, offset, content[offset + HEADER_BYTES : offset + length], where)
    _compare(content, 0, size, of="the record", notes=notes, where=where)
    protocol = content[RECORD_BYTES + 9]
    if protocol >= 10 * (LAST_MAJOR_VERSION + 1):
        raise UnreadableFileError(
            f"{where} is of SCP-ECG {protocol / 10:g}; versions 1.0 to {LAST_MAJOR_VERSION}.9 are read"
        )
    others = tuple(number for number in pointers if number > LAST_SECTION)
    return Sections(sections, others, protocol, tuple(notes))


def _record_size(content: bytes, *, where: str) -> int:
    if len(content) < RECORD_BYTES + HEADER_BYTES:
        raise UnreadableFileError(f"{where} has {len(content)} bytes, too few for SCP-ECG: export it again")
    size: int = struct.unpack_from("<I", content, 2)[0]
    if size > len(content):
        raise UnreadableFileError(
            f"{where} is cut short: it declares {size:,} bytes and has {len(content):,}: copy or export it again"
        )
    if size < RECORD_BYTES + HEADER_BYTES:
        raise UnreadableFileError(f"{where} declares {size} bytes, too few for SCP-ECG: export it again")
    return size


def _pointers(content: bytes, *, size: int, where: str) -> dict[int, tuple[int, int]]:
    """Return offset and length of each section by number."""
    number, length = struct.unpack_from("<HI", content, RECORD_BYTES + 2)
    end = RECORD_BYTES + length
    if number != 0 or length < HEADER_BYTES or end > size:
        raise UnreadableFileError(f"{where} does not begin with section 0 of SCP-ECG (byte 6): export it again")
    pointers = {0: (RECORD_BYTES, int(length))}
    for at in range(RECORD_BYTES + HEADER_BYTES, end - POINTER_BYTES + 1, POINTER_BYTES):
        number, length, index = struct.unpack_from("<HII", content, at)
        if number == 0 or length == 0:
            continue
        if number in pointers:
            raise UnreadableFileError(f"{where} points to section {number} twice (byte {at}): export it again")
        if index == 0 or length < HEADER_BYTES or index - 1 + length > size:
            raise UnreadableFileError(
                f"{where}: section {number} should have {length:,} bytes from byte {index:,} on, outside the "
                f"{size:,} bytes of the record (pointer at byte {at}): export it again"
            )
        pointers[number] = (index - 1, length)
    _refuse_overlap(pointers, where=where)
    return pointers


def _refuse_overlap(pointers: Mapping[int, tuple[int, int]], *, where: str) -> None:
    end, last = 0, 0
    for number, (offset, length) in sorted(pointers.items(), key=lambda item: item[1]):
        if offset < max(end, RECORD_BYTES):
            raise UnreadableFileError(
                f"{where}: section {number} begins at byte {offset:,}, inside section {last}: export it again"
            )
        end, last = offset + length, number


def _section_length(content: bytes, number: int, offset: int, declared: int, *, notes: list[str], where: str) -> int:
    found, length = (int(number) for number in struct.unpack_from("<HI", content, offset + 2))
    if found != number:
        raise UnreadableFileError(
            f"{where}: section {number} should begin at byte {offset:,}, where section {found} is: export it again"
        )
    if length != declared:
        notes.append(f"section {number} has {length} bytes by its own header, {declared} by section 0")
    stored = int.from_bytes(content[offset : offset + 2], "little")
    fitting = (size for size in (declared, length) if checksum(content[offset + 2 : offset + size]) == stored)
    return declared if length == declared else max(HEADER_BYTES, next(fitting, min(length, declared)))


def _compare(content: bytes, start: int, end: int, *, of: str, notes: list[str], where: str) -> None:
    stored: int = struct.unpack_from("<H", content, start)[0]
    computed = checksum(memoryview(content)[start + 2 : end])
    if stored == computed:
        return
    if stored == 0:
        notes.append(f"{of} stores no checksum (0)")
        return
    raise ChecksumError(
        f"{where}: {of} (byte {start:,}) has checksum {computed:#06x}, not {stored:#06x} as stored: "
        "the file is damaged, copy or export it again"
    )
