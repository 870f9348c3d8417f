from __future__ import annotations

import struct
import tracemalloc

import numpy as np
import pytest
from sierraecg.lzw import LzwDecoder
from sierraecg.xli import xli_decode

from einthoven.ecg.formats.philips.xli import rebuilt_limb_leads, unpacked_leads
from einthoven.errors import UnreadableFileError
from fakes.effort import little_work
from fakes.philips_files import limb_differences, lzw_codes, packed, xli, xli_chunk


def _leads(n_leads: int = 12, n_samples: int = 700, *, seed: int = 3, top: int = 2000) -> np.ndarray:
    return np.random.default_rng(seed).integers(-top, top, (n_leads, n_samples))


def _chunk(codes: bytes, *, first: int = 0, size: int | None = None) -> bytes:
    return struct.pack("<ihh", len(codes) if size is None else size, 1, first) + codes


@pytest.mark.parametrize("n_samples", [1, 2, 3, 4, 5, 60, 61, 5500])
def test_an_independent_compressor_is_undone_for_any_length(n_samples):
    digital = _leads(3, n_samples)
    unpacked = unpacked_leads(b"".join(map(xli_chunk, digital)), n_leads=3, n_samples=n_samples, where="f")
    np.testing.assert_array_equal(unpacked, digital)
    assert unpacked.dtype == np.int16


@pytest.mark.parametrize("kind", ["noise", "flat", "steps", "sine"])
def test_the_sierraecg_package_unpacks_the_same(kind):
    rows = {
        "noise": _leads(2, 3000),
        "flat": np.zeros((2, 3000), int),
        "steps": np.repeat(_leads(2, 30), 100, axis=1),
        "sine": np.rint(900 * np.sin(np.arange(6000).reshape(2, 3000) / 40)).astype(int),
    }[kind]
    content = b"".join(map(xli_chunk, rows))
    theirs = np.array(xli_decode(content, ["I", "II"]))
    np.testing.assert_array_equal(theirs, rows)
    np.testing.assert_array_equal(unpacked_leads(content, n_leads=2, n_samples=3000, where="f"), theirs)


def test_a_full_table_and_a_code_that_its_own_piece_defines_are_followed():
    content = b"a" * 5000 + bytes(range(256)) * 20
    codes = lzw_codes(content)
    assert len(codes) > 900
    decoder = LzwDecoder(packed([*codes, 1023]), 10)
    assert bytes(decoder.read_bytes(len(content))) == content
    words = np.frombuffer(content, np.uint8).reshape(2, -1).astype(np.uint16)
    stored = (words[0] << 8 | words[1]).view(np.int16).astype(np.int64)
    stored[2:] = 64  # no second differences but the header's: a straight line that stays within 16 bits
    halves = bytes((stored >> 8 & 255).astype(np.uint8)) + bytes((stored & 255).astype(np.uint8))
    chunk = _chunk(packed([*lzw_codes(halves), 1023]), first=int(stored[1] - stored[0]))
    unpacked = unpacked_leads(chunk, n_leads=1, n_samples=stored.size, where="f")
    assert (unpacked[0, 1:] == stored[1]).all()


def test_channels_behind_the_named_leads_are_left_out():
    digital = _leads()
    content = xli(digital, spare=4) + b"what else"
    np.testing.assert_array_equal(
        unpacked_leads(content, n_leads=12, n_samples=700, where="f"), limb_differences(digital)
    )


def test_limb_leads_are_rebuilt_rounding_half_counts_down():
    digital = _leads(13, 400, top=32)
    stored = limb_differences(digital).astype(np.int16)
    np.testing.assert_array_equal(rebuilt_limb_leads(stored, where="f"), digital)
    odd = np.array([[-3], [0], [0], [0], [0], [0]], dtype=np.int16)
    assert rebuilt_limb_leads(odd, where="f")[:, 0].tolist() == [-3, 0, 3, 2, -3, 1]


def test_a_code_that_refers_to_an_entry_yet_to_come_is_refused():
    for codes in ([300], [65, 258], [65, 256, 900], [1022]):
        with pytest.raises(UnreadableFileError, match=r"file\.xml: XLI chunk 1 .*refers to an entry yet to come"):
            unpacked_leads(_chunk(packed([*codes, 1023] * 9)), n_leads=1, n_samples=2, where="file.xml")


@pytest.mark.parametrize("size", [-1, 0, -(2**31), 2**31 - 1, 10_000])
def test_an_impossible_chunk_size_is_refused(size):
    content = xli_chunk(_leads(1)[0]) + _chunk(packed([65, 1023]), size=size)
    with pytest.raises(UnreadableFileError, match=r"file\.xml: XLI chunk 2 at byte \d+ declares"):
        unpacked_leads(content, n_leads=2, n_samples=700, where="file.xml")


def test_missing_chunks_and_cut_chunks_are_refused():
    content = xli(_leads(3))
    with pytest.raises(UnreadableFileError, match=r"end after 3 of 4 leads"):
        unpacked_leads(content, n_leads=4, n_samples=700, where="file.xml")
    for end in range(len(content) - 1, 0, -97):
        with pytest.raises(UnreadableFileError, match=r"file\.xml"):
            unpacked_leads(content[:end], n_leads=3, n_samples=700, where="file.xml")


def test_more_or_fewer_samples_than_declared_are_refused():
    content = xli(_leads(3))
    for n_samples in (699, 701, 350, 100_000, 10**12):
        with pytest.raises(UnreadableFileError, match=r"file\.xml.*declare"):
            unpacked_leads(content, n_leads=3, n_samples=n_samples, where="file.xml")


def test_a_lead_that_leaves_16_bits_is_damaged():
    runaway = _chunk(packed([*lzw_codes(bytes(2000)), 1023]), first=64)
    with pytest.raises(UnreadableFileError, match="beyond the 16 bits"):
        unpacked_leads(runaway, n_leads=1, n_samples=1000, where="file.xml")
    rails = np.array([[32767], [-32768], [0], [0], [0], [0]], dtype=np.int16)
    with pytest.raises(UnreadableFileError, match="a limb lead goes beyond the 16 bits"):
        rebuilt_limb_leads(rails, where="file.xml")


def test_a_small_bomb_is_refused_soon_and_in_little_memory():
    growing = lzw_codes(b"\0" * 295_296)[:767]
    bomb = _chunk(packed([*growing, *[1022] * 80_000, 1023]))
    tracemalloc.start()
    with little_work(), pytest.raises(UnreadableFileError, match="5500 are declared"):
        unpacked_leads(bomb * 12, n_leads=12, n_samples=5500, where="file.xml")
    assert tracemalloc.get_traced_memory()[1] < 20e6
    tracemalloc.stop()
