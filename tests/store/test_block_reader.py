"""Records read in stretches ahead of their use are those of the store, however they lie."""

from __future__ import annotations

import errno
import os
import threading

import numpy as np
import pytest

from einthoven.errors import StoreError
from einthoven.store import block_reader, positioned
from einthoven.store.block_reader import records_ahead
from fakes.written_stores import written_signal, written_store

LENGTHS = [100 + 10 * (record % 4) for record in range(120)]


@pytest.fixture
def store(tmp_path):
    with written_store(tmp_path / "store", lengths=LENGTHS) as opened:
        yield opened


def _check(store, requests) -> None:
    for rows, records_of in zip(requests, records_ahead(store, requests), strict=True):
        for row, record in zip(rows.tolist(), records_of(rows), strict=True):
            assert np.array_equal(record, written_signal(row, 3, LENGTHS[row]))


@pytest.mark.parametrize("gap", [0, 64 << 10])
@pytest.mark.parametrize("stretch", [500, 2 << 20])
def test_any_records_in_any_order_are_read(store, monkeypatch, gap, stretch):
    """Whole shards, half of the records, few, repeated ones, one; with reading through gaps and without."""
    monkeypatch.setattr(block_reader, "_LARGEST_GAP", gap)
    monkeypatch.setattr(block_reader, "_STRETCH_BYTES", stretch)
    generator = np.random.default_rng(0)
    _check(
        store,
        [
            np.arange(120),
            generator.permutation(120)[:60],
            np.array([119, 0, 50, 49]),
            np.array([7, 7, 3]),
            np.array([77]),
            np.arange(0, 120, 2),
        ],
    )


def test_systems_without_reading_at_a_position_or_advice_read_the_same(store, monkeypatch):
    """Windows has neither preadv nor fadvise."""
    monkeypatch.setattr(positioned, "_preadv", None)
    monkeypatch.setattr(positioned, "_fadvise", None)
    _check(store, [np.arange(0, 120, 2), np.arange(120)])


def test_past_the_page_cache_the_same_is_read(store):
    """Or through it, where the file system knows no other way."""
    for rows in (np.arange(120), np.arange(0, 120, 7), np.array([119])):
        (records_of,) = records_ahead(store, [rows], page_cache=False)
        for row, record in zip(rows.tolist(), records_of(rows), strict=True):
            assert np.array_equal(record, written_signal(row, 3, LENGTHS[row]))


def test_a_file_system_that_cannot_read_past_its_cache_is_read_through_it(store, monkeypatch):
    asked = []

    def read_once(path, offset, *, into, flags):
        asked.append(flags)
        if len(asked) % 2:
            raise OSError(errno.EINVAL, "invalid argument")
        return original(path, offset, into=into, flags=flags)

    original = positioned._read_once
    monkeypatch.setattr(positioned, "_DIRECT", 1)
    monkeypatch.setattr(positioned, "_read_once", read_once)
    monkeypatch.setattr(block_reader, "_THREADS", 1)
    (records_of,) = records_ahead(store, [np.array([3])], page_cache=False)
    assert np.array_equal(records_of(np.array([3]))[0], written_signal(3, 3, LENGTHS[3]))
    assert asked == [positioned._FLAGS | 1, positioned._FLAGS]


def test_a_shard_that_ends_too_early_is_named(store):
    path = store.shard_path(1)
    os.truncate(path, path.stat().st_size - 10)
    with pytest.raises(StoreError, match=r"00000001.npy ends 10 bytes too early"):
        list(records_ahead(store, [np.arange(120)]))


def test_nothing_reads_on_after_the_last_request_was_let_go(store):
    records = records_ahead(store, [np.arange(60), np.arange(60, 120)])
    next(records)
    records.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("blocks")]


def test_buffers_are_handed_on_but_never_used_twice_at_once(store):
    """Also when an earlier reading was not finished."""
    spare = []
    list(records_ahead(store, [np.arange(60), np.arange(60, 120)], spare=spare))
    kept = {id(buffer) for buffer in spare}
    assert len(kept) == 2
    first = records_ahead(store, [np.arange(50), np.arange(50, 90)], spare=spare)
    records_of = next(first)
    assert spare == []
    (others_of,) = records_ahead(store, [np.arange(70, 120)], spare=spare)
    assert np.array_equal(records_of(np.array([7]))[0], written_signal(7, 3, LENGTHS[7]))
    assert np.array_equal(others_of(np.array([77]))[0], written_signal(77, 3, LENGTHS[77]))
    first.close()
    assert {id(buffer) for buffer in spare} == kept


def test_no_request_reads_nothing(store):
    assert list(records_ahead(store, [])) == []
