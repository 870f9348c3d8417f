"""The simulated scores on which R computed calibration (``tests/reference/calibration.R``), and its numbers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["CalibrationReference", "calibration_reference"]

REFERENCE = Path(__file__).resolve().parent.parent / "reference"


@dataclass(frozen=True, eq=False)
class CalibrationReference:
    """300 probabilities of 150 patients, with weights 1, 2 or 3, and R's numbers."""

    score: NDArray[np.float64]
    truth: NDArray[np.float64]
    patient: NDArray[np.float64]
    weight: NDArray[np.float64]
    numbers: dict[str, Any]


@cache
def calibration_reference() -> CalibrationReference:
    """Return data and numbers."""
    columns = np.genfromtxt(REFERENCE / "calibration.csv", delimiter=",", names=True)
    content = json.loads((REFERENCE / "calibration.json").read_text(encoding="utf-8"))
    names = ("score", "truth", "patient", "weight")
    return CalibrationReference(*(columns[name] for name in names), content["numbers"])
