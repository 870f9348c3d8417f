"""From the bytes of a DICOM file to data elements (PS3.5, chapter 7), read without trust.

Every length is checked against what encloses it before anything is taken, depth and number of elements are capped, and
each step consumes at least eight bytes: a hostile file ends in an error soon.
"""

from __future__ import annotations

import functools
import struct
from typing import NoReturn

from einthoven.ecg.formats.dicom.dataset import DataSet, Element
from einthoven.errors import UnreadableFileError

__all__ = ["MAX_ELEMENTS", "DataSetReader", "element_name"]

MAX_DEPTH = 32  # real objects nest 5 deep
MAX_ELEMENTS = 2_000_000
ITEM, ITEM_DELIMITER, SEQUENCE_DELIMITER = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
CHARACTER_SET = 0x00080005
UNDEFINED = 0xFFFFFFFF
_LARGE = 1 << 16  # larger values stay where they are, smaller ones are copied
# PS3.5, table 7.1-2: with a length of 16 bits; all others, also those to come, have one of 32 bits after two zeros
_SHORT = {
    bytes(name, "ascii"): name
    for name in (
        *("AE", "AS", "AT", "CS", "DA", "DS", "DT", "FL", "FD", "IS", "LO"),
        *("LT", "PN", "SH", "SL", "SS", "ST", "TM", "UI", "UL", "US"),
    )
}
_UNKNOWN_SEQUENCE = "UN, a sequence"
_SEQUENCES = frozenset({"SQ", _UNKNOWN_SEQUENCE})


