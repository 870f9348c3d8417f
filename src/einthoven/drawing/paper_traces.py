"""Strips of an ECG in millimetres, and how far apart their rows must lie so that none runs into the next."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einthoven.drawing.paper_layout import Paper, Strip
from einthoven.drawing.simplify import simplify
from einthoven.ecg.record import Record

__all__ = ["LABEL_MM", "Trace", "row_depths", "trace_of"]

PEN_TOLERANCE_MM = 0.05  # a fifth of the pen's width, 5 uV at 10 mm/mV
PEN_STOP_MV = 8.0
"""As far as the pen goes either way: higher than any QRS complex (5.9 mV in the first 500 records of PTB-XL, in left
bundle branch block), and low enough for a page that artefacts don't make endless."""
LABEL_MM = 3.2  # height of a lead's name
LEAST_PITCH_MM = {"3x4": 30.0, "12x1": 15.0}


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """One strip: float64 (sample,) millimetres, x from the start of the paper's time axis, y from its row's baseline.

    ``y`` is empty where the lead was not recorded; ``label_y`` is the foot of the lead's name; ``cut`` says that the
    pen was stopped.
    """

    strip: Strip
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    label_y: float
    cut: bool = False


def trace_of(record: Record, strip: Strip, *, paper: Paper, centre_mv: float) -> Trace:
    """Return the strip with ``centre_mv`` of its lead on the row's baseline."""
    ends = np.array([strip.at_s, strip.at_s + strip.length_s]) * paper.speed_mm_s
    if strip.lead not in record.leads:
        return Trace(strip, ends, np.empty(0), 5.0)
    rate = record.sampling_rate_hz
    first, last = math.ceil(strip.from_s * rate - 1e-6), math.floor((strip.from_s + strip.length_s) * rate + 1e-6)
    part = record.signal[record.leads.index(strip.lead), first : last + 1].astype(np.float64)
    if not np.isfinite(part).any():
        return Trace(strip, ends, np.empty(0), 5.0)
    y = (part - centre_mv) * paper.gain_mm_mv
    stop = PEN_STOP_MV * paper.gain_mm_mv
    cut = bool((np.abs(y[np.isfinite(y)]) > stop).any())
    x = ((first + np.arange(part.size)) / rate - strip.from_s + strip.at_s) * paper.speed_mm_s
    kept_x, kept_y = simplify(x, np.clip(y, -stop, stop), tolerance=PEN_TOLERANCE_MM)
    return Trace(strip, kept_x, kept_y, _above(kept_y[kept_x - ends[0] <= 8.0]), cut)


def row_depths(traces: Sequence[Trace], paper: Paper) -> list[float]:
    """Return how far below the grid's upper edge each row's baseline and the lower edge lie, in whole bold squares.

    Between two baselines there is room for what hangs from the upper one and for what stands on the lower one; the
    calibration pulses have a column of their own.
    """
    rows = 1 + max(trace.strip.row for trace in traces)
    up, down = np.zeros(rows), np.full(rows, 3.0)
    for trace in traces:
        row = trace.strip.row
        finite = trace.y[np.isfinite(trace.y)]
        up[row] = max(up[row], trace.label_y + LABEL_MM, finite.max(initial=0.0))
        down[row] = max(down[row], -finite.min(initial=0.0))
    least = max(LEAST_PITCH_MM[paper.layout], paper.gain_mm_mv + 2.0)
    depths = [_whole_squares(max(up[0], paper.gain_mm_mv) + 2.0)]
    for row in range(1, rows):
        depths.append(depths[-1] + _whole_squares(max(least, down[row - 1] + up[row] + 1.0)))
    return [*depths, depths[-1] + _whole_squares(down[-1] + 2.0)]


def _above(y: NDArray[np.float64]) -> float:
    """Return where a name stands clear of the trace below it."""
    return max(float(y[np.isfinite(y)].max(initial=0.0)) + 1.0, 5.0)


def _whole_squares(length_mm: float) -> float:
    return 5.0 * float(np.ceil(length_mm / 5.0))
