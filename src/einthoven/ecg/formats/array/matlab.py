"""Numeric matrices of MATLAB files, versions 4 and 5 to 7.2 (MAT-File Format, The MathWorks, R2019b).

Own code because scipy's reader, written in C, ends the whole process on some damaged files. A field of a structure is
named with a dot (``ECG.data``). Structures in structures, arrays of them, cells, text, sparse and complex matrices are
passed over; version 7.3 is HDF5.
"""

from __future__ import annotations

import itertools
import math
import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.formats.files import MAX_VALUES, most_unpacked
from einthoven.errors import UnreadableFileError

__all__ = ["is_matlab", "read_matrices"]

_MAGIC = b"MATLAB 5.0"
_HEADER_BYTES = 128
_MATRIX, _COMPRESSED = 14, 15
_TYPES = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
_STRUCTURE_CLASS = 2
_NUMERIC_CLASSES = range(6, 16)  # mxDOUBLE_CLASS to mxUINT64_CLASS
_COMPLEX_FLAG = 0x0800
_MAX_BYTES = 8 * MAX_VALUES
_MAT4_TYPES = {0: "f8", 1: "f4", 2: "i4", 3: "i2", 4: "u2", 5: "u1"}


class _Element(NamedTuple):
    kind: int
    data: memoryview
    end: int


def is_matlab(head: bytes) -> bool:
    """Return whether a file begins as MATLAB 5 files do; version 4 has no signature."""
    return head.startswith(_MAGIC)


def read_matrices(content: bytes, *, where: str) -> dict[str, NDArray[np.generic]]:
    """Return the real numeric matrices of a file by name, in MATLAB's own orientation.

    Raises
    ------
    UnreadableFileError
        When it is no MATLAB file, is truncated or contradicts itself; the byte is named.
    """
    if is_matlab(content):
        return dict(_matrices_5(content, where=where))
    return dict(_matrices_4(content, where=where))


def _matrices_5(content: bytes, *, where: str) -> Iterator[tuple[str, NDArray[np.generic]]]:
    order = {b"IM": "<", b"MI": ">"}.get(content[126:128])
    if order is None:
        raise UnreadableFileError(f"{where} has a damaged MATLAB header (byte 126): save it again")
    position, whole = _HEADER_BYTES, memoryview(content)
    left = min(_MAX_BYTES, most_unpacked(len(content)))
    while position + 8 <= len(content):
        element = _element(whole, position, order, where=where)
        if element.kind == _COMPRESSED:
            inflated = memoryview(_inflated(element.data, limit=left, where=where))
            left -= len(inflated)
            element = _element(inflated, 0, order, where=where)._replace(end=element.end)
        if element.kind == _MATRIX:
            yield from _matrices_in(element.data, order, where=where)
        position = element.end
    if position < len(content):
        raise UnreadableFileError(f"{where} is truncated at byte {position}: save it again")


def _element(data: memoryview, position: int, order: str, *, where: str) -> _Element:
    """Return the element that begins at ``position``; small ones keep type and size in one word."""
    if position + 8 > len(data):
        raise UnreadableFileError(f"{where} is truncated at byte {position}: save it again")
    first, size = struct.unpack_from(f"{order}II", data, position)
    if first >> 16:
        kind, size, start, end = first & 0xFFFF, first >> 16, position + 4, position + 8
    else:
        kind, start = first, position + 8
        end = start + size + (0 if kind == _COMPRESSED else -size % 8)
    if size > len(data) - start:
        raise UnreadableFileError(
            f"{where} is truncated: the element at byte {position} has {size} bytes, {len(data) - start} are left"
        )
    return _Element(kind, data[start : start + size], min(end, len(data)))


def _inflated(data: memoryview, *, limit: int, where: str) -> bytes:
    inflater = zlib.decompressobj()
    try:
        inflated = inflater.decompress(data, limit + 1)  # 0 would stand for no limit
    except zlib.error as error:
        raise UnreadableFileError(f"{where} holds damaged compressed data ({error}): save it again") from error
    if not inflater.eof or len(inflated) > limit:
        raise UnreadableFileError(f"{where} holds compressed data that is truncated or too large: save it again")
    return inflated


