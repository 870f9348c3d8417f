"""Numbers and data that the tests of evaluation share."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

REFERENCE = Path(__file__).resolve().parent.parent / "reference"


@dataclass(frozen=True)
class Reference:
    """The small data set whose statistics were computed by brute force."""

    truth: np.ndarray
    patient: np.ndarray
    a: np.ndarray
    b: np.ndarray
    numbers: dict


@dataclass(frozen=True)
class Haemorrhage:
    """The aSAH data set and what R's pROC prints for it."""

    truth: np.ndarray
    female: np.ndarray
    scores: dict
    expected: dict


@pytest.fixture(scope="session")
def reference() -> Reference:
    """Return the recorded data set with ties and repeated patients."""
    content = json.loads((REFERENCE / "binary_outcome.json").read_text(encoding="utf-8"))
    data = {name: np.array(values) for name, values in content["data"].items()}
    return Reference(**data, numbers=content["numbers"])


@pytest.fixture(scope="session")
def haemorrhage(real_data: Path) -> Haemorrhage:
    """Return pROC's example with its expected numbers."""
    folder = real_data / "statistics"
    with (folder / "aSAH.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    return Haemorrhage(
        truth=np.array([row["outcome"] == "Poor" for row in rows]),
        female=np.array([row["gender"] == "Female" for row in rows]),
        scores={name: np.array([float(row[name]) for row in rows]) for name in ("wfns", "s100b", "ndka")},
        expected=json.loads((folder / "pROC_expected.json").read_text(encoding="utf-8")),
    )


@dataclass(frozen=True)
class Regression:
    """Predicted and measured numbers of repeated patients, and what R computes of them."""

    patient: np.ndarray
    predicted: np.ndarray
    measured: np.ndarray
    weight: np.ndarray
    plain: dict
    clustered: dict


@pytest.fixture(scope="session")
def regression() -> Regression:
    """Return the data of ``tests/reference/regression.R`` with its numbers."""
    content = json.loads((REFERENCE / "regression.json").read_text(encoding="utf-8"))
    data = {name: np.array(values) for name, values in content["data"].items()}
    return Regression(**data, plain=content["plain"], clustered=content["clustered"])
