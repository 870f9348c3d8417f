"""Numbers for TensorBoard, in a folder of the run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from torch.utils.tensorboard import SummaryWriter
from typing_extensions import override

from einthoven.training.watching.tracker import Tracker

__all__ = ["TensorBoardTracker"]


class TensorBoardTracker(Tracker):
    """Event files; those of steps that are done again after a kill are hidden by the later ones.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writer: SummaryWriter | None = None

    @override
    def begin(self, *, after: int | None, state: str) -> None:
        """Open a file; a run from the beginning leaves none of an earlier one."""
        if after is None:
            for old in self._folder.glob("events.out.tfevents.*"):
                old.unlink()
        purge = None if after is None else after + 1
        self._writer = SummaryWriter(str(self._folder), purge_step=purge)

    @override
    def send(self, step: int, values: Mapping[str, float]) -> None:
        """Write a scalar per number."""
        assert self._writer is not None
        for name, value in values.items():
            self._writer.add_scalar(name.replace(".", "/"), value, step)

    @override
    def end(self, *, finished: bool) -> None:
        """Close the file."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
