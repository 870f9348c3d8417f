"""A full disk ends training in a sentence; anything else that goes wrong passes through."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from einthoven.errors import StoreFullError, TrainingError
from einthoven.training.disk_space import explained_when_full


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left"), OSError(errno.EDQUOT, "Quota"), StoreFullError("no space left")]
)
def test_a_full_disk_is_told_with_the_file_and_how_to_go_on(error):
    """Both of the system's ways to say it, and the store's."""
    with (
        pytest.raises(
            TrainingError, match=r"disk is full: run/last\.ckpt could not .* stay: .* same command"
        ) as caught,
        explained_when_full(Path("run/last.ckpt")),
    ):
        raise error
    assert caught.value.__cause__ is error


def test_other_errors_pass_through():
    """A missing permission is no full disk."""
    with pytest.raises(PermissionError), explained_when_full(Path("last.ckpt")):
        raise PermissionError(errno.EACCES, "denied")
