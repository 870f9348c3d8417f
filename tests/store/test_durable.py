"""A durable file is whole or absent."""

from __future__ import annotations

import errno

import pytest

from einthoven.errors import StoreFullError
from einthoven.store.durable import durable_file


def test_the_file_appears_when_the_block_ends(tmp_path):
    """Not before, and nothing else stays."""
    path = tmp_path / "a"
    with durable_file(path) as file:
        file.write(b"whole")
        assert not path.exists()
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a", b"whole")]


@pytest.mark.parametrize(
    ("error", "expected"), [(OSError(errno.ENOSPC, "full"), StoreFullError), (KeyboardInterrupt(), KeyboardInterrupt)]
)
def test_nothing_stays_when_the_block_fails(error, expected, tmp_path):
    """A full disk is a typed error."""
    with pytest.raises(expected), durable_file(tmp_path / "a"):
        raise error
    assert list(tmp_path.iterdir()) == []
