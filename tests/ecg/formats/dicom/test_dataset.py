from __future__ import annotations

import struct

import pytest

from einthoven.ecg.formats.dicom.dataset import DataSet
from einthoven.ecg.formats.dicom.elements import DataSetReader
from fakes.dicom_files import EXPLICIT, packed


def read_set(content):
    return DataSetReader(content, explicit=True, little_endian=True, where="x").data_set(0, len(content))[0]


def test_what_is_absent_or_no_number_is_none():
    data = read_set(packed([(0x003A001A, "DS", "fast"), (0x003A0210, "DS", "inf"), (0x003A0200, "SQ", [])], EXPLICIT))
    assert data.number(0x003A001A) is None
    assert data.number(0x003A0210) is None
    assert data.numbers(0x003A0200) == []
    assert data.text(0x00100010) == ""
    assert data.raw(0x003A0200) == b""
    assert data.item(0x00100010) is None


def test_items_read_text_in_the_character_set_around_them_or_in_their_own():
    items = [[(0x00080104, "LO", b"M\xfc")], [(0x00080005, "CS", "ISO_IR 192"), (0x00080104, "LO", "Mü".encode())]]
    data = read_set(packed([(0x00080005, "CS", "ISO_IR 100"), (0x00400555, "SQ", items)], EXPLICIT))
    assert [item.text(0x00080104) for item in data.items(0x00400555)] == ["Mü", "Mü"]


@pytest.mark.parametrize(
    ("kind", "letter", "numbers"),
    [("SS", "h", [-5, 7]), ("SL", "i", [-70_000]), ("FD", "d", [0.1]), ("FL", "f", [0.5]), ("UV", "Q", [1 << 40])],
)
@pytest.mark.parametrize("order", "<>")
def test_binary_numbers_of_all_kinds_are_read(kind, letter, numbers, order):
    value = struct.pack(f"{order}{len(numbers)}{letter}", *numbers)
    data = DataSet({1: (kind, value + b"\0")}, order=order, character_set=b"")  # a byte too many is left alone
    assert data.numbers(1) == numbers
