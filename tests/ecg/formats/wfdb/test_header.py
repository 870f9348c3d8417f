from __future__ import annotations

import pytest

from einthoven.ecg.formats.wfdb.header import is_header, parse_header
from einthoven.errors import SignalError, UnreadableFileError


def parse(text):
    return parse_header(text.encode(), path="x.hea")


def test_comments_blank_lines_tabs_and_crlf_may_stand_anywhere():
    header = parse(
        "# first\r\n\r\nrec 2 360 650000\r\n\t\r\nrec.dat\t212\t200\t11\t1024\t995\t-22131\t0\tMLII\r\n"
        "#x\r\nrec.dat 212 200 11 1024 1011 20052 0 V5\r\n"
    )
    assert header.comments == ("first", "x")
    assert [line.name for line in header.signals] == ["MLII", "V5"]
    assert [line.baseline for line in header.signals] == [1024, 1024]
    assert [line.checksum for line in header.signals] == [-22131, 20052]
    assert (header.rate_hz, header.n_samples) == (360, 650000)


def test_rate_and_length_may_be_missing_and_the_rate_may_carry_counters():
    assert parse("rec 1\nrec.dat 16 I").rate_hz == 250
    assert parse("rec 1 500/1000(0) 10\nrec.dat 16 200 16 0 0 0 0 I").rate_hz == 500


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("16", (16, 1, 0, 0)),
        ("16+24", (16, 1, 0, 24)),
        ("16x1+24", (16, 1, 0, 24)),
        ("212x4:3+10", (212, 4, 3, 10)),
    ],
)
def test_the_format_word_is_taken_apart(word, expected):
    line = parse(f"rec 1 500 10\nrec.dat {word} 200 16 0 0 0 0 I").signals[0]
    assert (line.format, line.samples_per_frame, line.skew, line.byte_offset) == expected


@pytest.mark.parametrize(
    ("words", "name", "checksum"),
    [
        ("200 16 0 5 77 0 lead I", "lead I", 77),
        ("200 16 0 5 77 0", "", 77),
        ("200/mV 16 0 5 II", "II", None),
        ("200/mV aVF", "aVF", None),
        ("V1", "V1", None),
        ("", "", None),
    ],
)
def test_fields_may_end_early(words, name, checksum):
    line = parse(f"rec 1 500 10\nrec.dat 16 {words}").signals[0]
    assert (line.name, line.checksum, line.file_name) == (name, checksum, "rec.dat")


def test_a_master_header_lists_its_segments():
    assert parse("rec/3 2 500 60\na 30\n~ 10\nb 20").segments == (("a", 30), ("~", 10), ("b", 20))


def test_letters_of_old_encodings_are_accepted():
    assert parse_header(b"rec 1 500 10\nrec.dat 16 1/\xb5V 16 0 0 0 0 I\n#M\xfcller", path="x").signals[0].unit == "µV"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\x00\x01\x02", "binary data"),
        (b"# only a comment", "no record line"),
        (b"rec 1 500 10\nrec.dat", "no file and format"),
        (b"rec 1 500 10\nrec.dat sixteen", "no file and format"),
        (b"rec 1 500 10\nrec.dat 16 1e999/mV I", "no usable gain"),
        (b"rec 1 500 10\nrec.dat 16 1.2.3/mV I", "no usable gain"),
        (b"rec 2 500 10\nrec.dat 16 200 I", "declares 2 signals and describes 1"),
        (b"rec/2 1 500 20\na 20", "declares 2 segments and names 1"),
        (b"rec/1 1 500 20\na twenty", "segment line"),
        (b"rec/1 1 500 20\na -20", "negative size"),
        (b"rec 1 500 2000000000\nrec.dat 16 200 I", "more than 1000000000"),
    ],
)
def test_what_can_not_be_read_is_refused_with_the_reason(content, why):
    with pytest.raises(UnreadableFileError, match=why):
        parse_header(content, path="x.hea")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"# c\nrec 12 500 5000\n", True),
        (b"rec/2 12 500 5000\n", True),
        (b"rec 12\n", True),
        (b"record_id,age\n1,2\n", False),
        (b"some words of prose\n", False),
        (b"", False),
        (b"\x93NUMPY\x00", False),
    ],
)
def test_headers_are_told_by_their_first_line(content, expected):
    assert is_header(content) is expected


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("rec.dat 16 1e-300/mV", "no usable gain"),
        ("rec.dat 16 1e300/mV", "no usable gain"),
        (f"rec.dat 16 200({'9' * 5000})/mV", "a number that is too large"),
        ("rec.dat 16 200(99999999999)/mV", "a number that is too large"),
        (f"rec.dat 16+{'9' * 5000} 200/mV", "a number that is too large"),
        ("rec.dat 16 200/mV 16 99999999999", "beyond 32 bits"),
        ("rec.dat 16x3:2000000000 200/mV", "shifted"),
        ("rec.dat 16x900000:12 200/mV", "shifted"),
    ],
)
def test_numbers_beyond_float32_and_memory_are_refused(line, says):
    with pytest.raises(UnreadableFileError, match=f"x.hea .*{says}"):
        parse(f"rec 1 500 10\n{line}")


@pytest.mark.parametrize("rate", ["1e9", "inf", "nan", "0", "-500", "0.001"])
def test_a_rate_that_no_ecg_has_is_refused(rate):
    with pytest.raises(SignalError, match=r"x\.hea: sampling rate must be positive, 1 to 100,000 Hz, got"):
        parse(f"rec 1 {rate} 10\nrec.dat 16 200/mV")
