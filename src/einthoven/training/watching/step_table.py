"""A CSV file with a line per watched step that grows by appending and, after a kill, is cut back to the step saved."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping
from pathlib import Path

from einthoven.store.durable import durable_file
from einthoven.training.disk_space import explained_when_full

__all__ = ["Cell", "StepTable", "read_step_table"]

Cell = float | int | str | None


class StepTable:
    """Lines with a column ``step``, in ascending order of it.

    A line is in the file when ``append`` returns and on the disk after ``sync``; call that before a training state is
    saved, so that the file is never behind the state. A column that comes up later rewrites the file once.

    Parameters
    ----------
    path : Path
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._columns: list[str] = []

    def begin(self, after: int | None = None) -> None:
        """Keep the lines up to this step, or none; whatever a killed process wrote behind them is gone."""
        lines = [] if after is None else [line for line in read_step_table(self.path) if int(line["step"]) <= after]
        self._columns = list(lines[0]) if lines else []
        if lines:
            self._rewrite(lines)
        else:
            self.path.unlink(missing_ok=True)

    def append(self, line: Mapping[str, Cell]) -> None:
        """Add a line; what it lacks of the columns stays empty."""
        new = [name for name in line if name not in self._columns]
        if new:
            before = read_step_table(self.path)
            self._columns += new
            self._rewrite([*before, line])
            return
        with explained_when_full(self.path), self.path.open("a", newline="", encoding="utf-8") as file:
            self._writer(file).writerow(_shown(line))

    def sync(self) -> None:
        """Bring all lines to the disk."""
        if not self.path.exists():
            return
        with explained_when_full(self.path), self.path.open("rb") as file:
            os.fsync(file.fileno())

    def _rewrite(self, lines: list[dict[str, str]] | list[Mapping[str, Cell]]) -> None:
        text = io.StringIO(newline="")
        writer = self._writer(text)
        writer.writeheader()
        writer.writerows(_shown(line) for line in lines)
        with explained_when_full(self.path), durable_file(self.path) as file:
            file.write(text.getvalue().encode())

    def _writer(self, file: io.TextIOBase | io.StringIO) -> csv.DictWriter[str]:
        return csv.DictWriter(file, fieldnames=self._columns, restval="", lineterminator="\n")


def read_step_table(path: Path) -> list[dict[str, str]]:
    """Return the whole lines of a table, those after the first damaged one left out; none where there is no file."""
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8", errors="replace")
    whole = text[: text.rfind("\n") + 1]  # a line without an end was cut short
    found: list[dict[str, str]] = []
    for line in csv.DictReader(io.StringIO(whole)):
        if None in line or None in line.values() or not str(line.get("step", "")).isdigit():
            break
        found.append({name: str(value) for name, value in line.items()})
    return found


def _shown(line: Mapping[str, Cell]) -> dict[str, Cell]:
    """Return floats with six significant digits, which is more than anybody reads and less than a file has to hold."""
    return {name: f"{value:.6g}" if isinstance(value, float) else value for name, value in line.items()}
