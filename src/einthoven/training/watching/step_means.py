"""What the steps since the last line of the history told, averaged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from einthoven.training.step_report import StepReport

__all__ = ["StepMeans"]


class StepMeans:
    """Sums over steps, whose means are a line of the history.

    Attributes
    ----------
    samples : int
        Windows of these steps.
    """

    def __init__(self) -> None:
        self.samples = 0
        self._sums: dict[str, float] = {}
        self._counts: dict[str, int] = {}

    def add(self, report: StepReport) -> None:
        """Count a step in."""
        self.samples += report.samples
        for name, value in {**report.terms, "gradient_norm": report.gradient_norm}.items():
            self._sums[name] = self._sums.get(name, 0.0) + value
            self._counts[name] = self._counts.get(name, 0) + 1

    def means(self) -> dict[str, float]:
        """Return the mean of each term, and of ``gradient_norm``, over the steps that told it."""
        return {name: total / self._counts[name] for name, total in self._sums.items()}

    def line(self, report: StepReport) -> dict[str, float]:
        """Return what the line after the last of these steps tells of them."""
        place = {"step": report.step, "epoch": report.epoch}
        return {
            **place,
            **self.means(),
            "learning_rate": report.learning_rate,
            "micro_batch_size": report.micro_batch_size,
        }

    def state_dict(self) -> dict[str, Any]:
        """Return what a later process goes on from."""
        return {"samples": self.samples, "sums": dict(self._sums), "counts": dict(self._counts)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from what ``state_dict`` returned."""
        self.samples, self._sums, self._counts = int(state["samples"]), dict(state["sums"]), dict(state["counts"])
