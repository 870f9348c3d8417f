"""After each epoch: measure the validation split, keep the best weights, write the history, decide whether to stop."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import lightning.pytorch as lightning
import numpy as np
from numpy.typing import NDArray
from safetensors.torch import save
from typing_extensions import override

from einthoven.evaluation.statistics.delong import placements
from einthoven.models.network import Network
from einthoven.store.durable import durable_file
from einthoven.training.arm import EarlyStoppingMetric
from einthoven.training.disk_space import explained_when_full
from einthoven.training.lightning_module import SupervisedModule

__all__ = ["BEST_WEIGHTS", "HISTORY", "Selection", "macro_auroc", "mean_cross_entropy"]

BEST_WEIGHTS = "best.safetensors"
HISTORY = "history.csv"

Scorer = Callable[[Network], NDArray[np.float64]]


class Selection(lightning.Callback):
    """Validation, best weights, history and early stopping, whose state travels in the saved training state.

    ``best.safetensors`` may be one epoch ahead of a training state that a killed process left; the epoch is then run
    again with the same numbers and the file is written again with the same bytes.

    Parameters
    ----------
    folder : Path
        Of the training run.
    metric : ``auroc``, ``loss`` or ``none``
        What makes an epoch the best one; ``none`` takes the last.
    patience : int
        0 never stops early.
    scorer : callable, optional
        Returns probabilities of the validation records, float64 (record, label); None without validation.
    truth : float32 (record, label)
        Of the validation records, NaN for unknown.
    """

    state_key = "selection"

    def __init__(
        self,
        folder: Path,
        *,
        metric: EarlyStoppingMetric,
        patience: int,
        scorer: Scorer | None,
        truth: NDArray[np.float32],
    ) -> None:
        self._folder = folder
        self._metric = metric
        self._patience = patience
        self._scorer = scorer
        self._truth = truth
        self._losses: list[float] = []
        self.history: list[dict[str, float]] = []
        self.best_epoch = -1
        self.finished = False

    @property
    def best(self) -> dict[str, float]:
        """The best epoch's line of the history."""
        return self.history[self.best_epoch]

    @override
    def state_dict(self) -> dict[str, Any]:
        """Return what a later process goes on from."""
        return {
            "losses": list(self._losses),
            "history": [dict(line) for line in self.history],
            "best_epoch": self.best_epoch,
            "finished": self.finished,
        }

    @override
    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from what ``state_dict`` returned."""
        self._losses = list(state_dict["losses"])
        self.history = [dict(line) for line in state_dict["history"]]
        self.best_epoch, self.finished = state_dict["best_epoch"], state_dict["finished"]

    @override
    def on_train_batch_end(self, trainer: lightning.Trainer, module: Any, outputs: Any, *_: Any) -> None:
        """Note the loss of a batch."""
        self._losses.append(float(outputs["loss"]))

    @override
    def on_train_epoch_end(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        """Measure on the first process, and do on all what it decides."""
        measured = self._measured(module) if trainer.is_global_zero else {}
        line: dict[str, float] = trainer.strategy.broadcast(measured)
        self.history.append(line)
        self._losses = []
        if self._is_best():
            self.best_epoch = len(self.history) - 1
            if trainer.is_global_zero:
                self._write_best(module)
        if trainer.is_global_zero:
            write_history(self._folder / HISTORY, self.history)
        waited = len(self.history) - 1 - self.best_epoch
        out_of_patience = self._patience > 0 and waited >= self._patience
        self.finished = out_of_patience or len(self.history) >= (trainer.max_epochs or 0)
        if out_of_patience:
            trainer.should_stop = True
        if trainer.logger is not None:
            trainer.logger.log_metrics(line, step=len(self.history))

    def _measured(self, module: Any) -> dict[str, float]:
        assert isinstance(module, SupervisedModule)
        line = {"epoch": float(len(self.history) + 1), "train_loss": math.fsum(self._losses) / len(self._losses)}
        if self._scorer is not None:
            scores = self._scorer(module.kept)[:, : self._truth.shape[1]]
            line["validation_loss"] = mean_cross_entropy(scores, self._truth)
            line["validation_auroc"] = macro_auroc(scores, self._truth)
        return line

    def _is_best(self) -> bool:
        if self.best_epoch < 0 or self._metric == "none" or self._scorer is None:
            return True
        key, sign = ("validation_auroc", 1) if self._metric == "auroc" else ("validation_loss", -1)
        return sign * self.history[-1][key] > sign * self.history[self.best_epoch][key]

    def _write_best(self, module: Any) -> None:
        state = {name: tensor.detach().cpu().contiguous() for name, tensor in module.kept.state_dict().items()}
        path = self._folder / BEST_WEIGHTS
        with explained_when_full(path), durable_file(path) as file:
            file.write(save(state))


def write_history(path: Path, history: Sequence[dict[str, float]]) -> None:
    """Write one line per epoch, whole."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(history[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({**line, "epoch": int(line["epoch"])} for line in history)
    with explained_when_full(path), durable_file(path) as file:
        file.write(text.getvalue().encode())


def macro_auroc(scores: NDArray[np.float64], truth: NDArray[np.float32]) -> float:
    """Return the mean over labels of the area under the ROC curve, of the known records.

    Examples
    --------
    >>> macro_auroc(np.array([[0.1], [0.9], [0.5]]), np.array([[0.0], [1.0], [np.nan]]))
    1.0
    """
    areas = []
    for score, label in zip(scores.T, truth.T, strict=True):
        known = ~np.isnan(label)
        areas.append(placements(score[known], label[known] > 0.5).auroc)
    return float(np.mean(areas))


def mean_cross_entropy(scores: NDArray[np.float64], truth: NDArray[np.float32]) -> float:
    """Return the mean binary cross-entropy over the known entries.

    Examples
    --------
    >>> round(mean_cross_entropy(np.array([[0.5, 0.9]]), np.array([[1.0, np.nan]])), 3)
    0.693
    """
    known = ~np.isnan(truth)
    probability = np.clip(scores[known], 1e-12, 1 - 1e-12)
    positive = truth[known].astype(np.float64)
    return float(-np.mean(positive * np.log(probability) + (1 - positive) * np.log1p(-probability)))
