"""Progress bars with time left: one line per stage, drawn to the error stream so that results can be piped."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sized
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from einthoven.errors import CancelledError
from einthoven.progress import ProgressCallback

__all__ = ["each_written_whole", "progress_lines"]


@contextmanager
def each_written_whole(done: Sized, *, total: int) -> Iterator[None]:
    """Tell somebody who stops the work how far it came; what is written at once needs no mending.

    Raises
    ------
    CancelledError
        In place of KeyboardInterrupt.
    """
    try:
        yield
    except KeyboardInterrupt as error:
        raise CancelledError(
            f"stopped by SIGINT: {len(done):,} of {total:,} ECGs are written, each of them whole; another run needs a "
            "new folder for its output",
            signal_number=signal.SIGINT,
        ) from error


@contextmanager
def progress_lines() -> Iterator[Callable[[str], ProgressCallback]]:
    """Yield ``announce(name) -> callback``; a new announcement ends the line before."""
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
    current: list[TaskID] = []

    def announce(name: str) -> ProgressCallback:
        if current:
            _finish(progress, current[-1])
        current.append(progress.add_task(name, total=None))
        task = current[-1]

        def report(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        return report

    with progress:
        yield announce
        if current:
            _finish(progress, current[-1])


def _finish(progress: Progress, task: TaskID) -> None:
    """Fill a line that never knew its length."""
    total = progress.tasks[progress.task_ids.index(task)].total or 1
    progress.update(task, total=total, completed=total)
