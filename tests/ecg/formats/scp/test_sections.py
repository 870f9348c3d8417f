from __future__ import annotations

import struct

import pytest

from einthoven.ecg.formats.scp.sections import checksum, read_sections
from einthoven.errors import ChecksumError, UnreadableFileError
from fakes.effort import little_work
from fakes.scp_files import crc, patient_body, plain_sections, record_bytes, repaired
from fakes.wfdb_files import STANDARD, fake_digital

CONTENT = record_bytes(plain_sections(fake_digital(), STANDARD))


def _pointer(number: int) -> int:
    """Return where section 0 keeps the pointer to a section."""
    return 22 + 10 * number


def _changed(at: int, layout: str, *values: int) -> bytes:
    content = bytearray(CONTENT)
    struct.pack_into("<" + layout, content, at, *values)
    return bytes(content)


def test_the_checksum_is_that_of_an_independent_bitwise_computation():
    for content in (b"", b"\0", b"123456789", CONTENT[:1000]):
        assert checksum(content) == crc(content)


def test_sections_are_found_by_their_pointers():
    sections = read_sections(CONTENT, where="rec.scp")
    assert sorted(sections.by_number) == [0, 1, 3, 6]
    assert sections.by_number[1].body.startswith(patient_body())
    assert (sections.protocol, sections.notes, sections.others) == (20, (), ())


@pytest.mark.parametrize("number", [0, 1, 3, 6])
def test_a_wrong_checksum_names_section_and_offset(number):
    offset = read_sections(CONTENT, where="x").by_number[number].offset
    damaged = bytearray(CONTENT)
    damaged[offset + (10 if number == 0 else 40)] ^= 1
    with pytest.raises(
        ChecksumError, match=rf"rec.scp: section {number} \(byte {offset:,}\) has checksum 0x"
    ) as caught:
        read_sections(bytes(damaged), where="rec.scp")
    assert "damaged" in str(caught.value)


def test_a_wrong_checksum_of_the_whole_record_is_named():
    with pytest.raises(ChecksumError, match=r"the record \(byte 0\) has checksum"):
        read_sections(bytes([CONTENT[0] ^ 1]) + CONTENT[1:], where="rec.scp")


def test_a_checksum_that_was_never_filled_in_is_noted():
    offset = read_sections(CONTENT, where="x").by_number[3].offset
    without = bytearray(_changed(0, "H", 0))
    struct.pack_into("<H", without, offset, 0)
    notes = read_sections(bytes(without), where="rec.scp").notes
    assert notes == ("section 3 stores no checksum (0)", "the record stores no checksum (0)")


def test_bytes_behind_the_record_are_noted():
    assert read_sections(CONTENT + b"tail", where="x").notes == ("4 bytes follow the record and were not read",)


@pytest.mark.parametrize("size", [0, 5, 21, 22, len(CONTENT) - 1])
def test_a_record_that_is_cut_short_says_so(size):
    with pytest.raises(UnreadableFileError, match=r"rec.scp .*(cut short|too few)"):
        read_sections(CONTENT[:size], where="rec.scp")


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ((6, 1 << 31, 500), "outside the"),
        ((6, 0xFFFFFFFF, 0xFFFFFFFF), "outside the"),
        ((6, 500, 0), "outside the"),
        ((6, 15, 500), "outside the"),
        ((3, 100, 300), "points to section 3 twice"),
        ((6, 100, 150), "inside section"),
        ((6, 100, 3), "inside section"),
        ((6, 40, 400), "should begin at byte 399"),
    ],
)
def test_a_pointer_that_leads_nowhere_is_named(values, reason):
    content = repaired(_changed(_pointer(6), "HII", *values))
    with little_work(), pytest.raises(UnreadableFileError, match=reason) as caught:
        read_sections(content, where="rec.scp")
    assert str(caught.value).startswith("rec.scp")


@pytest.mark.parametrize("length", [0, 15, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a_length_of_section_0_that_cannot_be_is_refused(length):
    with pytest.raises(UnreadableFileError, match="does not begin with section 0"):
        read_sections(_changed(10, "I", length), where="rec.scp")


def test_sections_with_a_length_of_zero_are_absent():
    content = repaired(_changed(_pointer(1), "HII", 1, 0, 0))
    assert 1 not in read_sections(content, where="x").by_number


def test_of_two_lengths_of_a_section_the_one_with_the_right_checksum_is_read():
    section = read_sections(CONTENT, where="x").by_number[1]
    by_pointer = repaired(_changed(section.offset + 4, "I", 9999))
    assert read_sections(by_pointer, where="x").by_number[1].body == section.body
    assert "9999 bytes by its own header, " in read_sections(by_pointer, where="x").notes[0]
    shorter = bytearray(_changed(_pointer(1) + 2, "I", len(section.body) + 14))
    struct.pack_into("<H", shorter, 6, crc(bytes(shorter[8 : 6 + 136])))
    struct.pack_into("<H", shorter, 0, crc(bytes(shorter[2:])))
    assert read_sections(bytes(shorter), where="x").by_number[1].body == section.body


def test_a_version_that_is_not_known_is_refused_by_name():
    content = record_bytes(plain_sections(fake_digital(), STANDARD), protocol=40)
    with pytest.raises(UnreadableFileError, match=r"of SCP-ECG 4; versions 1.0 to 3.9 are read"):
        read_sections(content, where="rec.scp")


def test_sections_of_manufacturers_are_listed_and_left_alone():
    content = record_bytes({**plain_sections(fake_digital(), STANDARD), 200: b"anything"})
    assert read_sections(content, where="x").others == (200,)


def test_an_error_in_a_section_names_its_byte_in_the_file():
    section = read_sections(CONTENT, where="rec.scp").by_number[3]
    with pytest.raises(UnreadableFileError, match=rf"section 3 ends before .* \(byte {section.offset + 16 + 110:,} of"):
        section.unpack("I", len(section.body))
    assert section.unpack("BB") == (12, 0b01100100)
