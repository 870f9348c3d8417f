"""Sentences of watchers: to the log, and to whoever asked to be told."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from einthoven.training.training_progress import StatusCallback

__all__ = ["Spoken"]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Spoken:
    """Where sentences go.

    Attributes
    ----------
    status : callable, optional
    """

    status: StatusCallback | None = None

    def say(self, sentence: str) -> None:
        """Tell how things are."""
        log.info("%s", sentence)
        if self.status is not None:
            self.status(sentence)

    def warn(self, sentence: str) -> None:
        """Tell what somebody should look at."""
        log.warning("%s", sentence)
        if self.status is not None:
            self.status(f"warning: {sentence}")
