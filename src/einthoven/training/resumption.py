"""Save the whole training state, so that going on after a kill or a signal gives the same weights, bit for bit.

Lightning goes on exactly only with a loader that has a state, a permutation from (seed, epoch) and random numbers
seeded per step; ``RecordBatches`` and ``SupervisedModule`` see to these.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import lightning.pytorch as lightning
import torch
from typing_extensions import override

from einthoven.errors import TrainingError
from einthoven.store.cancellation import StopRequest
from einthoven.store.torch_dataset import RecordBatches
from einthoven.training.disk_space import explained_when_full

__all__ = ["LAST_STATE", "Resumption", "saved_state"]

LAST_STATE = "last.ckpt"


class Resumption(lightning.Callback):
    """Write ``last.ckpt`` every some steps, every epoch, and on SIGINT or SIGTERM before raising ``CancelledError``.

    Must be the last of the callbacks, so that their states are those of the step that is saved.

    Parameters
    ----------
    folder : Path
        Of the training run.
    batches : RecordBatches
        Whose place in the epoch is saved here, too: Lightning gives it back only in the middle of an epoch.
    fingerprint : str
        Of the run; a state with another one is not gone on from.
    every_steps : int
    """

    state_key = "resumption"

    def __init__(self, folder: Path, batches: RecordBatches, *, fingerprint: str, every_steps: int) -> None:
        self._path = folder / LAST_STATE
        self._batches = batches
        self._fingerprint = fingerprint
        self._every_steps = every_steps
        self._stop = StopRequest()

    @override
    def state_dict(self) -> dict[str, Any]:
        """Return the loader's place and whose state this is."""
        return {"batches": self._batches.state_dict(), "fingerprint": self._fingerprint}

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
        """Give the signals back."""
        self._stop.__exit__(None, None, None)

    @override
    def on_train_batch_end(
        self, trainer: lightning.Trainer, module: lightning.LightningModule, outputs: Any, batch: Any, index: int
    ) -> None:
        """Save when it is time; the last batch of an epoch is left to the end of the epoch, after the validation."""
        if index + 1 == trainer.num_training_batches:
            return
        stop = self._stop_on_all(trainer)
        if stop or trainer.global_step % self._every_steps == 0:
            self._save(trainer)
        if stop:
            raise self._stop.error(f"saved at step {trainer.global_step}; the same command goes on from there")

    @override
    def on_train_epoch_end(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        """Save after the validation of the epoch."""
        self._save(trainer)
        if (
            self._stop_on_all(trainer)
            and not trainer.should_stop
            and trainer.current_epoch + 1 < (trainer.max_epochs or 0)
        ):
            raise self._stop.error(
                f"saved after epoch {trainer.current_epoch + 1}; the same command goes on from there"
            )

    def _stop_on_all(self, trainer: lightning.Trainer) -> bool:
        """Whether any process was asked to stop: then all do, at the same step."""
        return bool(trainer.strategy.reduce_boolean_decision(bool(self._stop), all=False))

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
