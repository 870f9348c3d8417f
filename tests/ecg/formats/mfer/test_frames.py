from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.formats.mfer.definitions import definitions
from einthoven.ecg.formats.mfer.frames import FrameReader, samples_of
from einthoven.errors import SignalError, UnreadableFileError
from fakes.mfer_files import MferWriter, definition

LITTLE = MferWriter(little=True)


def _read(content: bytes) -> FrameReader:
    reader = FrameReader("a.mwf")
    for found in definitions(content, where="a.mwf"):
        reader.take(found, content)
    return reader


def _layout(content: bytes):
    return _read(content + definition(0x1E, bytes(8))).frames[-1].layout


def _samples(content: bytes):
    return samples_of(content, _read(content).frames[0], where="a.mwf")


def _le(*parts: bytes) -> bytes:
    return definition(0x01, b"\x01") + b"".join(parts)


def test_without_definitions_the_standards_defaults_hold():
    reader = _read(definition(0x1E, bytes(8)))
    (channel,) = reader.frames[0].layout
    assert (channel.dtype, channel.block, channel.sequences, channel.rate_hz) == (">i2", 1, None, 1000)
    assert (channel.unit, channel.step, channel.offset, channel.null) == ("", 1, 0, None)
    assert "no sampling interval is given: 1000 Hz is MFER's default" in reader.notes


@pytest.mark.parametrize(
    ("value", "rate"),
    [
        (b"\x00\x00\xf4\x01", 500),
        (b"\x01\xfd\x02", 500),  # 2 ms
        (b"\x01\xfa\xd0\x07\0\0", 500),  # 2,000 us
        (b"\x00\x00\xfa", 250),  # one byte above 127 is no negative number
        (b"\x00\x01\x19", 250),
    ],
)
def test_rates_are_frequencies_or_intervals(value, rate):
    assert _layout(_le(definition(0x0B, value)))[0].rate_hz == rate


def test_rates_of_the_channels_are_enough():
    own = definition(0x3F, definition(0x0B, b"\0\0\x64"), channel=0)
    reader = _read(_le(definition(0x05, b"\1"), own, definition(0x1E, bytes(8))))
    assert reader.frames[0].layout[0].rate_hz == 100
    assert not reader.notes


@pytest.mark.parametrize("value", [b"\x02\x00\x01", b"\x00\x00\x00", b"\x01\x00\x00"])
def test_what_is_no_time_is_no_sampling_interval(value):
    with pytest.raises(SignalError, match="is no time"):
        _layout(_le(definition(0x0B, value)))


def test_steps_have_a_unit_and_a_power_of_ten():
    assert _layout(_le(definition(0x0C, b"\x00\xf9\x0c\x00")))[0][5:7] == (12e-7, "V")
    assert _layout(_le(definition(0x0C, b"\x01\x00\x02")))[0][5:7] == (2, "mmHg")
    assert _layout(_le(definition(0x0C, b"\xc8\x00\x02")))[0].unit == "MFER unit 200"


def test_a_channels_definition_goes_before_that_of_all_and_an_empty_one_takes_it_back():
    own = definition(0x0B, b"\x00\x00\x64") + definition(0x09, b"\x3e\x00")
    content = _le(definition(0x0B, b"\x00\x00\xc8"), definition(0x05, b"\x02"), definition(0x3F, own, channel=1))
    assert [(channel.name, channel.rate_hz) for channel in _layout(content)] == [("channel 1", 200), ("aVR", 100)]
    taken_back = content + definition(0x3F, definition(0x0B), channel=1)
    assert [channel.rate_hz for channel in _layout(taken_back)] == [200, 200]
    assert [channel.rate_hz for channel in _layout(content + definition(0x05, b"\x02"))] == [200, 200]


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (b"\x01", "I"),
        (b"\x08\x00", "V6"),
        (b"\x40\x00", "aVF"),
        (b"\x0b\x00", "V3R"),
        (b"\x00\x00ECG II\0", "ECG II"),
        (b"\xe7\x03", "lead code 999"),
    ],
)
def test_leads_are_told_by_code_or_else_by_text(value, name):
    assert _layout(_le(definition(0x09, value)))[0].name == name


