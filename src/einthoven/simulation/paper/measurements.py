"""Intervals and axes of a made-up ECG: what they are, and what its machine prints."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.axes import frontal_axis, frontal_vectors
from einthoven.simulation.clinical_state import ClinicalState
from einthoven.simulation.paper.parameters import table_of
from einthoven.simulation.waveform import INDEPENDENT_LEADS, Waveform

__all__ = ["TrueMeasurements", "machine_measurements", "true_measurements"]

# drawn for each ECG in this order, measured or not: what one ECG lacks changes no number of another quantity
QUANTITIES = ("heart_rate_bpm", "pr_ms", "qrs_ms", "qt_ms", "p_axis_deg", "qrs_axis_deg", "t_axis_deg")
_ROWS = {lead: row for row, lead in enumerate(INDEPENDENT_LEADS)}


@dataclass(frozen=True, slots=True)
class TrueMeasurements:
    """What an examiner without noise or error would measure; NaN where there is nothing to measure.

    Attributes
    ----------
    heart_rate_bpm : float
    pr_ms, qrs_ms, qt_ms : float
    p_axis_deg, qrs_axis_deg, t_axis_deg : float
        In the frontal plane, above -180 up to 180.
    limb_voltage_mv : float
        The largest QRS of the limb leads from peak to peak.
    """

    heart_rate_bpm: float
    pr_ms: float
    qrs_ms: float
    qt_ms: float
    p_axis_deg: float
    qrs_axis_deg: float
    t_axis_deg: float
    limb_voltage_mv: float


def true_measurements(
    state: ClinicalState, beat: Waveform, p_wave: Waveform | None, *, heart_rate_bpm: float
) -> TrueMeasurements:
    """Return the measurements of a usual beat.

    Parameters
    ----------
    state : ClinicalState
        Says how long PR is, and whether P waves are conducted at all.
    beat : Waveform
        QRS, ST and T as most of the record's beats have it.
    p_wave : Waveform, optional
        None where the atria have no P waves.
    heart_rate_bpm : float
        Of the record, which differs from the state's where the rhythm is irregular.
    """
    qrs = _between(beat, beat.onset_ms, beat.onset_ms + beat.duration_ms)
    t_wave = _between(beat, beat.onset_ms + beat.duration_ms, beat.t_end_ms)
    conducts = p_wave is not None and state.av_block != "complete" and state.conduction != "paced"
    return TrueMeasurements(
        heart_rate_bpm=heart_rate_bpm,
        pr_ms=state.pr_ms if conducts else math.nan,
        qrs_ms=beat.duration_ms,
        qt_ms=beat.t_end_ms - beat.onset_ms,
        p_axis_deg=math.nan if p_wave is None else _axis(p_wave.samples),
        qrs_axis_deg=_axis(qrs),
        t_axis_deg=_axis(t_wave),
        limb_voltage_mv=_limb_voltage(qrs),
    )


def machine_measurements(true: TrueMeasurements, random: np.random.Generator) -> dict[str, float]:
    """Return what the machine prints, by the names of ``measurement_names``: whole numbers, without what it can't see.

    QTc is Bazett's, of the printed QT and rate.
    """
    parameters = table_of("measurements")
    outliers = parameters["outliers"]
    errors = random.standard_normal(len(QUANTITIES))
    is_outlier = random.random(len(QUANTITIES)) < outliers["share"]
    printed: dict[str, float] = {}
    for at, name in enumerate(QUANTITIES):
        value = getattr(true, name)
        if math.isnan(value):
            continue
        error = errors[at] * parameters["error_sd"][name] * (outliers["factor"] if is_outlier[at] else 1.0)
        printed[name] = _wrapped(value + error) if name.endswith("_deg") else max(1.0, float(round(value + error)))
    printed["qtc_ms"] = float(round(printed["qt_ms"] * math.sqrt(printed["heart_rate_bpm"] / 60)))
    return printed


def _between(wave: Waveform, start_ms: float, end_ms: float) -> NDArray[np.float32]:
    """Return float32 (8, sample): samples lie 1 ms apart."""
    return wave.samples[:, max(0, round(start_ms)) : max(1, round(end_ms))]


def _axis(samples: NDArray[np.float32]) -> float:
    vector = frontal_vectors(samples.sum(axis=1, dtype=np.float64), {lead: _ROWS[lead] for lead in ("I", "II")})
    assert vector is not None, "I and II are among the independent leads"
    return frontal_axis(vector)


def _limb_voltage(qrs: NDArray[np.float32]) -> float:
    first, second = qrs[_ROWS["I"]].astype(np.float64), qrs[_ROWS["II"]].astype(np.float64)
    limb = np.stack([first, second, second - first, -(first + second) / 2, first - second / 2, second - first / 2])
    return float(np.ptp(limb, axis=1).max(initial=0.0)) if limb.size else 0.0


def _wrapped(degrees: float) -> float:
    """Return whole degrees above -180, up to 180."""
    return float(180 - (180 - round(degrees)) % 360)
