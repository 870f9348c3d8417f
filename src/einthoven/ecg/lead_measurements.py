"""The measurements of the representative beat, lead by lead, as columns of one array."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.amplitudes_of_waves import levels_at, measure_p, measure_t
from einthoven.ecg.analysis_signal import SAMPLE_MS
from einthoven.ecg.delineation import Mark
from einthoven.ecg.lead_measurement_quantities import LEAD_QUANTITIES
from einthoven.ecg.qrs_deflections import DEFLECTIONS, find_deflections, smallest_deflection
from einthoven.ecg.qrs_shape import (
    NOTCH_SHARE,
    count_notches,
    half_width,
    highest_point,
    net_area,
    terminal_area,
)
from einthoven.ecg.representative_beat import RepresentativeBeat

__all__ = ["COLUMN", "LeadNumbers", "measure_leads"]

COLUMN = {name: place for place, name in enumerate(LEAD_QUANTITIES)}
"""Place of each quantity in the last axis."""

LEVEL_MS = 16
"""Before the onset of QRS: over which its level is averaged; two samples of the CSE's slowest recorders."""

FEWEST_SAMPLES = 5
"""Of a wave that can be measured: 8 ms."""

_ST_COLUMNS = [COLUMN[name] for name in ("j_mv", "st_j40_mv", "st_j60_mv", "st_j80_mv")]
_ST_MS = np.array([0.0, 40.0, 60.0, 80.0])
_AMPLITUDES = [COLUMN[f"{name}_mv"] for name in DEFLECTIONS]
_DURATIONS = [COLUMN[f"{name}_ms"] for name in DEFLECTIONS]
_LEAD_INTERVALS = {
    "p_ms": (Mark.P_ON, Mark.P_OFF),
    "qrs_ms": (Mark.QRS_ON, Mark.QRS_OFF),
    "qt_ms": (Mark.QRS_ON, Mark.T_OFF),
}


@dataclass(frozen=True, slots=True, eq=False)
class LeadNumbers:
    """The columns, and the P wave that one more number is taken from.

    Attributes
    ----------
    values : float64 (lead, quantity)
        In the order of ``LEAD_QUANTITIES``; NaN where there is none. Unit of the record in place of mV.
    p_wave : float64 (lead, sample) or None
        P against the line from its onset to its end.
    """

    values: NDArray[np.float64]
    p_wave: NDArray[np.float64] | None

    def of(self, name: str) -> NDArray[np.float64]:
        """Return float64 (lead,): one quantity."""
        column: NDArray[np.float64] = self.values[:, COLUMN[name]]
        return column


def measure_leads(
    beat: RepresentativeBeat, marks_ms: NDArray[np.float64], lead_marks_ms: NDArray[np.float64]
) -> LeadNumbers:
    """Return all numbers of all leads.

    Parameters
    ----------
    beat : RepresentativeBeat
    marks_ms : float64 (9,), ms from the fiducial
        Over all leads.
    lead_marks_ms : float64 (lead, 9), ms from the fiducial
    """
    values = np.full((beat.signal.shape[0], len(LEAD_QUANTITIES)), np.nan)
    values[:, COLUMN["noise_mv"]] = beat.noise
    for name, (begin, end) in _LEAD_INTERVALS.items():
        values[:, COLUMN[name]] = lead_marks_ms[:, end] - lead_marks_ms[:, begin]
    at = (beat.fiducial + marks_ms / SAMPLE_MS).tolist()
    qrs = _between(at, Mark.QRS_ON, Mark.QRS_OFF, n=beat.signal.shape[1])
    if qrs is None:
        return LeadNumbers(values, None)
    signal = beat.signal - _level_before(beat.signal, qrs.start)
    _fill_qrs(values, np.ascontiguousarray(signal[:, qrs]), beat.noise)
    peak_time = values[:, COLUMN["r_peak_time_ms"]]
    peak_time += (qrs.start - at[Mark.QRS_ON]) * SAMPLE_MS
    np.maximum(peak_time, 0, out=peak_time)
    values[:, _ST_COLUMNS] = levels_at(signal, at[Mark.QRS_OFF] + _ST_MS / SAMPLE_MS).T
    _fill_t(values, signal, at)
    return LeadNumbers(values, _fill_p(values, signal, at))


def _between(at: list[float], begin: Mark, end: Mark, *, n: int) -> slice | None:
    """Return the samples from one mark to another; None when one is absent or they are too close."""
    first, last = at[begin], at[end]
    if not first < last:  # NaN too
        return None
    start, stop = max(0, round(first)), min(n, round(last) + 1)
    return slice(start, stop) if stop - start >= FEWEST_SAMPLES else None


def _level_before(signal: NDArray[np.float32], onset: int) -> NDArray[np.float32]:
    level: NDArray[np.float32] = signal[:, max(0, onset - int(LEVEL_MS / SAMPLE_MS)) : onset + 1].mean(
        axis=1, keepdims=True
    )
    return level


def _fill_qrs(values: NDArray[np.float64], qrs: NDArray[np.float32], noise: NDArray[np.float32]) -> None:
    highest, lowest = qrs.max(axis=1), qrs.min(axis=1)
    height = highest - lowest
    moving = height > 0
    smallest = smallest_deflection(height, noise)
    deflections = find_deflections(qrs, smallest)
    values[:, _AMPLITUDES] = deflections.amplitude
    values[:, _DURATIONS] = deflections.duration * SAMPLE_MS
    values[:, COLUMN["qrs_peak_to_peak_mv"]] = height
    values[:, COLUMN["qrs_area_mv_ms"]] = net_area(qrs)
    terminal = terminal_area(qrs)
    values[:, COLUMN["qrs_terminal_area_mv_ms"]] = terminal
    values[:, COLUMN["qrs_notches"]] = count_notches(qrs, np.maximum(smallest, NOTCH_SHARE * height), deflections.count)
    with_r = np.isfinite(deflections.amplitude[:, DEFLECTIONS.index("r")])
    values[with_r, COLUMN["r_peak_time_ms"]] = (highest_point(qrs) * SAMPLE_MS)[with_r]
    values[moving, COLUMN["qrs_half_width_ms"]] = half_width(qrs, highest, lowest)[moving]
    values[moving, COLUMN["qrs_terminal_share"]] = terminal[moving] / net_area(np.abs(qrs[moving]))
    values[moving, COLUMN["r_share"]] = np.minimum(np.maximum(highest[moving] / height[moving], 0), 1)


def _fill_p(values: NDArray[np.float64], signal: NDArray[np.float32], at: list[float]) -> NDArray[np.float64] | None:
    wave = _between(at, Mark.P_ON, Mark.P_OFF, n=signal.shape[1])
    if wave is None or wave.start == 0 or wave.stop == signal.shape[1]:
        return None
    p = measure_p(signal[:, wave.start - 1 : wave.stop + 1])
    values[:, COLUMN["p_mv"]] = np.where(p.positive >= -p.negative, p.positive, p.negative)
    values[:, COLUMN["p_positive_mv"]] = p.positive
    values[:, COLUMN["p_negative_mv"]] = p.negative
    values[:, COLUMN["p_area_mv_ms"]] = p.area
    return p.above_line


def _fill_t(values: NDArray[np.float64], signal: NDArray[np.float32], at: list[float]) -> None:
    wave = _between(at, Mark.T_ON, Mark.T_OFF, n=signal.shape[1])
    if wave is None:
        return
    t = measure_t(signal[:, wave])
    values[:, COLUMN["t_mv"]] = t.first
    values[:, COLUMN["t_prime_mv"]] = t.second
    values[:, COLUMN["t_area_mv_ms"]] = t.area
