"""A shard is a valid one-dimensional int16 .npy file."""

from __future__ import annotations

import errno
import io
import os

import numpy as np
import pytest

from einthoven.store import shard
from einthoven.store.shard import HEADER_BYTES, ShardWriter, npy_header


@pytest.mark.parametrize("values", [0, 7, 2**31, 10**15])
def test_the_header_is_numpys(values):
    """Version 1.0, 128 bytes, whatever the size."""
    header = npy_header(values)
    assert len(header) == HEADER_BYTES
    file = io.BytesIO(header)
    assert np.lib.format.read_magic(file) == (1, 0)
    assert np.lib.format.read_array_header_1_0(file) == ((values,), False, np.dtype("<i2"))


def test_blocks_follow_one_another(tmp_path):
    """Each start counts int16 values; views that aren't contiguous are stored in order too."""
    first, second = np.arange(12, dtype=np.int16).reshape(3, 4), np.arange(6, dtype=np.int16).reshape(2, 3).T
    path = tmp_path / "shard.npy"
    with path.open("wb") as file, ShardWriter(file) as writer:
        assert [writer.append(first), writer.append(second)] == [0, 12]
    np.testing.assert_array_equal(np.load(path), [*first.reshape(-1), *second.reshape(-1)])


def test_an_empty_shard_is_valid(tmp_path):
    """As when every record was rejected."""
    path = tmp_path / "shard.npy"
    with path.open("wb") as file, ShardWriter(file):
        pass
    assert np.load(path).shape == (0,)


def test_what_is_written_is_flushed_behind_and_a_full_disk_is_told(tmp_path, monkeypatch):
    """The system tells of a failed write once, so the thread's error must not be lost."""
    monkeypatch.setattr(shard, "_FLUSH_VALUES", 10)
    flushed = []
    monkeypatch.setattr(os, "fsync", flushed.append)
    block = np.ones((2, 4), dtype=np.int16)
    with (tmp_path / "a.npy").open("wb") as file:
        with ShardWriter(file) as writer:
            assert [writer.append(block) for _ in range(4)] == [0, 8, 16, 24]
        assert flushed == [file.fileno()] * 2
    assert (np.load(tmp_path / "a.npy") == 1).all()

    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with (tmp_path / "b.npy").open("wb") as file:
        writer = ShardWriter(file).__enter__()
        writer.append(block)
        writer.append(block)
        with pytest.raises(OSError, match="No space left"):
            writer.__exit__(None, None, None)
