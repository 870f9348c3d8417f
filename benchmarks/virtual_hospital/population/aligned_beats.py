"""Real beats as the fit sees them: median beats on a time line that begins before QRS, or before P."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from hospital import RealEcg, matched_state, numbers_of
from numpy.typing import NDArray

from einthoven.ecg.analysis_signal import RATE_HZ
from einthoven.ecg.marks import Mark
from einthoven.ecg.measurements import measured_waves
from einthoven.simulation.clinical_state import ClinicalState
from einthoven.simulation.waveform import INDEPENDENT_LEADS

__all__ = ["P_TIMES_MS", "QRST_TIMES_MS", "RealBeat", "aligned", "p_of", "qrst_of", "real_beat"]

Array = NDArray[np.float64]

QRST_TIMES_MS = np.concatenate([np.arange(-10, 140, 3), np.arange(140, 500, 10)]).astype(np.float64)
"""From the onset of QRS, at 1,000 Hz: closer where the signal is faster."""

P_TIMES_MS = np.arange(-20.0, 130.0, 5.0)
"""From the onset of P."""

LEVEL_MS = np.arange(-10.0, -2.0)
"""Before QRS: where the signal is zero."""

N_P_LEVEL = 3  # first samples of a P wave, whose mean is zero
P_AT_LEAST_BEFORE_MS, P_ENDS_BEFORE_MS = 100.0, 8.0  # of QRS: a P wave is seen whole, and Q isn't seen with it
USUAL_RR_MS, RR_LIMITS_MS = 860.0, (400.0, 1500.0)
NO_HEART_OF_ONES_OWN = frozenset({"paced", "wpw"})
"""Findings in which QRS says little of the conduction that a person was born with."""


@dataclass(frozen=True, slots=True, eq=False)
class RealBeat:
    """One person's median beat.

    Attributes
    ----------
    patient : str
    normal : bool
        Read as a normal ECG.
    state : ClinicalState
        That its findings say; a healthy one where it is normal.
    rr_ms : float
    qrst : float64 (8, time), mV
        At ``QRST_TIMES_MS``.
    p : float64 (8, time), mV, optional
        At ``P_TIMES_MS``, where P is far enough from QRS.
    """

    patient: str
    normal: bool
    state: ClinicalState
    rr_ms: float
    qrst: Array
    p: Array | None


def real_beat(ecg: RealEcg) -> RealBeat | None:
    """Return an ECG's median beat, or None where it has no QRS to align or is of no use (``NO_HEART_OF_ONES_OWN``)."""
    if ecg.findings & NO_HEART_OF_ONES_OWN:
        return None
    waves = measured_waves(ecg.record)
    delineation = waves.delineation
    if not delineation.representatives:
        return None
    beat, marks = delineation.representatives[0], delineation.marks[0]
    signal = beat.signal[[delineation.leads.index(lead) for lead in INDEPENDENT_LEADS]].astype(np.float64)
    qrst = qrst_of(signal, beat.fiducial, onset_ms=marks[Mark.QRS_ON])
    if not np.isfinite(qrst).all():
        return None
    numbers = numbers_of(waves.measurements)
    normal = "normal" in ecg.findings
    return RealBeat(
        patient=ecg.patient,
        normal=normal,
        state=_healthy(ecg) if normal else _state(ecg, numbers),
        rr_ms=_rr_ms(numbers["heart_rate_bpm"]),
        qrst=qrst,
        p=p_of(signal, beat.fiducial, marks=marks),
    )


def qrst_of(signal: Array, fiducial: int, *, onset_ms: float) -> Array:
    """Return float64 (lead, time), mV: a beat at ``QRST_TIMES_MS``, zero before QRS; NaN without an onset."""
    level = aligned(signal, fiducial, times_ms=onset_ms + LEVEL_MS).mean(1, keepdims=True)
    beat: Array = aligned(signal, fiducial, times_ms=onset_ms + QRST_TIMES_MS) - level
    return beat


def p_of(signal: Array, fiducial: int, *, marks: Array) -> Array | None:
    """Return float64 (lead, time), mV: the P wave at ``P_TIMES_MS``; where QRS begins, the last value before it stays.

    Parameters
    ----------
    signal : float64 (lead, sample), mV
    fiducial : int
    marks : float64 (mark,), ms from the fiducial
    """
    p_on, p_off, qrs_on = marks[Mark.P_ON], marks[Mark.P_OFF], marks[Mark.QRS_ON]
    if not (np.isfinite(p_off) and qrs_on - p_on >= P_AT_LEAST_BEFORE_MS):
        return None
    last_ms = P_TIMES_MS[qrs_on - p_on - P_ENDS_BEFORE_MS >= P_TIMES_MS][-1]
    times_ms = np.minimum(P_TIMES_MS, last_ms)
    wave = aligned(signal, fiducial, times_ms=p_on + times_ms)
    wave -= wave[:, :N_P_LEVEL].mean(1, keepdims=True)
    return wave


def aligned(signal: Array, fiducial: int, *, times_ms: Array) -> Array:
    """Return float64 (lead, time): the signal, sampled at ``RATE_HZ``, between its samples.

    Parameters
    ----------
    signal : float64 (lead, sample)
    fiducial : int
        Sample from which times count.
    times_ms : float64 (time,)
    """
    places = fiducial + times_ms * RATE_HZ / 1000
    samples = np.arange(signal.shape[1])
    return np.stack([np.interp(places, samples, row) for row in signal])


def _healthy(ecg: RealEcg) -> ClinicalState:
    return ClinicalState(age_years=ecg.age_years, sex=ecg.sex)


def _state(ecg: RealEcg, numbers: Mapping[str, float]) -> ClinicalState:
    return matched_state(ecg, numbers, random=np.random.default_rng(ecg.number))


def _rr_ms(heart_rate_bpm: float) -> float:
    return float(np.clip(60_000 / heart_rate_bpm, *RR_LIMITS_MS)) if np.isfinite(heart_rate_bpm) else USUAL_RR_MS
