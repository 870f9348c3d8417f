"""Records for the tests of what einthoven writes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.record import Provenance, Record


def record_of(
    signal: np.ndarray | None = None, leads: Sequence[str] = STANDARD_LEADS, *, rate: float = 500.0, **changes: Any
) -> Record:
    """Return a record of random float32 millivolts that no file has a step for, unless told otherwise."""
    if signal is None:
        signal = np.random.default_rng(3).normal(0, 0.4, (len(leads), 700))
    provenance = changes.pop("provenance", Provenance("memory", "1", leads_stored=tuple(leads)))
    return Record(np.asarray(signal, np.float32), tuple(leads), rate, "rec", provenance=provenance, **changes)


def full_record(**changes: Any) -> Record:
    """Return a record with all that a clinical file may say about patient and recording."""
    said: dict[str, Any] = {
        "patient_id": "P-0815",
        "time": datetime(2021, 3, 4, 5, 6, 7, 250_000, tzinfo=UTC),
        "time_kind": "utc",
        "age_years": 61.0,
        "sex": "F",
        "device": "Maker Model 12",
        "measurements": {"heart_rate_bpm": 71.0, "pr_ms": 160.0, "qrs_ms": 92.0, "qt_ms": 400.0, "qrs_axis_deg": -20.0},
        "statements": ("Sinus rhythm", "Left axis deviation"),
    }
    return record_of(**(said | changes))
