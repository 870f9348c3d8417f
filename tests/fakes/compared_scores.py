"""Two scores of the same records that R compared: data and numbers of ``tests/reference/comparison``."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

__all__ = ["ComparedScores", "compared_scores"]

REFERENCE = Path(__file__).resolve().parent.parent / "reference"


@dataclass(frozen=True)
class ComparedScores:
    """240 records of 80 patients: two probabilities with ties, the truth, a group, and R's numbers."""

    patient: np.ndarray
    truth: np.ndarray
    a: np.ndarray
    b: np.ndarray
    group: np.ndarray
    expected: dict


@cache
def compared_scores() -> ComparedScores:
    """Return the recorded data with R's numbers."""
    with (REFERENCE / "comparison.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    columns = {name: np.array([float(row[name]) for row in rows]) for name in ("patient", "truth", "a", "b")}
    numbers = json.loads((REFERENCE / "comparison.json").read_text(encoding="utf-8"))
    return ComparedScores(**columns, group=np.array([row["group"] for row in rows]), expected=numbers)