@pytest.mark.parametrize(
    ("code", "dtype"), [(0, "i2"), (1, "u2"), (2, "i4"), (3, "u1"), (5, "i1"), (6, "u4"), (7, "f4"), (8, "f8")]
)
@pytest.mark.parametrize("little", [True, False])
def test_samples_of_every_type_come_back(code, dtype, little):
    values = np.array([[1, 100, 7], [0, 42, 99]], dtype=("<" if little else ">") + dtype)
    head = definition(0x01, bytes([little])) + definition(0x05, b"\x02") + definition(0x0A, bytes([code]))
    content = head + definition(0x04, b"\x03") + definition(0x1E, values.tobytes())
    samples = _samples(content)
    np.testing.assert_array_equal(samples.stored, values)
    assert samples.stored.dtype.itemsize == values.itemsize
    assert samples.absent is None


def test_channels_of_several_rates_and_types_share_a_frame():
    own = definition(0x3F, definition(0x04, b"\x02") + definition(0x0A, b"\x05"), channel=1)
    head = _le(definition(0x05, b"\x02"), definition(0x04, b"\x04"), definition(0x06, b"\x02"), own)
    data = b"".join(np.arange(4, dtype="<i2").tobytes() + np.arange(k, k + 2, dtype="i1").tobytes() for k in (10, 12))
    content = head + definition(0x1E, data)
    first, second = _samples(content).stored
    assert first.tolist() == [0, 1, 2, 3, 0, 1, 2, 3]
    assert second.tolist() == [10, 11, 12, 13]


def test_what_is_missing_at_the_end_of_a_frame_is_absent():
    head = _le(definition(0x05, b"\x02"), definition(0x04, b"\x04"), definition(0x06, b"\x01"))
    content = head + definition(0x1E, np.arange(6, dtype="<i2").tobytes() + b"\x01")
    samples = _samples(content)
    assert np.asarray(samples.stored)[0].tolist() == [0, 1, 2, 3]
    assert np.asarray(samples.absent).tolist() == [[False] * 4, [False, False, True, True]]


HUGE = b"\xff\xff\xff\x7f"


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ([definition(0x04, b"\0")], "has blocks of no samples"),
        ([definition(0x04, HUGE)], "has 8 bytes, its channels take 4294967294"),
        ([definition(0x06, HUGE)], "has 8 bytes, its channels take 4294967294"),
        ([definition(0x04, HUGE), definition(0x06, HUGE)], "has 8 bytes, its channels take"),
        ([definition(0x04, b"\x03")], "has 8 bytes, its channels take 6"),
        ([definition(0x05, HUGE)], "declares 2147483647 channels"),
        ([definition(0x05, b"\0")], "declares 0 channels"),
        ([definition(0x0A, b"\x09")], r"data type 9 \(AHA's compression\) is not supported"),
        ([definition(0x0A, b"\xff")], r"data type 255 \(unknown\) is not supported"),
        ([definition(0x0E, b"\x01\0" + bytes(8))], r"is compressed \(MWF_CMP 1\)"),
        ([definition(0x04, b"\x01"), definition(0x01, b"\0")], "changes its byte order midway"),
        ([definition(0x05, b"\2"), definition(0x3F, definition(6, b"\1"), channel=1)], "of sequences for each channel"),
    ],
)
def test_what_can_not_be_is_refused(parts, message):
    content = _le(*parts, definition(0x1E, bytes(8)))
    with pytest.raises((UnreadableFileError, SignalError), match=f"a.mwf.*{message}"):
        _samples(content)


def test_no_compression_may_be_said():
    assert len(_layout(_le(definition(0x0E, b"\0\0")))) == 1


@pytest.mark.parametrize("change", [b"", definition(0x05, b"\xff"), definition(0x0B, b"\0\0\x01")])
def test_frames_without_end_are_refused(change):
    content = _le(definition(0x05, b"\xff"), (change + definition(0x1E, b"\0")) * 120_000)
    with pytest.raises(UnreadableFileError, match="more frames than can be meant"):
        _read(content)
