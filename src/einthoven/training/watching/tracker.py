"""Where numbers are followed from outside while a run goes on."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

__all__ = ["Tracker"]


class Tracker(ABC):
    """A place that numbers are sent to, besides the run's own files."""

    @abstractmethod
    def begin(self, *, after: int | None, state: str) -> None:
        """Start, or go on after a step with the ``state`` that an earlier process kept.

        Parameters
        ----------
        after : int, optional
            None for a run from the beginning; what was sent for later steps is about to come again.
        state : str
        """

    @abstractmethod
    def send(self, step: int, values: Mapping[str, float]) -> None:
        """Take the numbers of a step."""

    @abstractmethod
    def end(self, *, finished: bool) -> None:
        """Send what is left; the run is finished, or may be gone on with."""

    @property
    def state(self) -> str:
        """What a later process needs to go on; empty for nothing."""
        return ""
