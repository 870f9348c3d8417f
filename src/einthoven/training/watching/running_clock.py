"""How long training itself has run: what watching takes is left out, and what an earlier process ran is added."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["RunningClock"]


class RunningClock:
    """Seconds of training.

    Attributes
    ----------
    paused_s : float
        Seconds that went into pauses, over all processes of the run.
    """

    def __init__(self) -> None:
        self.paused_s = 0.0
        self._before = 0.0
        self._since: float | None = None

    @property
    def running_s(self) -> float:
        """Seconds outside of pauses, over all processes of the run."""
        return self._before + (0.0 if self._since is None else time.monotonic() - self._since)

    def start(self, *, running_s: float = 0.0, paused_s: float = 0.0) -> None:
        """Run from now on, after what an earlier process ran."""
        self._before, self.paused_s, self._since = running_s, paused_s, time.monotonic()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Leave the block out."""
        begun = time.monotonic()
        self._before, self._since = self.running_s, None
        try:
            yield
        finally:
            self._since = time.monotonic()
            self.paused_s += self._since - begun
