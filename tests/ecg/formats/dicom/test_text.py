from __future__ import annotations

import warnings

import pytest
from pydicom.charset import convert_encodings, decode_bytes
from pydicom.valuerep import TEXT_VR_DELIMS

from einthoven.ecg.formats.dicom.text import decoded_text


@pytest.mark.parametrize(
    ("value", "sets", "text"),
    [
        (b"Buc^J\xe9r\xf4me", b"ISO_IR 100", "Buc^Jérôme"),
        (b"\xc4neas^R\xfcdiger", b"ISO_IR 100 ", "Äneas^Rüdiger"),
        (b"\xbb\xee\xda\x63\x65\xdc\xd1\x79\x70\xd3", b"ISO_IR 144", "Люкceмбypг"),
        ("Wang^XiaoDong=王^小东".encode(), b"ISO_IR 192", "Wang^XiaoDong=王^小东"),
        ("王^小东".encode("gb18030"), b"GB18030", "王^小东"),
        (
            b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B",
            b"\\ISO 2022 IR 87",
            "Yamada^Tarou=山田^太郎=やまだ^たろう",
        ),
        (b"plain", b"no such set", "plain"),
    ],
)
def test_the_examples_of_the_standard_are_read(value, sets, text):
    """PS3.5, annexes H, J and K."""
    assert decoded_text(value, sets) == text


def test_undeclared_characters_are_utf_8_where_they_can_be_and_latin_1_else():
    assert decoded_text("Müller".encode(), b"") == "Müller"
    assert decoded_text(b"M\xfcller", b"") == "Müller"


def test_damaged_text_is_still_text():
    for sets in (b"ISO_IR 192", b"\\ISO 2022 IR 87", b"\\ISO 2022 IR 149", b"\xff\xfe", b"ISO_IR 6"):
        assert isinstance(decoded_text(b"\x1b$B\xff\xff\x1b(Bx\xfe", sets), str)


def test_single_sets_equal_pydicom():
    value = bytes(range(0xA1, 0xFF))
    for name in ("ISO_IR 100", "ISO_IR 101", "ISO_IR 144", "ISO_IR 126", "ISO_IR 138", "ISO_IR 148"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = decode_bytes(value, convert_encodings(name), TEXT_VR_DELIMS)
        assert decoded_text(value, name.encode()) == theirs
