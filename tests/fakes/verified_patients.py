"""The records of ``tests/reference/verification_bias.csv``, drawn by R: some were verified, which the score decided."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np

__all__ = ["numbers_of_r", "verified_patients"]

FOLDER = Path(__file__).parents[1] / "reference"


def verified_patients() -> SimpleNamespace:
    """Return ``patient, age, female, score, truth`` (NaN where not verified) and ``sampling`` weights, each (420,)."""
    table = np.genfromtxt(FOLDER / "verification_bias.csv", delimiter=",", names=True)
    return SimpleNamespace(**{name: table[name] for name in table.dtype.names})


def numbers_of_r(name: str) -> dict:
    """Return what R wrote into ``name.json``."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