class DataSetReader:
    """Reads data sets of one transfer syntax out of the bytes of a file; ``left`` elements more are put up with."""

    def __init__(
        self, content: bytes, *, explicit: bool, little_endian: bool, where: str, max_elements: int = MAX_ELEMENTS
    ) -> None:
        self.order = "<" if little_endian else ">"
        self._content = content
        self._view = memoryview(content)
        self._where = where
        self._explicit = explicit
        self._tag_and_length = struct.Struct(f"{self.order}HHI").unpack_from
        self._tag_and_short = struct.Struct(f"{self.order}HH2sH").unpack_from
        self._length = struct.Struct(f"{self.order}I").unpack_from
        self.left = max_elements
        self._data_end: int | None = None

    def header(self, position: int) -> tuple[int, str, int, int]:
        """Return tag, value representation, length and where the value begins, of the element at a position."""
        if not self._explicit:
            group, element, length = self._tag_and_length(self._content, position)
            tag = group << 16 | element
            return tag, _representation(tag), length, position + 8
        group, element, spelled, length = self._tag_and_short(self._content, position)
        tag = group << 16 | element
        if spelled in _SHORT:
            return tag, _SHORT[spelled], length, position + 8
        if group == 0xFFFE:
            return tag, "", self._length(self._content, position + 4)[0], position + 8
        if not (spelled.isalpha() and spelled.isupper()):
            self._damaged(f"{element_name(tag)} at byte {position} has no value representation, but {spelled!r}")
        (length,) = self._length(self._content, position + 8)
        name = spelled.decode("ascii")
        return tag, _unknown_representation(tag) if name == "UN" else name, length, position + 12

    def data_set(
        self, position: int, end: int, *, character_set: bytes = b"", depth: int = 0, delimited: bool = False
    ) -> tuple[DataSet, int]:
        """Return the data set that begins at a position, and where it ends: at ``end``, or at a delimiter before it.

        Raises
        ------
        UnreadableFileError
            When a length leads beyond what encloses it, a delimiter is missing, or it is deeper or larger than any ECG.
        """
        elements: dict[int, Element] = {}
        data = DataSet(elements, order=self.order, character_set=character_set)
        while position < end:
            start = position
            self.left -= 1
            if self.left < 0:
                self._damaged("it has more data elements than any ECG")
            if depth == 0 and self._only_zeros_follow(start):
                return data, end
            try:
                tag, representation, length, position = self.header(start)
            except struct.error:
                self._truncated(start)
            if tag == ITEM_DELIMITER and delimited:
                return data, position
            if length == UNDEFINED or representation in _SEQUENCES:
                reader = self if representation == "SQ" else self._of_unknown(representation, start)
                bounds = (end if length == UNDEFINED else position + length, end)
                items, position = reader.sequence(
                    position, bounds, delimited=length == UNDEFINED, character_set=data.character_set, depth=depth + 1
                )
                self.left = reader.left
                elements[tag] = ("SQ", items)
                continue
            stop = position + length
            if stop > end:
                self._too_long(tag, start, length, end - position)
            value = self._content[position:stop] if length < _LARGE else self._view[position:stop]
            elements[tag] = (representation, value)
            if tag == CHARACTER_SET:
                data.character_set = bytes(value)
            position = stop
        if delimited:
            self._truncated(end)
        return data, position

    def sequence(
        self, position: int, bounds: tuple[int, int], *, delimited: bool, character_set: bytes, depth: int
    ) -> tuple[list[DataSet], int]:
        """Return the items of a sequence and where it ends; ``bounds`` are its own end and that of what encloses it."""
        stop, end = bounds
        if depth > MAX_DEPTH:
            self._damaged(f"sequences are nested more than {MAX_DEPTH} deep at byte {position}, as in no ECG")
        if stop > end:
            self._damaged(f"a sequence at byte {position} has {stop - position} bytes, {end - position} are left")
        items: list[DataSet] = []
        while position < stop:
            if position + 8 > stop:
                self._truncated(position)
            group, element, length = self._tag_and_length(self._content, position)
            tag = group << 16 | element
            position += 8
            self.left -= 1
            if delimited and tag == SEQUENCE_DELIMITER:
                return items, position
            if self.left < 0:
                self._damaged("it has more items than any ECG")
            if tag != ITEM:
                self._damaged(f"{element_name(tag)} stands at byte {position - 8} where an item of a sequence begins")
            inner = stop if length == UNDEFINED else position + length
            if inner > stop:
                self._too_long(tag, position - 8, length, stop - position)
            item, position = self.data_set(
                position, inner, character_set=character_set, depth=depth, delimited=length == UNDEFINED
            )
            items.append(item)
        if delimited:
            self._truncated(stop)
        return items, position

    def _only_zeros_follow(self, position: int) -> bool:
        """Return whether nothing follows but zeros, with which some archives fill files up."""
        if self._content[position : position + 8].strip(b"\0"):
            return False
        if self._data_end is None:
            self._data_end = len(self._content.rstrip(b"\0"))
        return position >= self._data_end

    def _of_unknown(self, representation: str, position: int) -> DataSetReader:
        """Return the reader for the items of a value that isn't marked as a sequence: in implicit VR (PS3.5, 6.2.2)."""
        if representation not in ("UN", _UNKNOWN_SEQUENCE):
            self._damaged(f"a value of type {representation or 'none'} at byte {position} has no length")
        if not self._explicit:
            return self
        return DataSetReader(
            self._content, explicit=False, little_endian=True, where=self._where, max_elements=self.left
        )

    def _too_long(self, tag: int, position: int, length: int, left: int) -> NoReturn:
        self._damaged(f"{element_name(tag)} at byte {position} has {length} bytes, {left} are left")

    def _truncated(self, position: int) -> NoReturn:
        self._damaged(f"it ends at byte {position}, inside a data element or sequence")

    def _damaged(self, what: str) -> NoReturn:
        raise UnreadableFileError(f"{self._where} is damaged or truncated: {what}: export it again")


@functools.lru_cache(maxsize=4096)
def _representation(tag: int) -> str:
    """Return the value representation that the standard gives an element; UN for those it doesn't know."""
    from pydicom.datadict import dictionary_VR

    try:
        return str(dictionary_VR(tag))
    except KeyError:
        return "UL" if tag & 0xFFFF == 0 else "UN"


def _unknown_representation(tag: int) -> str:
    """Return what an element is that its sender, who didn't know it, passed on as of unknown representation."""
    representation = _representation(tag)
    return _UNKNOWN_SEQUENCE if representation == "SQ" else representation


def element_name(tag: int) -> str:
    """Return how messages call an element.

    Examples
    --------
    >>> element_name(0x54001010), element_name(0x00990010)
    ('Waveform Data (5400,1010)', 'element (0099,0010)')
    """
    from pydicom.datadict import dictionary_description

    number = f"({tag >> 16:04X},{tag & 0xFFFF:04X})"
    try:
        return f"{dictionary_description(tag)} {number}"
    except KeyError:
        return f"element {number}"
