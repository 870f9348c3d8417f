from __future__ import annotations

import pytest

from einthoven.ecg.formats.mfer.definitions import MAX_DEFINITIONS, definitions, recognises
from einthoven.errors import UnreadableFileError
from fakes.effort import little_work
from fakes.mfer_files import END, FAKES, MferWriter, definition
from fakes.wfdb_files import STANDARD, fake_digital


def _found(content: bytes) -> list[tuple[int, int | None, bytes]]:
    return [
        (found.tag, found.channel, content[found.start : found.stop]) for found in definitions(content, where="a.mwf")
    ]


def test_lengths_of_one_byte_and_of_several():
    content = definition(0x16, b"short") + definition(0x16, b"l" * 300) + b"\x16\x81\x02ab"
    assert [len(value) for _, _, value in _found(content)] == [5, 300, 2]


def test_groups_are_opened_and_name_their_channel():
    inner = definition(0x09, b"\x01") + definition(0x0A, b"\x02")
    expected = [(0x09, 3, b"\x01"), (0x0A, 3, b"\x02"), (0x05, None, b"\x0c")]
    for group in (
        definition(0x3F, inner, channel=3),
        definition(0x3F, inner, channel=3, indefinite=True),
        definition(0x67, definition(0x3F, inner, channel=3)),
        definition(0x67, definition(0x3F, inner, channel=3, indefinite=True), indefinite=True),
    ):
        assert _found(group + b"\0\0\0" + definition(0x05, b"\x0c") + END + b"anything") == expected


def test_a_channel_number_may_take_two_bytes():
    assert _found(b"\x3f\x81\x01\x03\x09\x01\x02") == [(0x09, 129, b"\x02")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x16", "truncated at byte 1"),
        (b"\x16\x05abc", "tag 0x16 at byte 0 promises 5 bytes, 3 are there"),
        (b"\x1e\x84\xff\xff\xff\xff", "promises 4294967295 bytes, 0 are there"),
        (b"\x1e\x85\0\0\0\0\x01a", "length at byte 1 takes 5 bytes"),
        (b"\x1e\x84\0", "length at byte 1 takes 4 bytes"),
        (b"\x16\x80ab\0\0", "tag 0x16 at byte 0 has no length"),
        (b"\x3f\x00\x80\x09\x01\x01", "a group that was opened has no end"),
        (b"\x3f\x00\x03\x09\x05abcde", "promises 5 bytes, 1 are there"),
        (b"\x3f\x00\x05\x3f\x01\x02\x09\x00", "channel at byte 3 has no number"),
        (b"\x3f\xff\xff\xff\xff\xff", "channel at byte 0 has no number below 256"),
        (b"\x3f", "channel at byte 0 has no number"),
        (b"\x67\x80" * 1000, "nests groups more than 8 deep"),
    ],
)
def test_what_can_not_be_is_refused_with_its_byte(content, message):
    with pytest.raises(UnreadableFileError, match=f"a.mwf.*{message}"):
        _found(content)


@pytest.mark.parametrize("content", [b"\x16\x00" * 600_000, b"\x67\x00" * 600_000, b"\x3f\x01\x00" * 600_000])
def test_definitions_of_no_length_end_after_half_a_million(content):
    with little_work(), pytest.raises(UnreadableFileError, match=f"more than {MAX_DEFINITIONS} definitions"):
        for _ in definitions(content, where="a.mwf"):
            pass


def test_megabytes_of_zeros_are_passed_at_once():
    with little_work():
        assert _found(bytes(30_000_000)) == []


def test_files_are_recognised_with_and_without_preamble(tmp_path):
    for name, fake in FAKES.items():
        folder = tmp_path / name
        folder.mkdir()
        location = fake(folder, fake_digital(12, 60) / 1000, STANDARD)
        with open(location.path, "rb") as file:  # noqa: PTH123 - a path of the location
            assert recognises(file.read())
    assert recognises(definition(0x40, b" MFER ".ljust(32)) + bytes(20))
    writer = MferWriter(little=True)
    bare = definition(0x01, b"\x01") + writer.sampling() + definition(0x08, b"\x01\0") + definition(0x05, b"\x0c")
    assert recognises(bare)
    assert not recognises(bare[:15])
    assert not recognises(definition(0x40, b"something else altogether"))
    assert not recognises(bytes(64))
    assert not recognises(definition(0x01, b"\x01") * 20)
