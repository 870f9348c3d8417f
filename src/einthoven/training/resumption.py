"""Save the whole training state, so that going on after a kill or a signal gives the same weights, bit for bit.

Lightning goes on exactly only with a loader that has a state, a permutation from (seed, epoch) and random numbers
seeded per step; the loaders and the modules for Lightning see to these.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any, Protocol

import lightning.pytorch as lightning
import torch
from typing_extensions import override

from einthoven.errors import CancelledError, TrainingError
from einthoven.store.cancellation import StopRequest
from einthoven.training.disk_space import explained_when_full

__all__ = ["LAST_STATE", "Resumption", "saved_state"]

LAST_STATE = "last.ckpt"


class Batches(Protocol):
    """A loader that knows its place."""

    def state_dict(self) -> dict[str, int]:
        """Return the place behind the batches that were handed out."""

    def load_state_dict(self, state: dict[str, int]) -> None:
        """Go on from there."""


class Resumption(lightning.Callback):
    """Write ``last.ckpt`` now and then, and on SIGINT or SIGTERM before raising ``CancelledError``.

    Must be the last of the callbacks, so that their states are those of the step that is saved.

    Parameters
    ----------
    folder : Path
        Of the training run.
    batches : Batches
        Whose place in the epoch is saved here, too: Lightning gives it back only in the middle of an epoch.
    fingerprint : str
        Of the run; a state with another one is not gone on from.
    every_steps : int
        And after each epoch; 0 for ``every_minutes``.
    every_minutes : float
        By the clock of the first process, and after the last epoch.
    saved_errors : tuple of type
        Errors that all processes raise together in a step that changed nothing: the state before it is saved.
    """

    state_key = "resumption"

    def __init__(
        self,
        folder: Path,
        batches: Batches,
        *,
        fingerprint: str,
        every_steps: int = 0,
        every_minutes: float = 0.0,
        saved_errors: tuple[type[BaseException], ...] = (),
    ) -> None:
        self._path = folder / LAST_STATE
        self._batches = batches
        self._place = batches.state_dict()
        self._fingerprint = fingerprint
        self._every_steps = every_steps
        self._every_s = 60 * every_minutes
        self._saved_errors = saved_errors
        self._saved_at = time.monotonic()
        self._stop = StopRequest()

    @override
    def state_dict(self) -> dict[str, Any]:
        """Return the loader's place behind the last step that was done, and whose state this is."""
        return {"batches": self._place, "fingerprint": self._fingerprint}

    @override
    def on_save_checkpoint(
        self, trainer: lightning.Trainer, module: lightning.LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        """Say the same to Lightning's loops, which would count the batch of a step that failed as done."""
        loop = checkpoint["loops"]["fit_loop"]["state_dict"]
        if loop.get("combined_loader"):
            loop["combined_loader"] = [self._place]

    @override
    def on_fit_start(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        """Take the first process's place and order on all: unlike machines may choose unlike orders."""
        self._batches.load_state_dict(trainer.strategy.broadcast(self._batches.state_dict()))

    @override
    def on_train_start(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        """Listen to signals in Lightning's place, whose handler would talk to other processes from within a signal."""
        self._stop.__enter__()

    @override
    def on_train_end(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        """Give the signals back, before Lightning gives back what it found."""
        self._stop.__exit__(None, None, None)

    @override
    def on_exception(self, trainer: lightning.Trainer, module: lightning.LightningModule, error: BaseException) -> None:
        """Save the state before a step that failed, where all processes know of it; give the signals back."""
        self._stop.__exit__(None, None, None)
        if isinstance(error, self._saved_errors):
            _forget_batch(trainer)
            self._save(trainer)

    @override
    def on_train_batch_end(
        self, trainer: lightning.Trainer, module: lightning.LightningModule, outputs: Any, batch: Any, index: int
    ) -> None:
        """Save when it is time; the last batch of an epoch is left to the end of the epoch, after the validation."""
        self._place = self._batches.state_dict()
        if index + 1 == trainer.num_training_batches:
            return
        if self._any(trainer, bool(self._stop) or self._is_due(trainer)):
            self._save(trainer)
            self._stop_if_asked(trainer, f"at step {trainer.global_step}")

    @override
    def on_train_epoch_end(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        """Save after the validation of the epoch."""
        is_last = trainer.current_epoch + 1 >= (trainer.max_epochs or 0)
        is_due = self._every_steps > 0 or is_last or bool(self._stop) or self._is_due(trainer)
        if self._any(trainer, is_due):
            self._save(trainer)
            if not trainer.should_stop and not is_last:
                self._stop_if_asked(trainer, f"after epoch {trainer.current_epoch + 1}")

    def _is_due(self, trainer: lightning.Trainer) -> bool:
        if self._every_steps:
            return trainer.global_step % self._every_steps == 0
        return trainer.is_global_zero and time.monotonic() - self._saved_at >= self._every_s

    def _stop_if_asked(self, trainer: lightning.Trainer, where: str) -> None:
        """Stop on all processes when any was asked to."""
        if not self._any(trainer, bool(self._stop)):
            return
        message = f"saved {where}; the same command goes on from there"
        if self._stop:
            raise self._stop.error(message)
        raise CancelledError(f"stopped with another process: {message}", signal_number=signal.SIGTERM)

    def _any(self, trainer: lightning.Trainer, decision: bool) -> bool:  # noqa: FBT001 - one question, one answer
        """Whether any process says so: then all do it, at the same step."""
        return bool(trainer.strategy.reduce_boolean_decision(decision, all=False))

    def _save(self, trainer: lightning.Trainer) -> None:
        temporary = self._path.with_name(self._path.name + ".tmp")
        try:
            with explained_when_full(self._path):
                trainer.save_checkpoint(temporary)
                if trainer.is_global_zero:
                    with temporary.open("rb") as file:
                        os.fsync(file.fileno())
                    temporary.replace(self._path)
        except TrainingError:
            temporary.unlink(missing_ok=True)  # a piece of a state is of no use, its space is
            raise
        trainer.strategy.barrier()
        self._saved_at = time.monotonic()


def _forget_batch(trainer: lightning.Trainer) -> None:
    """Count the batch whose step failed as not begun: what is saved looks as after the batch before it."""
    progress = trainer.fit_loop.epoch_loop.batch_progress
    in_epoch = progress.current.completed > 0
    progress.is_last_batch = False
    for count in (progress.current, progress.total):
        count.ready = count.completed
        count.started = count.completed  # type: ignore[attr-defined] # Lightning types its base class alone
        count.processed = count.completed  # type: ignore[attr-defined]
        count.completed -= in_epoch  # a batch is completed after the callbacks that save


def saved_state(folder: Path, *, fingerprint: str) -> dict[str, Any] | None:
    """Return the training state that an earlier process of this run left in ``folder``, or None.

    Raises
    ------
    TrainingError
        The file is damaged.
    """
    path = folder / LAST_STATE
    if not path.exists():
        return None
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        raise TrainingError(f"{path} is damaged ({error}): delete it to train anew") from error
    return state if state["callbacks"][Resumption.state_key]["fingerprint"] == fingerprint else None
