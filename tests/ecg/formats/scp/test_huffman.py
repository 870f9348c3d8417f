from __future__ import annotations

import struct

import numpy as np
import pytest

from einthoven.ecg.formats.scp.huffman import MAX_TABLES, huffman_tables
from einthoven.ecg.formats.scp.sections import Section
from einthoven.errors import UnreadableFileError
from fakes.effort import little_work
from fakes.scp_files import DEFAULT_TABLE, OWN_TABLES, own_tables_body


def _tables(body: bytes):
    return huffman_tables(Section(2, 310, body, "rec.scp"))


def test_the_standards_own_table_has_its_19_codes():
    codes = {format(code.prefix, f"0{code.prefix_bits}b"): code for code in _tables(DEFAULT_TABLE).tables[0]}
    assert len(codes) == 19
    assert [codes[bits].value for bits in ("0", "100", "101", "1100", "1111111100", "1111111101")] == [
        0,
        1,
        -1,
        2,
        8,
        -8,
    ]
    assert [codes[bits].total_bits for bits in ("1111111110", "1111111111")] == [18, 26]


def test_tables_of_ones_own_are_read_with_their_first_bit_first():
    tables = _tables(own_tables_body()).tables
    read = [
        [
            (format(c.prefix, f"0{c.prefix_bits}b"), c.total_bits - c.prefix_bits, int(not c.switches), c.value)
            for c in table
        ]
        for table in tables
    ]
    assert read == [list(table) for table in OWN_TABLES]


@pytest.mark.parametrize("bits", [8, 16])
def test_a_lone_code_without_prefix_means_values_as_they_are(bits):
    assert _tables(own_tables_body([[("", bits, 1, 0)]])).plain_bits == bits


def test_no_table_means_16_bits_as_they_are():
    assert _tables(struct.pack("<H", 0)).plain_bits == 16


def test_a_lookup_counts_the_whole_codes_in_twelve_bits():
    lookup = _tables(DEFAULT_TABLE).lookup(0)
    window = 0b100_0_101_0_1100  # +1 0 -1 0 +2
    assert (lookup.advance[window], lookup.count[window]) == (12, 5)
    assert lookup.values[window, :5].tolist() == [1, 0, -1, 0, 2]
    cut = 0b0_1111111110_1  # a zero, then a number that is longer than the window
    assert (lookup.advance[cut], lookup.count[cut]) == (1, 1)
    long = 0b1111111110_01
    assert (lookup.advance[long], lookup.count[long], lookup.extra_bits[long]) == (18, 1, 8)


def test_every_window_of_the_standards_table_is_read_as_bit_by_bit():
    lookup = _tables(DEFAULT_TABLE).lookup(0)
    codes = {(c.prefix_bits, c.prefix): c for c in _tables(DEFAULT_TABLE).tables[0]}
    for window in np.random.default_rng(0).integers(0, 4096, 500).tolist():
        values, at = [], 0
        for end in range(1, 13):
            code = codes.get((end - at, window >> (12 - end) & ((1 << (end - at)) - 1)))
            if code is not None and code.total_bits > code.prefix_bits:
                break
            if code is not None:
                values.append(code.value)
                at = end
        if values:
            assert (lookup.advance[window], lookup.count[window]) == (at, len(values))
            assert lookup.values[window, : len(values)].tolist() == values


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"\x01", "ends before"),
        (struct.pack("<H", MAX_TABLES + 1), "Huffman tables, 1 to 64"),
        (struct.pack("<H", 65535), "declares 65535"),
        (struct.pack("<HH", 1, 65535), "ends before"),
        (own_tables_body([[("", 0, 1, 0)]]), "code of 0 bits with a prefix of 0"),
        (own_tables_body([[("", 16, 1, 0), ("1", 0, 1, 0)]]), "code of 16 bits with a prefix of 0"),
        (own_tables_body([[("0", 33, 1, 0)]]), "code of 34 bits"),
        (struct.pack("<HHBBBhI", 1, 1, 40, 40, 1, 0, 0), "prefix of 40"),
        (struct.pack("<HHBBBhI", 1, 1, 8, 4, 1, 0, 0), "code of 4 bits with a prefix of 8"),
        (own_tables_body([[("0", 0, 0, 2)]]), "switches to Huffman table 2 of 1"),
        (own_tables_body([[("0", 0, 0, 0)]]), "switches to Huffman table 0 of 1"),
    ],
)
def test_tables_that_no_stream_can_be_read_with_are_refused(body, reason):
    with pytest.raises(UnreadableFileError, match=f"rec.scp: section 2 .*{reason}"):
        _tables(body)


def test_a_table_of_tens_of_thousands_of_codes_is_read_in_time():
    table = [(format(k, "016b"), 0, 1, k - 32768) for k in range(0, 65535, 2)]
    with little_work():
        lookup = _tables(own_tables_body([table])).lookup(0)
    assert lookup.lengths == (16,)
