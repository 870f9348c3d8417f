"""Tell how far training is: steps through the callback, a sentence per epoch with loss and time left."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

import lightning.pytorch as lightning
from typing_extensions import override

from einthoven.progress import ProgressCallback
from einthoven.training.selection import Selection

__all__ = ["StatusCallback", "TrainingProgress", "duration_phrase", "phrase_of", "time_left"]

log = logging.getLogger(__name__)

StatusCallback = Callable[[str], None]
"""Called with one sentence for a human, in the caller's process and thread."""


class TrainingProgress(lightning.Callback):
    """Report each step and each epoch of the first process.

    Parameters
    ----------
    selection : Selection
        Whose history holds the numbers.
    total_steps : int
    progress : ProgressCallback
    status : StatusCallback, optional
    """

    def __init__(
        self, selection: Selection, *, total_steps: int, progress: ProgressCallback, status: StatusCallback | None
    ) -> None:
        self._selection = selection
        self._total_steps = total_steps
        self._progress = progress
        self._status = status
        self._started, self._first_step = 0.0, 0

    @override
    def on_train_start(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        """Start the clock; steps of an earlier process don't count for the time left."""
        self._started, self._first_step = time.monotonic(), trainer.global_step

    @override
    def on_train_batch_end(self, trainer: lightning.Trainer, module: Any, *_: Any) -> None:
        """Report a step."""
        if trainer.is_global_zero:
            self._progress(trainer.global_step, self._total_steps)

    @override
    def on_train_epoch_end(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        """Report an epoch."""
        if not trainer.is_global_zero:
            return
        line = dict(self._selection.history[-1])
        epoch = int(line.pop("epoch"))
        numbers = ", ".join(f"{name.replace('_', ' ')} {value:.4f}" for name, value in line.items())
        left = time_left(
            time.monotonic() - self._started,
            done=trainer.global_step - self._first_step,
            remaining=self._total_steps - trainer.global_step,
        )
        sentence = f"epoch {epoch} of {trainer.max_epochs}: {numbers}; {left}"
        log.info("%s", sentence)
        if self._status is not None:
            self._status(sentence)


def time_left(elapsed_s: float, *, done: int, remaining: int) -> str:
    """Return a phrase such as ``about 3 min left``.

    Examples
    --------
    >>> time_left(60.0, done=100, remaining=300)
    'about 3 min left'
    >>> time_left(4.0, done=100, remaining=300)
    'about 12 s left'
    """
    if remaining <= 0 or done <= 0:
        return "done" if remaining <= 0 else "time left unknown"
    return phrase_of(elapsed_s / done * remaining)


def phrase_of(left_s: float) -> str:
    """Return seconds that are left as a phrase.

    Examples
    --------
    >>> phrase_of(200_000.0), phrase_of(20_000.0), phrase_of(0.0)
    ('about 2.3 days left', 'about 5.6 h left', 'done')
    """
    return f"about {duration_phrase(left_s)} left" if left_s > 0 else "done"


def duration_phrase(seconds: float) -> str:
    """Return a duration in the unit that a person would choose.

    Examples
    --------
    >>> duration_phrase(200_000.0), duration_phrase(20_000.0), duration_phrase(600.0), duration_phrase(42.0)
    ('2.3 days', '5.6 h', '10 min', '42 s')
    """
    for unit, length, digits in (("days", 86_400, 1), ("h", 3_600, 1), ("min", 60, 0)):
        if seconds >= 1.5 * length:
            return f"{seconds / length:.{digits}f} {unit}"
    return f"{seconds:.0f} s"