def _matrices_in(
    data: memoryview, order: str, *, where: str, structure: str = ""
) -> Iterator[tuple[str, NDArray[np.generic]]]:
    """Yield name and values of one matrix element, or of the fields of a structure; nothing for what isn't numeric."""
    parts = list(itertools.islice(_parts(data, order, where=where), 4))
    if len(parts) < 4 or len(parts[0].data) < 4:
        return
    flags = int(np.frombuffer(parts[0].data[:4], dtype=f"{order}u4")[0])
    shape = tuple(np.frombuffer(parts[1].data[: len(parts[1].data) // 4 * 4], dtype=f"{order}i4").tolist())
    name = bytes(parts[2].data).decode("latin-1")
    if flags & 0xFF == _STRUCTURE_CLASS and shape == (1, 1) and not structure:
        for field, values in _fields(data, order, where=where):
            yield from _matrices_in(values, order, where=where, structure=f"{name}.{field}")
    if (flags & 0xFF) not in _NUMERIC_CLASSES or flags & _COMPLEX_FLAG or parts[3].kind not in _TYPES:
        return
    stored = np.dtype(f"{order}{_TYPES[parts[3].kind]}")
    if min(shape, default=-1) < 0 or math.prod(shape) * stored.itemsize != len(parts[3].data):
        raise UnreadableFileError(
            f"{where}: matrix {structure or name!r} of shape {shape} has {len(parts[3].data)} bytes of "
            f"{stored.itemsize} each: save it again"
        )
    yield structure or name, np.frombuffer(parts[3].data, dtype=stored).reshape(shape, order="F")


def _fields(data: memoryview, order: str, *, where: str) -> Iterator[tuple[str, memoryview]]:
    """Yield name and matrix element of each field of a structure."""
    parts = _parts(data, order, where=where)
    _, _, _, length, names = (next(parts, _Element(0, data[:0], 0)).data for _ in range(5))
    size = int(np.frombuffer(length[:4], dtype=f"{order}i4")[0]) if len(length) >= 4 else 0
    starts = range(0, len(names), size) if size > 0 else range(0)
    for start, part in zip(starts, parts, strict=False):
        if part.kind == _MATRIX:
            yield bytes(names[start : start + size]).split(b"\0")[0].decode("latin-1"), part.data


def _parts(data: memoryview, order: str, *, where: str) -> Iterator[_Element]:
    position = 0
    while position < len(data):
        part = _element(data, position, order, where=where)
        yield part
        position = part.end


def _matrices_4(content: bytes, *, where: str) -> Iterator[tuple[str, NDArray[np.generic]]]:
    position = 0
    while position < len(content):
        if position + 20 > len(content):
            raise UnreadableFileError(f"{where} is truncated at byte {position}: save it again")
        order, header = _header_4(content[position : position + 20])
        kind, rows, columns, imaginary, name_bytes = header
        storage = _MAT4_TYPES.get(kind // 10 % 10)
        if storage is None or kind // 100 not in (0, 10) or kind % 10 or imaginary or not 0 < name_bytes <= 256:
            raise UnreadableFileError(f"{where} is no MATLAB file with real matrices (byte {position})")
        stored = np.dtype(order + storage)
        start = position + 20 + name_bytes
        position = start + rows * columns * stored.itemsize
        if min(rows, columns) < 0 or position > len(content):
            raise UnreadableFileError(
                f"{where} is truncated: a matrix of {rows} x {columns} ends at byte {position}, the file has "
                f"{len(content)}: save it again"
            )
        name = content[start - name_bytes : start].rstrip(b"\0").decode("latin-1")
        yield name, np.frombuffer(content[start:position], dtype=stored).reshape((rows, columns), order="F")


def _header_4(words: bytes) -> tuple[str, list[int]]:
    """Return byte order and the five words of a version 4 header; big-endian files have a type of 1000 and more."""
    little: list[int] = np.frombuffer(words, dtype="<i4").tolist()
    if 0 <= little[0] < 1000:
        return "<", little
    big: list[int] = np.frombuffer(words, dtype=">i4").tolist()
    return ">", big
