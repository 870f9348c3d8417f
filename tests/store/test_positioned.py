"""Positioned reads with and without preadv, and a bounded number of open files."""

from __future__ import annotations

import pytest

from einthoven.store import positioned
from einthoven.store.positioned import OpenFiles, read_into


@pytest.mark.parametrize("native", [True, False])
def test_bytes_come_from_the_position_asked_for(native, tmp_path, monkeypatch):
    """Fewer at the end of the file; the same on platforms without preadv."""
    if not native:
        monkeypatch.setattr(positioned, "_preadv", None)
    (tmp_path / "0").write_bytes(bytes(range(10)))
    files = OpenFiles(lambda number: tmp_path / str(number))
    buffer = bytearray(4)
    assert read_into(files.descriptor(0), memoryview(buffer), 3) == 4
    assert list(buffer) == [3, 4, 5, 6]
    assert read_into(files.descriptor(0), memoryview(buffer), 8) == 2
    files.close()


def test_the_file_opened_first_is_closed_when_there_are_too_many(tmp_path):
    """And opened again when asked for."""
    for number in range(4):
        (tmp_path / str(number)).write_bytes(bytes([number]))
    files = OpenFiles(lambda number: tmp_path / str(number), limit=2)
    for number in (0, 1, 2, 3, 0):
        buffer = bytearray(1)
        read_into(files.descriptor(number), memoryview(buffer), 0)
        assert buffer[0] == number
        assert len(files._descriptors) <= 2
    files.close()
