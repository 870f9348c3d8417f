"""Positioned reads with and without preadv, and a bounded number of open files."""

from __future__ import annotations

import pytest

from einthoven.store import positioned
from einthoven.store.positioned import Block, OpenFiles, read_blocks


@pytest.mark.parametrize("native", [True, False])
def test_bytes_come_from_the_position_asked_for(native, tmp_path, monkeypatch):
    """Fewer at the end of the file; the same on platforms without preadv."""
    if not native:
        monkeypatch.setattr(positioned, "_preadv", None)
    (tmp_path / "0").write_bytes(bytes(range(10)))
    (tmp_path / "1").write_bytes(bytes(range(100, 110)))
    files = OpenFiles(lambda number: tmp_path / str(number))
    buffer = bytearray(8)
    assert read_blocks(files, [1, 0], [3, 6], order=[1, 0], into=memoryview(buffer)) is None
    assert list(buffer) == [103, 104, 105, 106, 6, 7, 8, 9]
    assert read_blocks(files, [1, 0], [0, 8], order=[0, 1], into=memoryview(buffer)) == Block(1, 0, 2)
    files.close()


def test_the_file_opened_first_is_closed_when_there_are_too_many(tmp_path):
    """And opened again when asked for."""
    for number in range(4):
        (tmp_path / str(number)).write_bytes(bytes([number]))
    files = OpenFiles(lambda number: tmp_path / str(number), limit=2)
    for number in (0, 1, 2, 3, 0):
        buffer = bytearray(1)
        read_blocks(files, [number], [0], order=[0], into=memoryview(buffer))
        assert buffer[0] == number
        assert len(files.opened) <= 2
    files.close()
