from __future__ import annotations

import struct

import pytest

from einthoven.ecg.formats.dicom.file import looks_like_dicom, open_dicom, uid_name
from einthoven.errors import UnreadableFileError
from fakes.dicom_files import (
    BIG_ENDIAN,
    DEFLATED,
    EXPLICIT,
    GENERAL_32,
    IMPLICIT,
    TWELVE_LEAD,
    Syntax,
    dicom_file,
    group,
    packed,
    wrapped,
)
from fakes.wfdb_files import STANDARD, fake_digital


def ecg(syntax=EXPLICIT, **options):
    return dicom_file([group(fake_digital(), STANDARD, syntax)], syntax, **options)


@pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT, BIG_ENDIAN])
@pytest.mark.parametrize(("preamble", "meta"), [(True, True), (True, False), (False, True), (False, False)])
def test_a_file_is_read_with_and_without_preamble_and_meta_information(syntax, preamble, meta):
    content = ecg(syntax, preamble=preamble, meta=meta)
    assert looks_like_dicom(content[:4096])
    file = open_dicom(content, where="x")
    assert file.title == "12-Lead ECG"
    assert file.data.text(0x00100020) == "P-77"
    assert file.notes == ()


def test_deflated_data_are_inflated():
    content = ecg(DEFLATED, sop_class=GENERAL_32)
    assert open_dicom(content, where="x").title == "General 32-bit ECG"
    with pytest.raises(UnreadableFileError, match="truncated: its deflated data have no end"):
        open_dicom(content[:-200], where="x")
    with pytest.raises(UnreadableFileError, match="can't be inflated"):
        open_dicom(wrapped(b"\xff" * 50, Syntax(DEFLATED.uid)), where="x")


def test_a_transfer_syntax_that_the_data_contradict_is_noted():
    content = wrapped(packed([(0x00080016, "UI", TWELVE_LEAD), (0x00100020, "LO", "P-1")], IMPLICIT), EXPLICIT)
    file = open_dicom(content, where="x")
    assert file.data.text(0x00100020) == "P-1"
    assert file.notes == ("the header says Explicit VR Little Endian, but the data aren't: read as they are",)


def test_other_transfer_syntaxes_are_refused_by_name():
    for uid, name in (("1.2.840.10008.1.2.4.50", "JPEG Baseline"), ("1.2.3", "1.2.3")):
        content = wrapped(b"", Syntax(uid))
        with pytest.raises(UnreadableFileError, match=f"encoded as {name}.*; read are implicit"):
            open_dicom(content, where="x")


@pytest.mark.parametrize(
    ("uid", "message"),
    [
        ("1.2.840.10008.5.1.4.1.1.6.1", "x is a DICOM Ultrasound Image Storage, not an ECG; read are 12-Lead ECG, "),
        ("1.2.840.10008.5.1.4.1.1.9.2.1", "is a DICOM Hemodynamic Waveform Storage, not an ECG"),
        ("1.2.840.10008.5.1.4.1.1.104.1", "is a DICOM Encapsulated PDF Storage, not an ECG"),
        ("1.2.840.10008.1.3.10", "DICOMDIR"),
        ("1.2.3.4", "is a DICOM 1.2.3.4, not an ECG"),
        ("", "is a DICOM object of unknown kind, not an ECG"),
    ],
)
def test_other_kinds_of_objects_are_refused_by_name(uid, message):
    with pytest.raises(UnreadableFileError, match=message):
        open_dicom(ecg(sop_class=uid), where="x")


def test_only_dicom_is_taken_for_dicom():
    for head in (b"", b"DICM", b"\x08\0" + bytes(200), b"\0\x08\0\x16UI", bytes(4096), b"\x02\0\0\0"):
        assert not looks_like_dicom(head)
    other = packed([(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.6.1")], EXPLICIT)
    assert not looks_like_dicom(other)  # another object without its preamble could be anything
    with pytest.raises(UnreadableFileError, match="no 'DICM' at byte 128"):
        open_dicom(other, where="x")


def test_the_length_of_the_meta_information_is_not_trusted():
    content = bytearray(ecg())
    at = 132 + 8
    for length in (0, 7, 0xFFFFFFFF):
        content[at : at + 4] = struct.pack("<I", length)
        assert open_dicom(bytes(content), where="x").data.text(0x00100020) == "P-77"
    with pytest.raises(UnreadableFileError, match="inside its meta information"):
        open_dicom(bytes(content[:170]), where="x")


def test_an_identifier_whose_length_is_damaged_does_not_fill_the_message():
    assert uid_name("1.2.3" + "4" * 100_000) == "1.2.3" + "4" * 59
    assert uid_name("1.2.3\0\2\0UI") == "1.2.3"


def test_well_known_identifiers_have_names():
    assert uid_name("1.2.840.10008.5.1.4.1.1.9.1.1") == "12-lead ECG Waveform Storage"
    assert uid_name("1.2.3") == "1.2.3"
