"""Strangers are no persons in common, whatever their recordings lack."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import polars as pl

from einthoven.cohort.audit_near_duplicates import SignalAccess
from einthoven.cohort.kept_apart import kept_apart
from einthoven.cohort.shared_recordings import COPIES, SHARED

ROWS = pl.DataFrame(
    {
        "record_id": ["a0", "a1", "b0", "b1", "c0", "c1"],
        "patient_id": ["a", "a", "b", "b", "c", "c"],
        "source": "clinic",
        "split": ["test", "test", "train", "train", "train", "train"],
        "signal_hash": ["flat", "x", "flat", "y", "z", "x"],
    }
)


def _signal(record_id: str) -> np.ndarray:
    name = ROWS.filter(pl.col("record_id") == record_id)["signal_hash"].item()
    if name == "flat":
        return np.zeros((12, 1000), dtype=np.float32)
    return np.random.default_rng(ord(name)).normal(size=(12, 1000)).astype(np.float32)


def test_recordings_without_a_signal_do_not_make_strangers_one_person():
    """Patient b has an empty file, as a has, who is tested: b stays but for it; c has a's own recording and leaves."""
    flow = []
    sources = {"clinic": ("develop", SimpleNamespace(simulated=""))}
    apart = kept_apart(ROWS, sources, flow, signals=SignalAccess(100.0, _signal))
    assert apart.rows["record_id"].to_list() == ["a0", "a1", "b1"]
    assert [(step.label, step.records) for step in flow] == [(SHARED, 2), (COPIES, 1)]
