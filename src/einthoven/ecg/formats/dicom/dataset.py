"""The data elements of DICOM as nested tables, and what their values say (PS3.5, chapter 6)."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from typing import TypeAlias

from einthoven.ecg.formats.dicom.text import decoded_text

__all__ = ["DataSet", "Element"]

_BINARY = {"US": "H", "SS": "h", "UL": "I", "SL": "i", "UV": "Q", "SV": "q", "FL": "f", "FD": "d"}

# value representation, and the value: bytes, or the items of a sequence
Element: TypeAlias = "tuple[str, bytes | memoryview | list[DataSet]]"


class DataSet:
    """The elements of a file or of an item, by tag; ``character_set`` is that of the data set around it."""

    __slots__ = ("character_set", "elements", "order")

    def __init__(self, elements: dict[int, Element], *, order: str, character_set: bytes) -> None:
        self.elements = elements
        self.order = order
        self.character_set = character_set

    def raw(self, tag: int) -> bytes | memoryview:
        """Return the bytes of a value; empty when there is none."""
        found = self.elements.get(tag)
        return b"" if found is None or isinstance(found[1], list) else found[1]

    def items(self, tag: int) -> list[DataSet]:
        """Return the items of a sequence; none when it is absent."""
        found = self.elements.get(tag)
        return found[1] if found is not None and isinstance(found[1], list) else []

    def item(self, tag: int) -> DataSet | None:
        """Return the first item of a sequence."""
        items = self.items(tag)
        return items[0] if items else None

    def text(self, tag: int) -> str:
        """Return a value as text, without the blanks that pad it; empty when there is none."""
        value = self.raw(tag)
        return decoded_text(bytes(value), self.character_set) if value else ""

    def numbers(self, tag: int) -> list[float]:
        """Return the numbers of a value, whether written in digits or in binary; none when it isn't made of numbers."""
        found = self.elements.get(tag)
        if found is None or isinstance(found[1], list):
            return []
        code = _BINARY.get(found[0])
        if code is not None:
            size = struct.calcsize(code)
            count = len(found[1]) // size
            return [float(number) for number in struct.unpack_from(f"{self.order}{count}{code}", found[1])]
        try:
            numbers = [float(word) for word in bytes(found[1]).strip(b" \0").split(b"\\") if word.strip()]
        except ValueError:
            return []
        return [number for number in numbers if math.isfinite(number)]

    def number(self, tag: int) -> float | None:
        """Return the first number of a value."""
        numbers = self.numbers(tag)
        return numbers[0] if numbers else None

    def walk(self) -> Iterator[tuple[DataSet, int, Element]]:
        """Yield all elements, those of nested items too, each with the data set that holds it."""
        waiting = [self]
        while waiting:
            data = waiting.pop()
            for tag, element in data.elements.items():
                yield data, tag, element
                if isinstance(element[1], list):
                    waiting.extend(element[1])
