from __future__ import annotations

import contextlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from einthoven.ecg.formats.scp.huffman import huffman_tables
from einthoven.ecg.formats.scp.huffman_stream import huffman_values
from einthoven.ecg.formats.scp.sections import Section
from einthoven.errors import UnreadableFileError
from fakes.effort import little_work
from fakes.scp_files import DEFAULT_TABLE, default_stream, own_stream, own_tables_body, raw_stream

SECTION = Section(6, 4000, b"", "rec.scp")
DEFAULT = huffman_tables(Section(2, 310, DEFAULT_TABLE, "rec.scp"))
OWN = huffman_tables(Section(2, 310, own_tables_body(), "rec.scp"))


def _values(stream, count, tables=DEFAULT):
    return huffman_values(stream, count, tables, section=SECTION, lead="V3").tolist()


@given(values=st.lists(st.one_of(st.integers(-9, 9), st.integers(-32768, 32767)), max_size=200))
def test_any_values_come_back_from_the_standards_table(values):
    assert _values(default_stream(values), len(values)) == values


@given(values=st.lists(st.one_of(st.sampled_from([0, 1, -1, 7]), st.integers(-32768, 32767)), max_size=200))
def test_any_values_come_back_from_two_tables_that_switch(values):
    assert _values(own_stream(values), len(values), OWN) == values


@pytest.mark.parametrize(("bits", "values"), [(8, [0, 127, -128, 3]), (16, [0, 32767, -32768, 3])])
def test_values_as_they_are_need_no_table(bits, values):
    tables = huffman_tables(Section(2, 310, own_tables_body([[("", bits, 1, 0)]]), "rec.scp"))
    stream = raw_stream(values) if bits == 16 else np.array(values, np.int8).tobytes()
    assert _values(stream, 4, tables) == values


def test_padding_of_any_kind_behind_the_last_value_is_ignored():
    stream = default_stream([5, -300, 2])
    for padding in (b"", b"\0" * 9, b"\xff" * 9, b"\xaa" * 9):
        assert _values(stream + padding, 3) == [5, -300, 2]


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_a_stream_that_ends_before_its_values_is_refused(cut):
    stream = default_stream([1000] * 50)
    with pytest.raises(
        UnreadableFileError, match=r"rec.scp: section 6 holds 4\d of 50 samples of lead V3, then, at bit"
    ):
        _values(stream[:-cut], 50)


def test_bits_that_are_no_code_are_refused_with_their_place():
    tables = huffman_tables(Section(2, 310, own_tables_body([[("0", 0, 1, 4), ("10", 0, 1, 5)]]), "rec.scp"))
    assert _values(b"\x4f", 2, tables) == [4, 5]
    with pytest.raises(UnreadableFileError, match=r"holds 3 of 5 samples of lead V3, then, at bit 4"):
        _values(b"\x4f", 5, tables)


def test_more_values_than_bits_are_refused_before_anything_is_decoded():
    with pytest.raises(UnreadableFileError, match="too few for 4,000,000,000 samples"):
        _values(bytes(100), 4_000_000_000)


def test_prefixes_of_32_bits_are_read():
    long = "1" * 31
    table = [("0", 0, 1, 1), (long + "0", 16, 1, 10), (long + "1", 0, 1, -3)]
    tables = huffman_tables(Section(2, 310, own_tables_body([table]), "rec.scp"))
    bits = "0" + long + "1" + long + "0" + format(-500 & 0xFFFF, "016b") + "0"
    stream = int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")
    assert _values(stream, 4, tables) == [1, -3, -490, 1]


@pytest.mark.parametrize("octet", [b"\0", b"\xff", b"\xaa", b"\x10"])
@pytest.mark.parametrize("switching", [True, False])
def test_the_largest_lead_of_any_content_is_read_or_refused_in_time(octet, switching):
    forever = own_tables_body([[("0", 0, 0, 2), ("1", 0, 0, 2)], [("0", 0, 0, 1), ("1", 0, 0, 1)]])
    tables = huffman_tables(Section(2, 310, forever, "rec.scp")) if switching else DEFAULT
    with little_work(), contextlib.suppress(UnreadableFileError):
        _values(octet * 65535, 524_000, tables)
