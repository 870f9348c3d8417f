"""Values from a Huffman-coded lead of SCP-ECG (EN 1064, clause 5.5); bits are read from each byte's highest one on.

At each bit of the stream the table says how far the whole codes in the next 12 bits reach, so that the only loop in
Python jumps from one such group to the next; NumPy does the rest.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.formats.scp.huffman import MAX_PREFIX_BITS, WINDOW, Code, HuffmanTables, Lookup
from einthoven.ecg.formats.scp.sections import Section

__all__ = ["huffman_values"]

_TABLE_SHIFT = 32


def huffman_values(
    stream: bytes, count: int, tables: HuffmanTables, *, section: Section, lead: str
) -> NDArray[np.int64]:
    """Return the first ``count`` values that a stream stands for.

    Parameters
    ----------
    stream : bytes
        The encoded data of one lead.
    count : int
    tables : HuffmanTables
    section : Section
        Named in errors.
    lead : str
        Named in errors.

    Returns
    -------
    int64 (value,)

    Raises
    ------
    UnreadableFileError
        When the stream ends before, or holds a code that is in no table.
    """
    if count > 8 * len(stream):  # a code has at least one bit
        raise section.error(f"has {len(stream)} bytes for lead {lead}, too few for {count:,} samples")
    if tables.plain_bits:
        values = np.frombuffer(stream, dtype=f"<i{tables.plain_bits // 8}", count=len(stream) * 8 // tables.plain_bits)
        found, reached = values.astype(np.int64), len(stream) * 8
    else:
        found, reached = _Stream(stream).values(tables)
    if found.size < count:
        raise section.error(
            f"holds {found.size:,} of {count:,} samples of lead {lead}, then, at bit {reached:,}, no valid code"
        )
    return found[:count]


class _Stream:
    """The bits of one lead, and 12 of them from each bit on."""

    def __init__(self, stream: bytes) -> None:
        self.n_bits = 8 * len(stream)
        self.padded = stream + bytes(16)
        self.octets = np.frombuffer(self.padded, np.uint8)
        wide = self.octets.astype(np.uint32)
        three = wide[: len(stream)] << 16 | wide[1 : len(stream) + 1] << 8 | wide[2 : len(stream) + 2]
        shifts = np.arange(24 - WINDOW, 16 - WINDOW, -1, dtype=np.uint32)
        self.windows = (three[:, np.newaxis] >> shifts & ((1 << WINDOW) - 1)).astype(np.uint16).reshape(-1)

    def values(self, tables: HuffmanTables) -> tuple[NDArray[np.int64], int]:
        """Return all values up to the end, or to the first bits that are no code, and the bit where that is."""
        number, position = 0, 0
        lookup = tables.lookup(0)
        advances = {0: self._advances(lookup)}
        advance, base = advances[0], 0
        starts: list[int] = []  # bit and table of each group of values; negative: a value in ``single``
        single: list[int] = []
        switched, groups = 0, 0
        while True:
            while step := advance[position]:
                starts.append(position + base)
                position += step
            if position > self.n_bits:  # the number behind the last prefix is cut short
                starts.pop()
                break
            code = self._code_at(position, lookup)
            if code is None or position + code.total_bits > self.n_bits:
                break
            if code.switches:
                switched = switched + 1 if len(starts) == groups else 1
                if switched > len(tables.tables):  # round in circles, without a value
                    break
                number, groups = code.value - 1, len(starts)
                lookup = tables.lookup(number)
                if number not in advances:
                    advances[number] = self._advances(lookup)
                advance, base = advances[number], number << _TABLE_SHIFT
            else:
                starts.append(-1 - len(single))
                single.append(
                    code.value + self._signed(position + code.prefix_bits, code.total_bits - code.prefix_bits)
                )
            position += code.total_bits
        return self._flat(np.array(starts, np.int64), np.array(single, np.int64), tables), position

    def _advances(self, lookup: Lookup) -> bytes:
        # the last windows reach into the padding, where codes are read one by one; a prefix may reach 64 bits further
        inside = max(0, self.n_bits - WINDOW + 1)
        return lookup.advance[self.windows[:inside]].tobytes() + bytes(self.n_bits - inside + 256)

    def _code_at(self, position: int, lookup: Lookup) -> Code | None:
        bits = self._unsigned(position, MAX_PREFIX_BITS)
        for length in lookup.lengths:
            code = lookup.codes.get((length, bits >> (MAX_PREFIX_BITS - length)))
            if code is not None:
                return code
        return None

    def _unsigned(self, position: int, bits: int) -> int:
        octets = self.padded[position >> 3 : (position >> 3) + 8].ljust(8, b"\0")
        return int.from_bytes(octets, "big") >> (64 - (position & 7) - bits) & ((1 << bits) - 1)

    def _signed(self, position: int, bits: int) -> int:
        value = self._unsigned(position, bits) if bits else 0
        return value - (1 << bits) if bits and value >> (bits - 1) else value

    def _flat(self, starts: NDArray[np.int64], single: NDArray[np.int64], tables: HuffmanTables) -> NDArray[np.int64]:
        count = np.ones(starts.size, np.int64)
        grouped = starts >= 0
        number = np.where(grouped, starts >> _TABLE_SHIFT, -1)
        window = self.windows[np.where(grouped, starts & ((1 << _TABLE_SHIFT) - 1), 0)] if starts.size else starts
        used: Sequence[int] = np.unique(number[grouped]).tolist()
        for table in used:
            of_table = number == table
            count[of_table] = tables.lookup(table).count[window[of_table]]
        first = np.cumsum(count) - count
        flat = np.zeros(int(count.sum()), np.int64)
        flat[first[~grouped]] = single
        for table in used:
            lookup, of_table = tables.lookup(table), number == table
            self._fill(flat, lookup, starts[of_table] & ((1 << _TABLE_SHIFT) - 1), window[of_table], first[of_table])
        return flat

    def _fill(
        self,
        flat: NDArray[np.int64],
        lookup: Lookup,
        position: NDArray[np.int64],
        window: NDArray[np.int64],
        first: NDArray[np.int64],
    ) -> None:
        count = lookup.count[window]
        for k in range(int(count.max(initial=0))):
            has = count > k
            flat[first[has] + k] = lookup.values[window[has], k]
        extra = lookup.extra_bits[window]
        long = extra > 0
        if long.any():
            at = position[long] + lookup.prefix_bits[window[long]]
            flat[first[long]] += self._signed_many(at, extra[long].astype(np.uint64))

    def _signed_many(self, position: NDArray[np.int64], bits: NDArray[np.uint64]) -> NDArray[np.int64]:
        octet = position >> 3
        word = np.zeros(position.size, np.uint64)
        for k in range(8):
            word = word << np.uint64(8) | self.octets[octet + k].astype(np.uint64)
        word = word << (position & 7).astype(np.uint64)
        return word.view(np.int64) >> (64 - bits.astype(np.int64))
