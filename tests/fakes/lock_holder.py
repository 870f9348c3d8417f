"""Something to run in a child process, importable there."""

from __future__ import annotations


def hold(lock, started, finish) -> None:
    """Hold what was sent until told to finish."""
    started.set()
    finish.wait(30)
