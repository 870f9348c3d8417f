"""The numbers a cardiologist reads from an ECG: rate, intervals, axes, amplitudes, criteria, each with its validity.

``measurement_quantities`` (the whole ECG) and ``lead_measurement_quantities`` (each lead) say what each one is. All but
rate and rhythm are measured on the representative beat of the dominant morphology.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.analysis_signal import AnalysisSignal, analysis_signal
from einthoven.ecg.axes import (
    angle_between_axes,
    angle_in_space,
    einthoven_error,
    frontal_axis,
    frontal_vectors,
    spatial_vectors,
)
from einthoven.ecg.beats import BeatKind, Beats, find_beats
from einthoven.ecg.bundle_branch_block import lbbb_score, rbbb_score
from einthoven.ecg.delineation import Delineation, delineate
from einthoven.ecg.derived_measurement_leads import completed_beat
from einthoven.ecg.intervals import RATES_BPM, corrected_qt, intervals
from einthoven.ecg.lead_measurement_quantities import LEAD_QUANTITIES
from einthoven.ecg.lead_measurements import LeadNumbers, measure_leads
from einthoven.ecg.leads import LIMB_LEADS, STANDARD_LEADS
from einthoven.ecg.measurement_quantities import QUANTITIES
from einthoven.ecg.measurement_reasons import Reason
from einthoven.ecg.measurement_validity import judge_numbers, judge_waves, lead_codes
from einthoven.ecg.measurement_values import Measurement, Measurements
from einthoven.ecg.record import Record, Sex
from einthoven.ecg.rhythm import Rhythm, assess_rhythm
from einthoven.ecg.voltage_criteria import cornell_product, voltage_criteria

__all__ = ["MeasuredWaves", "Measurement", "Measurements", "measure", "measured_waves", "measurements_of"]

Numbers = dict[str, float]
Codes = dict[str, Reason]

FEWEST_BEATS = 3
"""For a rate that is not doubtful: two intervals, of which one may be premature."""

EINTHOVEN_ERROR = 0.1
"""As in ``quality``: 99 % of PTB-XL stay below 0.015, an exchanged label or leads scaled one by one lie far above."""

NEEDS_EINTHOVEN = (
    *("p_axis_deg", "qrs_axis_deg", "t_axis_deg", "qrs_t_angle_deg", "spatial_qrs_t_angle_deg"),
    *("cornell_mv", "cornell_product_mv_ms", "qrs_voltage_sum_mv", "qrs_voltage_limb_mv"),
)
"""What takes the limb leads by their names and at one scale."""

LEAST_DIRECTION = 0.05
"""Length of the frontal vector relative to the rectangle around the wave: below, it points nowhere in particular."""

_NEEDS_MV = np.array([quantity.needs_millivolts for quantity in QUANTITIES.values()])
_AREAS = ("p_area_mv_ms", "qrs_area_mv_ms", "t_area_mv_ms")
_HEIGHTS = ("p_mv", "qrs_peak_to_peak_mv", "t_mv")
_AXES = ("p_axis_deg", "qrs_axis_deg", "t_axis_deg")


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredWaves:
    """What was found in one record, from the beats to the numbers."""

    delineation: Delineation
    rhythm: Rhythm
    measurements: Measurements


def measure(record: Record) -> Measurements:
    """Return the measurements of a raw record of any leads, rate and length.

    Parameters
    ----------
    record : Record

    Examples
    --------
    >>> flat = Record(np.zeros((1, 5000), dtype=np.float32), ("I",), 500.0, "r1")
    >>> measure(flat)["qrs_ms"].reason
    'no beats found'
    """
    return measured_waves(record).measurements


def measured_waves(record: Record) -> MeasuredWaves:
    """Return the waves of a raw record and its rhythm beside the numbers, for whoever shows or keeps them."""
    analysis = analysis_signal(record)
    delineation = delineate(analysis, find_beats(analysis))
    rhythm = assess_rhythm(delineation.beats, delineation)
    measurements = measurements_of(delineation, rhythm, analysis=analysis, sex=record.sex)
    return MeasuredWaves(delineation, rhythm, measurements)


def measurements_of(
    delineation: Delineation, rhythm: Rhythm, *, analysis: AnalysisSignal, sex: Sex = "U"
) -> Measurements:
    """Return the measurements of a record whose waves are known.

    Parameters
    ----------
    delineation : Delineation
    rhythm : Rhythm
    analysis : AnalysisSignal
        That was delineated; says which leads are usable and in which unit.
    sex : ``F``, ``M`` or ``U``
        For Cornell's product.
    """
    numbers, codes = _rhythm_numbers(rhythm, delineation.beats)
    if not delineation.representatives:
        return _without_beats(numbers, codes, analysis)
    in_mv = analysis.unit == "mV"
    waves = judge_waves(delineation, atrial_fibrillation=rhythm.atrial_fibrillation)
    completed = completed_beat(
        delineation.representatives[0], delineation.lead_marks[0], delineation.leads, analysis.usable, in_mv=in_mv
    )
    leads = measure_leads(completed.beat, delineation.marks[0], completed.lead_marks_ms)
    rows = {lead: row for row, lead in enumerate(completed.leads) if completed.usable[row]}
    _add_intervals(numbers, codes, delineation.marks[0], in_fibrillation=rhythm.atrial_fibrillation)
    _add_axes(numbers, codes, leads, rows)
    numbers |= voltage_criteria(leads, rows)
    numbers["cornell_product_mv_ms"] = cornell_product(numbers["cornell_mv"], numbers["qrs_ms"], female=sex == "F")
    if sex == "U":
        codes["cornell_product_mv_ms"] = Reason.SEX_UNKNOWN
    if einthoven_error(analysis.signal, _usable_rows(analysis)) > EINTHOVEN_ERROR:
        codes |= dict.fromkeys(NEEDS_EINTHOVEN, Reason.LEADS_CONTRADICT)
    numbers["lbbb_score"] = lbbb_score(leads, rows, qrs_ms=numbers["qrs_ms"])
    numbers["rbbb_score"] = rbbb_score(leads, rows, qrs_ms=numbers["qrs_ms"])
    judge_numbers(numbers, codes, waves, rows=rows, leads=completed.leads)
    lead_reasons = lead_codes(leads.values, waves, usable=completed.usable, in_mv=in_mv, n_derived=completed.n_derived)
    return _packed(numbers, codes, completed.leads, leads.values, lead_reasons, in_mv=in_mv)


def _usable_rows(analysis: AnalysisSignal) -> dict[str, int]:
    return {lead: row for row, lead in enumerate(analysis.leads) if analysis.usable[row]}


def _rhythm_numbers(rhythm: Rhythm, beats: Beats) -> tuple[Numbers, Codes]:
    """Return rate and rhythm, NaN where the rhythm has none."""
    told = {
        "heart_rate_bpm": rhythm.heart_rate_bpm,
        "atrial_rate_bpm": rhythm.atrial_rate_bpm,
        "rr_ms": rhythm.rr_mean_ms,
        "rr_sd_ms": rhythm.rr_sd_ms,
        "rr_min_ms": rhythm.rr_min_ms,
        "rr_max_ms": rhythm.rr_max_ms,
        "rmssd_ms": rhythm.rmssd_ms,
        "rr_regularity": rhythm.regularity,
        "af_score": rhythm.af_score,
    }
    numbers = {name: math.nan if value is None else float(value) for name, value in told.items()}
    few = Reason.TOO_FEW_BEATS if len(beats.kind) < FEWEST_BEATS else Reason.NONE
    codes = {name: Reason.TOO_FEW_BEATS if math.isnan(value) else few for name, value in numbers.items()}
    numbers["n_beats"] = float(len(beats.kind))
    numbers["n_premature_wide"] = float(beats.kind.count(BeatKind.PREMATURE_WIDE))
    numbers["n_premature_narrow"] = float(beats.kind.count(BeatKind.PREMATURE_NARROW))
    numbers["n_paced"] = float(beats.kind.count(BeatKind.PACED))
    return numbers, codes


def _add_intervals(numbers: Numbers, codes: Codes, marks_ms: NDArray[np.float64], *, in_fibrillation: bool) -> None:
    numbers |= intervals(marks_ms)
    numbers |= corrected_qt(numbers["qt_ms"], numbers["rr_ms"])
    rate = numbers["heart_rate_bpm"]
    for name, (lowest, highest) in RATES_BPM.items():
        if math.isnan(rate):
            codes[name] = Reason.TOO_FEW_BEATS
        elif in_fibrillation:
            codes[name] = Reason.ATRIAL_FIBRILLATION
        elif not lowest <= rate <= highest:
            codes[name] = Reason.RATE_OUT_OF_RANGE


def _add_axes(numbers: Numbers, codes: Codes, leads: LeadNumbers, rows: Mapping[str, int]) -> None:
    areas = np.stack([leads.of(name) for name in _AREAS], axis=1)
    numbers |= dict.fromkeys((*_AXES, "qrs_t_angle_deg", "spatial_qrs_t_angle_deg"), math.nan)
    frontal = frontal_vectors(areas, rows)
    if frontal is not None:
        limb = [row for lead, row in rows.items() if lead in LIMB_LEADS]
        durations = (numbers["p_ms"], numbers["qrs_ms"], numbers["qt_ms"] - numbers["qrs_ms"])
        lengths = np.hypot(frontal[0], frontal[1]).tolist()
        for place, name in enumerate(_AXES):
            numbers[name] = frontal_axis(frontal[:, place])
            height = float(np.abs(leads.of(_HEIGHTS[place])[limb]).max())
            if lengths[place] < LEAST_DIRECTION * height * durations[place]:
                codes[name] = Reason.NO_DIRECTION
        numbers["qrs_t_angle_deg"] = abs(angle_between_axes(numbers["qrs_axis_deg"], numbers["t_axis_deg"]))
        if Reason.NO_DIRECTION in (codes.get("qrs_axis_deg"), codes.get("t_axis_deg")):
            codes["qrs_t_angle_deg"] = Reason.NO_DIRECTION
    space = spatial_vectors(areas[:, 1:], rows)
    if space is not None:
        numbers["spatial_qrs_t_angle_deg"] = angle_in_space(space[:, 0], space[:, 1])


def _without_beats(numbers: Numbers, codes: Codes, analysis: AnalysisSignal) -> Measurements:
    """Return measurements that are absent for want of whole beats, but for their count."""
    lacking = Reason.TOO_FEW_BEATS if numbers["n_beats"] else Reason.NO_BEATS
    numbers = {name: numbers.get(name, math.nan) for name in QUANTITIES}
    codes |= {name: lacking for name, value in numbers.items() if math.isnan(value)}
    values = np.full((len(analysis.leads), len(LEAD_QUANTITIES)), np.nan)
    lead_reasons = np.full(values.shape, lacking, dtype=np.uint8)
    lead_reasons[~analysis.usable] = Reason.LEAD_UNUSABLE
    return _packed(numbers, codes, analysis.leads, values, lead_reasons, in_mv=analysis.unit == "mV")


def _packed(
    numbers: Numbers,
    codes: Codes,
    leads: tuple[str, ...],
    lead_values: NDArray[np.float64],
    lead_reasons: NDArray[np.uint8],
    *,
    in_mv: bool,
) -> Measurements:
    """Return the numbers as arrays, the 12 standard leads first, whether or not the record has them."""
    values = np.array([numbers[name] for name in QUANTITIES])
    reasons = np.array([codes.get(name, Reason.NONE) for name in QUANTITIES], dtype=np.uint8)
    if not in_mv:
        values[_NEEDS_MV] = np.nan
        reasons[_NEEDS_MV & (reasons != Reason.NO_BEATS)] = Reason.NO_UNIT
    names = STANDARD_LEADS + tuple(lead for lead in leads if lead not in STANDARD_LEADS)
    places = [names.index(lead) for lead in leads]
    all_values = np.full((len(names), len(LEAD_QUANTITIES)), np.nan)
    all_reasons = np.full(all_values.shape, Reason.LEAD_MISSING, dtype=np.uint8)
    all_values[places], all_reasons[places] = lead_values, lead_reasons
    return Measurements(values, reasons, names, all_values, all_reasons)
