"""How many ECGs and patients remain after each step from the source table to the cohort (CONSORT style, as data)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

__all__ = ["FlowStep", "read_flow", "write_flow"]

VERSION = 1


@dataclass(frozen=True, slots=True)
class FlowStep:
    """One box of the flow chart.

    Attributes
    ----------
    label : str
        What the box says, for example ``withdrawn upstream (duplicates)``.
    records, patients : int
        ECGs and patients that are in the box; for an exclusion, those that leave there.
    excluded : bool
        True for a box at the side.
    counted : str
        What ``records`` counts, in the plural: ``ECGs``, ``reports`` or ``pairs``.
    source : str
        Of which source's rows, where there are several.
    """

    label: str
    records: int
    patients: int
    excluded: bool = False
    counted: str = "ECGs"
    source: str = ""

    @property
    def words(self) -> str:
        """The label, after the name of its source."""
        return f"{self.source}: {self.label}" if self.source else self.label

    def begins_after(self, before: FlowStep) -> bool:
        """Whether it counts other things than the step before it: another source's, or reports instead of ECGs."""
        of_reports = [step.counted in ("reports", "pairs") for step in (self, before)]
        return not self.excluded and (self.source != before.source or of_reports[0] != of_reports[1])


def write_flow(steps: Sequence[FlowStep], path: Path) -> None:
    """Write the steps as JSON."""
    document = {"type": "flow", "version": VERSION, "steps": [asdict(step) for step in steps]}
    path.write_text(json.dumps(document, indent=1))


def read_flow(path: Path) -> list[FlowStep]:
    """Inverse of ``write_flow``."""
    return [FlowStep(**step) for step in json.loads(path.read_text())["steps"]]
