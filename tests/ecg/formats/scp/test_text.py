from __future__ import annotations

from datetime import date, datetime

import pytest

from einthoven.ecg.formats.scp.text import encoding_of, scp_date, scp_text, scp_texts, scp_time


@pytest.mark.parametrize(
    ("language", "encoded", "text"),
    [
        (0x00, b"Smith\0", "Smith"),
        (0x01, "Zwönitz".encode("latin-1"), "Zwönitz"),
        (0x03, "Łódź".encode("iso8859-2") + b"\0", "Łódź"),
        (0x13, "Иван".encode("iso8859-5"), "Иван"),
        (0x07, "心電図\0".encode("utf-16-le"), "心電図"),
        (0x0F, "ｱｲ".encode("shift_jis"), "ｱｲ"),
        (0x17, "心電図".encode("euc_jp") + b"\0", "心電図"),
        (0x27, "心电图".encode("gb2312"), "心电图"),
        (0x37, "心電図".encode() + b"\0", "心電図"),
    ],
)
def test_text_is_read_in_the_language_of_the_record(language, encoded, text):
    assert scp_text(encoded, encoding_of(language, protocol=20)) == text


def test_from_version_3_on_text_is_utf_8():
    assert encoding_of(0x01, protocol=30) == "utf-8"


def test_text_that_breaks_its_encoding_is_read_as_latin_1():
    assert scp_text(b"M\xfcller\0", "utf-8") == "Müller"
    assert scp_text(b"odd", "utf-16-le") != ""


def test_texts_are_separated_by_zeros():
    assert scp_texts(b"a\0 b \0\0c", "latin-1") == ["a", "b", "", "c"]
    assert scp_texts("a\0b".encode("utf-16-le"), "utf-16-le") == ["a", "b"]


@pytest.mark.parametrize("content", [b"", b"\xd2\x07", b"\0\0\0\0", b"\xd2\x07\x0d\x01", b"\xd2\x07\x02\x1e"])
def test_what_is_no_day_is_none(content):
    assert scp_date(content) is None
    assert scp_time(content, b"\1\2\3") is None


def test_day_and_clock_make_a_time_and_a_day_alone_its_midnight():
    day = b"\xd2\x07\x0b\x16"
    assert scp_date(day) == date(2002, 11, 22)
    assert scp_time(day, b"\x09\x0a\x3b") == datetime.fromisoformat("2002-11-22T09:10:59")
    for clock in (b"", b"\x18\0\0", b"\xff\xff\xff"):
        assert scp_time(day, clock) == datetime.fromisoformat("2002-11-22")
