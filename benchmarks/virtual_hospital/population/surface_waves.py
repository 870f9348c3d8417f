"""Real and simulated waves on the time lines of ``body_surface``."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from hospital import numbers_of
from numpy.typing import NDArray

from einthoven.ecg.analysis_signal import RATE_HZ
from einthoven.ecg.marks import Mark
from einthoven.ecg.measurements import measured_waves
from einthoven.ecg.record import Record
from einthoven.simulation.heart.atria import p_wave
from einthoven.simulation.heart.body_surface import qrst_landmarks
from einthoven.simulation.heart.heart import Heart
from einthoven.simulation.heart.time_lines import (
    P_TIMES_MS,
    QrstLandmarks,
    centre_of_p,
    centre_of_t,
    interpolated,
    qrst_times,
)
from einthoven.simulation.heart.ventricles import depolarised, qrst
from einthoven.simulation.waveform import INDEPENDENT_LEADS

__all__ = ["Waves", "recorded_waves", "uncorrected_waves"]

Array = NDArray[np.float64]

STEP_MS = 1000 / RATE_HZ
USUAL_RR_MS, RR_LIMITS_MS = 860.0, (400.0, 1500.0)
QRS_LEVEL_MS, P_LEVEL_MS = np.arange(-10.0, -1.0), np.arange(-12.0, -4.0)  # before either: where the signal is zero
P_AT_LEAST_BEFORE_MS, P_ENDS_BEFORE_MS = 100.0, 8.0  # of QRS: a P wave is seen whole, and Q isn't seen with it


class Waves(NamedTuple):
    """Of one ECG: float64 (value,), mV, lead by lead; ``p`` is None where no whole P wave is seen."""

    qrst: Array
    p: Array | None
    rr_ms: float


def recorded_waves(record: Record) -> Waves | None:
    """Return the waves of a record's median beat, or None where it has no QRS to hold on to."""
    waves = measured_waves(record)
    delineation = waves.delineation
    if not delineation.representatives:
        return None
    beat = delineation.representatives[0]
    signal = beat.signal[[delineation.leads.index(lead) for lead in INDEPENDENT_LEADS]].astype(np.float64)
    marks = delineation.marks[0] + beat.fiducial * STEP_MS
    onset_ms, end_ms = marks[Mark.QRS_ON], marks[Mark.QRS_OFF]
    if not np.isfinite(onset_ms + end_ms):
        return None
    rr_ms = _rr_ms(numbers_of(waves.measurements)["heart_rate_bpm"])
    signal = signal - _at(signal, onset_ms + QRS_LEVEL_MS).mean(1, keepdims=True)
    centre_ms = centre_of_t(signal, qrs_end_ms=end_ms, rr_ms=rr_ms, step_ms=STEP_MS)
    beat_values = _at(signal, qrst_times(QrstLandmarks(onset_ms, end_ms, centre_ms))).ravel()
    return Waves(beat_values, _recorded_p(signal, marks), rr_ms) if np.isfinite(beat_values).all() else None


def uncorrected_waves(heart: Heart, *, rr_ms: float) -> Waves:
    """Return a simulated heart's waves as nodes and dipoles make them."""
    beat = qrst(heart.today, depolarised(heart.today, heart.state.conduction), rr_ms=rr_ms)
    p = p_wave(heart.today.parameters, "sinus")
    centre_ms = centre_of_p(p.samples, onset_ms=p.onset_ms, end_ms=p.onset_ms + p.duration_ms, step_ms=1.0)
    times = qrst_times(qrst_landmarks(beat, rr_ms=rr_ms))
    found = (
        interpolated(beat.samples, times, step_ms=1.0),
        interpolated(p.samples, centre_ms + P_TIMES_MS, step_ms=1.0),
    )
    return Waves(*(values.astype(np.float64).ravel() for values in found), rr_ms)


def _recorded_p(signal: Array, marks: Array) -> Array | None:
    """Return the P wave; where QRS begins, the last value before it stays."""
    onset_ms, end_ms, qrs_ms = marks[Mark.P_ON], marks[Mark.P_OFF], marks[Mark.QRS_ON]
    if not (np.isfinite(end_ms) and qrs_ms - onset_ms >= P_AT_LEAST_BEFORE_MS and onset_ms + P_LEVEL_MS[0] > 0):
        return None
    times = P_TIMES_MS + centre_of_p(signal, onset_ms=onset_ms, end_ms=end_ms, step_ms=STEP_MS)
    wave = _at(signal, np.minimum(times, times[times <= qrs_ms - P_ENDS_BEFORE_MS].max()))
    values: Array = (wave - _at(signal, onset_ms + P_LEVEL_MS).mean(1, keepdims=True)).ravel()
    return values


def _at(signal: Array, times_ms: Array) -> Array:
    return np.asarray(interpolated(signal, times_ms, step_ms=STEP_MS))


def _rr_ms(heart_rate_bpm: float) -> float:
    return float(np.clip(60_000 / heart_rate_bpm, *RR_LIMITS_MS)) if np.isfinite(heart_rate_bpm) else USUAL_RR_MS
