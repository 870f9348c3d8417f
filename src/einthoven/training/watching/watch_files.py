"""What watching leaves in the folder of a run, and sends elsewhere: two tables, a picture, trackers.

::

    run_dir/
        history.csv     a line every ``watch.log_every_steps``: loss terms, gradient, speed
        probes.csv      a line per look at the embeddings
        training.svg    both, drawn (and training.png)
        watching.json   what the model card says of them
        tensorboard/    the same numbers
"""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from einthoven.training.watching.spoken import Spoken
from einthoven.training.watching.step_table import Cell, StepTable, read_step_table
from einthoven.training.watching.tracker import Tracker

__all__ = ["HISTORY", "PROBES", "WatchFiles"]

HISTORY = "history.csv"
PROBES = "probes.csv"
_DRAWN_EVERY_S = 60.0


class WatchFiles:
    """Files and trackers of one run, written by one process.

    Parameters
    ----------
    folder : Path
        Of the run.
    trackers : sequence of Tracker
    title : str
        Of the picture.
    spoken : Spoken
    """

    def __init__(self, folder: Path, *, trackers: Sequence[Tracker], title: str, spoken: Spoken) -> None:
        self.folder = folder
        self._trackers = tuple(trackers)
        self._title = title
        self._spoken = spoken
        self._history, self._probes = StepTable(folder / HISTORY), StepTable(folder / PROBES)
        self._drew_at = time.monotonic()

    @property
    def tracker_states(self) -> list[str]:
        """What the trackers need to go on, in their order."""
        return [tracker.state for tracker in self._trackers]

    @property
    def history(self) -> list[dict[str, str]]:
        """The lines so far."""
        return read_step_table(self._history.path)

    @property
    def probes(self) -> list[dict[str, str]]:
        """The looks so far."""
        return read_step_table(self._probes.path)

    def begin(self, *, after: int | None, states: Sequence[str]) -> None:
        """Cut everything back to a step; None for a run from the beginning."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for table in (self._history, self._probes):
            table.begin(after)
        for tracker, state in zip(self._trackers, states or [""] * len(self._trackers), strict=True):
            tracker.begin(after=after, state=state)

    def write_line(self, line: Mapping[str, Cell]) -> None:
        """Add a line to the history."""
        self._history.append(line)
        self._send(line)

    def write_probe(self, line: Mapping[str, Cell]) -> None:
        """Add a look."""
        self._probes.append(line)
        self._send({f"probe.{name}" if name != "step" else name: value for name, value in line.items()})

    def sync(self) -> None:
        """Bring all lines to the disk."""
        self._history.sync()
        self._probes.sync()

    def draw(self, *, at_end: bool) -> None:
        """Draw the picture, unless that was less than a minute ago and it isn't the last time."""
        if not at_end and time.monotonic() - self._drew_at < _DRAWN_EVERY_S:
            return
        if importlib.util.find_spec("matplotlib") is None:
            if at_end:
                self._spoken.say("no picture is drawn, as matplotlib isn't installed: pip install 'einthoven[report]'")
            return
        from einthoven.training.watching.training_picture import write_training_figure

        write_training_figure(self.history, self.probes, folder=self.folder, title=self._title)
        self._drew_at = time.monotonic()

    def end(self, *, finished: bool) -> None:
        """Close the trackers."""
        for tracker in self._trackers:
            tracker.end(finished=finished)

    def _send(self, line: Mapping[str, Cell]) -> None:
        numbers = {name: float(value) for name, value in line.items() if isinstance(value, int | float)}
        step = int(numbers.pop("step"))
        for tracker in self._trackers:
            tracker.send(step, numbers)
