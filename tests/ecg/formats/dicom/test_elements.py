from __future__ import annotations

import pytest

from einthoven.ecg.formats.dicom.elements import DataSetReader, element_name
from einthoven.errors import UnreadableFileError
from fakes.dicom_files import BIG_ENDIAN, EXPLICIT, IMPLICIT, UNDEFINED, head_of, packed

SYNTAXES = {"explicit": EXPLICIT, "implicit": IMPLICIT, "big": BIG_ENDIAN, "undefined": UNDEFINED}


def read_set(content, syntax=EXPLICIT):
    reader = DataSetReader(
        content, explicit=syntax.explicit, little_endian=syntax.order == "<", where="rec.dcm"
    )  # fmt: skip
    data, end = reader.data_set(0, len(content))
    assert end == len(content)
    return data


@pytest.mark.parametrize("name", SYNTAXES)
def test_values_of_all_kinds_are_found_in_every_transfer_syntax(name):
    syntax = SYNTAXES[name]
    items = [[(0x00080100, "SH", "2:1")], [(0x00080100, "SH", "2:2"), (0x00080104, "LO", "Lead II")]]
    content = packed(
        [
            (0x00100020, "LO", "P-1"),
            (0x003A0005, "US", 12),
            (0x0040A0B0, "US", [1, 0]),
            (0x003A001A, "DS", "500.5\\2"),
            (0x003A0010, "UL", 70_000),
            (0x003A0208, "SQ", items),
        ],
        syntax,
    )
    data = read_set(content, syntax)
    assert data.text(0x00100020) == "P-1"
    assert data.number(0x003A0005) == 12
    assert data.numbers(0x0040A0B0) == [1, 0]
    assert data.numbers(0x003A001A) == [500.5, 2]
    assert data.number(0x003A0010) == 70_000
    assert [item.text(0x00080100) for item in data.items(0x003A0208)] == ["2:1", "2:2"]
    assert data.item(0x003A0208).text(0x00080104) == ""
    assert len(list(data.walk())) == 9


def test_a_sequence_of_unknown_representation_is_read_as_implicit_little_endian():
    """PS3.5, 6.2.2: what a sender didn't know it passed on as it came."""
    inner = packed([(0x00100020, "LO", "P-1")], IMPLICIT)
    item = head_of(0xFFFEE000, "", len(inner), IMPLICIT) + inner
    end = head_of(0xFFFEE0DD, "", 0, IMPLICIT)
    content = head_of(0x00991010, "UN", 0xFFFFFFFF, EXPLICIT) + item + end
    assert read_set(content).items(0x00991010)[0].text(0x00100020) == "P-1"


def test_zeros_that_fill_the_file_up_end_it():
    content = packed([(0x00100020, "LO", "P-1")], EXPLICIT)
    reader = DataSetReader(content + bytes(512), explicit=True, little_endian=True, where="x")
    data, end = reader.data_set(0, len(content) + 512)
    assert data.text(0x00100020) == "P-1"
    assert end == len(content) + 512


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x10\0\x20\0LO", "ends at byte 0, inside"),
        (b"\x10\0\x20\0LO\x09\0abc", r"Patient ID \(0010,0020\) at byte 0 has 9 bytes, 3 are left"),
        (b"\x10\0\x20\0\1\2\x09\0abcdefghi", "no value representation, but b'.x01.x02'"),
        (head_of(0x00400555, "SQ", 12, EXPLICIT) + bytes(12), "where an item of a sequence begins"),
        (head_of(0x00400555, "SQ", 4, EXPLICIT) + bytes(4), "ends at byte 12, inside"),
        (head_of(0x00400555, "SQ", 0xFFFFFFFF, EXPLICIT), "ends at byte 12, inside"),
        (head_of(0x54001010, "OW", 0xFFFFFFFF, EXPLICIT), "type OW at byte 0 has no length"),
    ],
)
def test_damage_is_named_with_its_place(content, message):
    with pytest.raises(UnreadableFileError, match=f"rec.dcm is damaged or truncated: .*{message}"):
        read_set(content)


def test_elements_have_names():
    assert element_name(0x54000100) == "Waveform Sequence (5400,0100)"
    assert element_name(0x00990099) == "element (0099,0099)"
