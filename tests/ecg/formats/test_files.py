from __future__ import annotations

import os

import pytest

from einthoven.ecg.formats.files import read_bytes, read_head
from einthoven.errors import UnreadableFileError


def test_the_whole_content_comes_back(tmp_path):
    (tmp_path / "a").write_bytes(b"12345")
    assert read_bytes(tmp_path / "a", limit=5) == b"12345"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("a", "has 5 bytes, more than the 4"),
        ("none", "does not exist: fetch it"),
        (".", "not a regular file|can't be read"),
        ("a/b", "can't be read"),
        ("nul\0", "can't be read"),
    ],
)
def test_what_can_not_be_read_is_named_with_the_remedy(tmp_path, name, says):
    (tmp_path / "a").write_bytes(b"12345")
    with pytest.raises(UnreadableFileError, match=says):
        read_bytes(f"{tmp_path}/{name}", limit=4, remedy="fetch it")


def test_the_head_of_a_pipe_is_empty_and_not_waited_for(tmp_path):
    (tmp_path / "a").write_bytes(b"12345")
    os.mkfifo(tmp_path / "pipe")
    assert read_head(tmp_path / "a", size=3) == b"123"
    assert read_head(tmp_path / "pipe", size=3) == b""
