"""Times with ties, competing events, repeated patients and weights, and what R prints for them."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["SurvivalReference", "survival_reference"]

FOLDER = Path(__file__).resolve().parent.parent / "reference"


@dataclass(frozen=True)
class SurvivalReference:
    """Columns of ``survival.csv`` and the numbers of ``survival.json``; see ``survival.R``."""

    time: np.ndarray
    cause: np.ndarray
    event: np.ndarray
    patient: np.ndarray
    score: np.ndarray
    marker: np.ndarray
    weight: np.ndarray
    group: np.ndarray
    severity: np.ndarray
    numbers: dict[str, Any]

    def options(self, kind: str) -> dict[str, Any]:
        """Return the arguments of a ``clustered`` or ``weighted`` number; none for others."""
        return {"clustered": {"clusters": self.patient}, "weighted": {"weights": self.weight}}.get(kind, {})


def survival_reference() -> SurvivalReference:
    """Read both files."""
    with (FOLDER / "survival.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    columns = {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}
    numbers = json.loads((FOLDER / "survival.json").read_text(encoding="utf-8"))
    return SurvivalReference(**columns, numbers=numbers)
