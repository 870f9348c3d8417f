"""How long work tells whoever waits for it how far it has come: one callback, everywhere."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["ProgressCallback", "no_progress"]

ProgressCallback = Callable[[int, int], None]
"""Called as ``progress(done, total)``, in the caller's process and thread; ``done`` never falls."""


def no_progress(done: int, total: int) -> None:
    """Tell nobody."""
