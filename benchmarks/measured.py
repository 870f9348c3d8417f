"""Measurements of one ECG as plain numbers, NaN where there is none."""

from __future__ import annotations

import numpy as np

from einthoven.ecg.measurements import measure
from einthoven.ecg.record import Record

__all__ = ["numbers"]


def numbers(record: Record) -> dict[str, float]:
    """Return each quantity by its name, those of a lead as ``lead.name``."""
    row = measure(record).to_row()
    return {name: np.nan if value is None else float(value) for name, value in row.items() if name != "reasons"}
