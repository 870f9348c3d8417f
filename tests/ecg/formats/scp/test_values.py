from __future__ import annotations

import struct

import numpy as np
import pytest

from einthoven.ecg.formats.scp.huffman import huffman_tables
from einthoven.ecg.formats.scp.sections import Section
from einthoven.ecg.formats.scp.values import block
from einthoven.errors import UnreadableFileError
from fakes.scp_files import DEFAULT_TABLE, default_stream, differences, raw_stream, samples_body

DEFAULT = huffman_tables(Section(2, 310, DEFAULT_TABLE, "rec.scp"))
SAMPLES = [3, -5, 400, 32767, -32768, 32767, 0, 0, 1]


def _block(body, n_leads=1):
    return block(Section(6, 400, body, "rec.scp"), n_leads=n_leads)


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("tables", [None, DEFAULT])
def test_samples_come_back_from_differences_that_wrap_at_16_bits(order, tables):
    encode = raw_stream if tables is None else default_stream
    stored = _block(samples_body([encode(differences(SAMPLES, order))], difference=order))
    assert stored.values(0, len(SAMPLES), tables, lead="I").tolist() == SAMPLES


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("count", [0, 1, 2])
def test_leads_of_a_few_samples_have_no_differences_yet(order, count):
    stored = _block(samples_body([raw_stream(differences(SAMPLES[:count], order))], difference=order))
    assert stored.values(0, count, None, lead="I").tolist() == SAMPLES[:count]


def test_step_interval_and_flags_are_read():
    stored = _block(samples_body([b"", b"ab"], difference=2, bimodal=1, step_nv=2500, interval_us=8000), n_leads=2)
    assert (stored.step_nv, stored.interval_us, stored.bimodal, stored.difference) == (2500, 8000, True, 2)
    assert stored.streams == (b"", b"ab")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "ends before"),
        (samples_body([b"abcd"], difference=3), "encoding 3, where 0, 1 and 2"),
        (samples_body([b"abcd"], interval_us=0), r"no time between two samples \(0\)"),
        (samples_body([b"abcd"])[:-1], "ends before the 4 bytes"),
        (samples_body([b""])[:-1], "ends before the 2 bytes"),
    ],
)
def test_a_section_that_cannot_be_is_refused(body, reason):
    with pytest.raises(UnreadableFileError, match=f"rec.scp: section 6 .*{reason}"):
        _block(body)


def test_fewer_samples_than_declared_are_refused():
    with pytest.raises(UnreadableFileError, match="holds 9 of 10 samples of lead aVR"):
        _block(samples_body([raw_stream(SAMPLES)])).values(0, 10, None, lead="aVR")


def test_bytes_behind_the_last_sample_are_ignored():
    values = _block(samples_body([raw_stream(SAMPLES) + b"\0\0\0"])).values(0, 9, None, lead="I")
    np.testing.assert_array_equal(values, SAMPLES)


def test_lengths_that_overflowed_are_told_from_the_bytes_that_are_there():
    samples = [list(range(-20000, 20000)), [7] * 40000]
    body = bytearray(samples_body([b"", b""]) + b"".join(raw_stream(row) for row in samples))
    body[6:10] = struct.pack("<2H", 80000 & 0xFFFF, 80000 & 0xFFFF)
    section = Section(6, 400, bytes(body), "rec.scp")
    stored = block(section, n_leads=2, plain_samples=[40000, 40000])
    assert stored.lengths_overflowed
    for row in range(2):
        assert stored.values(row, 40000, None, lead="I").tolist() == samples[row]
    assert not block(section, n_leads=2, plain_samples=[40000, 39999]).lengths_overflowed
    assert not block(section, n_leads=2).lengths_overflowed
