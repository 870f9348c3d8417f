"""Yes/no calls with given cells, and the numbers that R gives for them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

__all__ = ["R_NUMBERS", "calls", "metric_of_r", "sample"]

R_NUMBERS = json.loads((Path(__file__).parent.parent / "reference/decision_metrics.json").read_text(encoding="utf-8"))


def calls(cells):
    """Return decision and truth with so many true positives, false positives, false negatives and true negatives."""
    return np.repeat([1, 1, 0, 0], cells), np.repeat([1, 0, 1, 0], cells)


def metric_of_r(name):
    """Yield decision, truth and R's value, low and high of a metric, for each table."""
    for table in R_NUMBERS["tables"]:
        yield *calls(table["cells"]), table["metrics"][name]


def sample(seed=0, n=400, patients=150):
    """Return decision, truth, patient and whole weights, patients' records alike."""
    rng = np.random.default_rng(seed)
    patient = rng.integers(0, patients, n)
    effect = rng.normal(size=patients)[patient]
    truth = (effect + rng.normal(size=n) > 0.8).astype(int)
    decision = (0.8 * truth + 0.5 * effect + rng.normal(size=n) > 0.7).astype(int)
    return decision, truth, patient, rng.integers(1, 4, n)
