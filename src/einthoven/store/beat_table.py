"""The table of waves: one row per ECG, beat and lead, with the time of each border and peak; columns are a contract."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from einthoven.ecg.delineation import Delineation, Mark

__all__ = ["BEATS_SCHEMA", "FREE_P", "beat_table"]

VERSION = 1
FREE_P = "free_p"
"""Kind of a P wave that no QRS follows: it has no beat, and only P's times."""

_TIMES = tuple(f"{mark.name.lower()}_s" for mark in Mark)
BEATS_SCHEMA = pa.schema(
    [
        ("record_id", pa.string()),
        ("source_path", pa.string()),
        ("lead", pa.string()),
        ("beat", pa.int32()),
        ("kind", pa.string()),
        ("template", pa.int32()),
        *((name, pa.float64()) for name in _TIMES),
    ],
    metadata={"type": "einthoven.beats", "version": str(VERSION)},
)


def beat_table(delineation: Delineation, *, record_id: str, source_path: str) -> pa.Table:
    """Return the rows of one ECG: beats in order of time, leads within each, then P waves without QRS.

    Times are seconds from the start of the record; null where a wave is absent.
    """
    beats, leads = delineation.beats, delineation.leads
    n, width = len(beats.kind), len(leads)
    free = delineation.free_p.shape[0]
    times = np.full((n + free, width, len(Mark)), np.nan)
    times[:n] = delineation.beat_marks
    times[n:, :, [Mark.P_ON, Mark.P_PEAK, Mark.P_OFF]] = delineation.free_p
    numbers: list[Any] = [*range(n), *[None] * free]
    templates: list[Any] = [*beats.template.tolist(), *[None] * free]
    kinds = [*map(str, beats.kind), *[FREE_P] * free]
    rows = (n + free) * width
    columns = [
        pa.repeat(pa.scalar(record_id), rows),
        pa.repeat(pa.scalar(source_path), rows),
        pa.array(list(leads) * (n + free), pa.string()),
        _for_each_lead(numbers, pa.int32(), width),
        _for_each_lead(kinds, pa.string(), width),
        _for_each_lead(templates, pa.int32(), width),
        *(_nullable(times[:, :, mark]) for mark in Mark),
    ]
    return pa.Table.from_arrays(columns, schema=BEATS_SCHEMA)


def _for_each_lead(values: list[Any], kind: pa.DataType, width: int) -> pa.Array:
    return pa.array(values, kind).take(pa.array(np.repeat(np.arange(len(values)), width)))


def _nullable(times: NDArray[np.float64]) -> pa.Array:
    flat = times.ravel()
    return pa.array(flat, pa.float64(), mask=np.isnan(flat))
