"""Huffman tables of SCP-ECG (EN 1064, clause 5.5 and annex C): section 2, and the standard's own table.

A code is a prefix, perhaps followed by bits of a number (two's complement, added to the table's base value); a prefix
may also switch to another table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.formats.scp.sections import Section

__all__ = ["MAX_PREFIX_BITS", "WINDOW", "Code", "HuffmanTables", "Lookup", "huffman_tables"]

DEFAULT_TABLE = 19999
WINDOW = 12  # bits that are looked up at once: three to four values of an ECG
CODE_BYTES = 9
MAX_PREFIX_BITS = 32  # of the field that holds a prefix
MAX_EXTRA_BITS = 32
MAX_TABLES = 64  # files of recorders have one, the standard's example two
PLAIN_BITS = (8, 16)


@dataclass(frozen=True, slots=True)
class Code:
    """One line of a table; ``prefix`` has its first transmitted bit as its most significant one."""

    prefix_bits: int
    total_bits: int
    prefix: int
    value: int
    switches: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Lookup:
    """A table by the next 12 bits.

    Attributes
    ----------
    advance : uint8 (4096,)
        Bits that the whole codes among them take; for a code with a number behind it all its bits; 0 where a code is
        longer, switches tables, or is unknown.
    count : uint8 (4096,)
        How many values that is.
    values : int32 (4096, 12)
    prefix_bits, extra_bits : uint8 (4096,)
        Of a code with a number behind it; else 0.
    codes : mapping of (bits, prefix) to Code
    lengths : tuple of int
        Lengths of prefixes, ascending.
    """

    advance: NDArray[np.uint8]
    count: NDArray[np.uint8]
    values: NDArray[np.int32]
    prefix_bits: NDArray[np.uint8]
    extra_bits: NDArray[np.uint8]
    codes: Mapping[tuple[int, int], Code]
    lengths: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class HuffmanTables:
    """Tables of a record; the first is in force where a lead begins.

    Attributes
    ----------
    tables : tuple of tuple of Code
    plain_bits : int
        8 or 16 where section 2 declares values of that width instead of codes, else 0.
    """

    tables: tuple[tuple[Code, ...], ...]
    plain_bits: int = 0
    _lookups: dict[int, Lookup] = field(default_factory=dict, repr=False)

    def lookup(self, number: int) -> Lookup:
        """Return a table (counted from 0) by the next 12 bits; built when first needed."""
        if number not in self._lookups:
            self._lookups[number] = _lookup(self.tables[number])
        return self._lookups[number]


def _default_codes() -> tuple[Code, ...]:
    """Return the standard's own table: 0, then +-1 to +-8 in unary with a sign, then 8 and 16 bits as they are."""
    codes = [Code(1, 1, 0, 0)]
    for magnitude in range(1, 9):
        unary = (1 << magnitude) - 1
        bits = magnitude + 2
        codes += [Code(bits, bits, unary << 2 | sign, -magnitude if sign else magnitude) for sign in (0, 1)]
    return (*codes, Code(10, 18, 0b1111111110, 0), Code(10, 26, 0b1111111111, 0))


DEFAULT = HuffmanTables((_default_codes(),))


def huffman_tables(section: Section) -> HuffmanTables:
    """Return the tables of section 2.

    Raises
    ------
    UnreadableFileError
        When it is cut short or holds codes that no stream can be read with.
    """
    (count,) = section.unpack("H")
    if count == DEFAULT_TABLE:
        return DEFAULT
    if count == 0:
        return HuffmanTables((), plain_bits=16)
    if not 0 < count <= MAX_TABLES:
        raise section.error(f"declares {count} Huffman tables, 1 to {MAX_TABLES} are read")
    tables, at = [], 2
    for _ in range(count):
        (n_codes,) = section.unpack("H", at)
        section.require(at + 2, n_codes * CODE_BYTES)
        lines = range(at + 2, at + 2 + n_codes * CODE_BYTES, CODE_BYTES)
        if count == 1 and n_codes == 1 and section.body[at + 2] == 0 and section.body[at + 3] in PLAIN_BITS:
            return HuffmanTables((), plain_bits=section.body[at + 3])
        tables.append(tuple(_code(section, line, n_tables=count) for line in lines))
        at += 2 + n_codes * CODE_BYTES
    return HuffmanTables(tuple(tables))


def _code(section: Section, at: int, *, n_tables: int) -> Code:
    prefix_bits, total_bits, mode, value, stored = section.unpack("BBBhI", at)
    if not (1 <= prefix_bits <= MAX_PREFIX_BITS and prefix_bits <= total_bits <= prefix_bits + MAX_EXTRA_BITS):
        raise section.error(f"has a Huffman code of {total_bits} bits with a prefix of {prefix_bits}", at=at)
    if mode == 0 and not 1 <= value <= n_tables:
        raise section.error(f"switches to Huffman table {value} of {n_tables}", at=at)
    # the first transmitted bit is stored as the least significant one
    prefix = int(f"{stored & ((1 << prefix_bits) - 1):0{prefix_bits}b}"[::-1], 2)
    return Code(prefix_bits, total_bits, prefix, value, switches=mode == 0)


def _lookup(codes: tuple[Code, ...]) -> Lookup:
    size = 1 << WINDOW
    # of the first code in a window: its bits, its value, whether it is a value by itself
    total, value = np.zeros(size, np.uint8), np.zeros(size, np.int32)
    whole = np.zeros(size, np.bool_)
    prefix_bits, extra_bits = np.zeros(size, np.uint8), np.zeros(size, np.uint8)
    for code in sorted(codes, key=lambda code: -code.prefix_bits):  # where two fit, the shorter one is read
        if code.prefix_bits > WINDOW:
            continue
        shift = WINDOW - code.prefix_bits
        range_ = slice(code.prefix << shift, (code.prefix + 1) << shift)
        extra = 0 if code.switches else code.total_bits - code.prefix_bits
        total[range_] = 0 if code.switches else code.total_bits
        value[range_] = code.value
        whole[range_] = not code.switches and extra == 0
        prefix_bits[range_], extra_bits[range_] = code.prefix_bits, extra
    advance, count, values = _all_in_window(total, value, whole)
    alone = (count == 0) & (extra_bits > 0)
    advance[alone], count[alone], values[alone, 0] = total[alone], 1, value[alone]
    extra_bits[~alone] = 0
    by_prefix = {(code.prefix_bits, code.prefix): code for code in reversed(codes)}
    lengths = tuple(sorted({code.prefix_bits for code in codes}))
    return Lookup(advance, count, values, prefix_bits, extra_bits, by_prefix, lengths)


def _all_in_window(
    total: NDArray[np.uint8], value: NDArray[np.int32], whole: NDArray[np.bool_]
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.int32]]:
    """Return bits, number and values of the whole codes that follow one another in each window."""
    windows = np.arange(1 << WINDOW)
    advance, count = np.zeros(windows.size, np.uint8), np.zeros(windows.size, np.uint8)
    values = np.zeros((windows.size, WINDOW), np.int32)
    fits = np.ones(windows.size, np.bool_)
    for k in range(WINDOW):
        rest = windows << advance & (windows.size - 1)
        fits = fits & whole[rest] & (total[rest] <= WINDOW - advance)
        values[fits, k] = value[rest[fits]]
        advance[fits] += total[rest[fits]]
        count += fits
    return advance, count, values
