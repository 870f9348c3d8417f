"""Which numbers can be relied on: why each is absent or doubtful, from waves, leads, rhythm and unit."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.beats import BeatKind
from einthoven.ecg.delineation import Delineation, Mark
from einthoven.ecg.intervals import RATES_BPM, intervals
from einthoven.ecg.lead_measurement_quantities import LEAD_QUANTITIES
from einthoven.ecg.lead_measurements import COLUMN
from einthoven.ecg.leads import LEAD_SETS
from einthoven.ecg.measurement_reasons import Reason
from einthoven.ecg.qrs_deflections import DEFLECTIONS
from einthoven.ecg.voltage_criteria import NEEDED_LEADS

__all__ = ["NEEDED_WAVES", "NUMBERS_NEED_LEADS", "Waves", "judge_numbers", "judge_waves", "lead_codes"]

SURE = 0.75
"""Confidence of a wave below which what is measured on it is doubtful."""

FEWEST_BEATS = 2
"""Of a representative beat: one beat alone is taken with all its noise."""

SMALLEST_MV = 0.02
"""The smallest deflection of QRS that counts (CSE Working Party, Eur Heart J 1985;6:815)."""

LARGEST_NOISE = 0.05
"""Standard error of the representative beat relative to the height of QRS."""

NEEDED_WAVES = {
    "atrial_rate_bpm": "P",
    "p_ms": "P",
    "pr_ms": "P QRS",
    "qrs_ms": "QRS",
    "qt_ms": "QRS T",
    "jt_ms": "QRS T",
    "qtc_bazett_ms": "QRS T",
    "qtc_fridericia_ms": "QRS T",
    "qtc_framingham_ms": "QRS T",
    "qtc_hodges_ms": "QRS T",
    "p_axis_deg": "P",
    "qrs_axis_deg": "QRS",
    "t_axis_deg": "T",
    "qrs_t_angle_deg": "QRS T",
    "spatial_qrs_t_angle_deg": "QRS T",
    "p_terminal_force_mv_ms": "P",
    "sokolow_lyon_mv": "QRS",
    "cornell_mv": "QRS",
    "cornell_product_mv_ms": "QRS",
    "qrs_voltage_sum_mv": "QRS",
    "qrs_voltage_limb_mv": "QRS",
    "qrs_voltage_precordial_mv": "QRS",
    "r_progression_steps": "QRS",
    "transition_zone": "QRS",
    "notched_leads": "QRS",
    "lbbb_score": "QRS",
    "rbbb_score": "QRS",
}
"""Waves that a number of the whole ECG is measured on."""

PLAUSIBLE_MS = {"p_ms": (40, 200), "pr_ms": (60, 500), "qrs_ms": (40, 300), "qt_ms": (180, 750)}
PLAUSIBLE_BPM = {"heart_rate_bpm": (20, 300)}
"""Beyond, a border is more likely misplaced than the heart so ill: twice and half of what textbooks call abnormal."""

MANY_FREE_P = 0.1
"""Of the beats: fewer P waves without QRS say nothing about the others."""

PACED_DOUBTS = frozenset(
    {
        *("p_ms", "p_axis_deg", "p_terminal_force_mv_ms"),
        *("pr_ms", "qt_ms", "jt_ms", *RATES_BPM, "sokolow_lyon_mv", "cornell_mv", "cornell_product_mv_ms"),
        *("qrs_axis_deg", "t_axis_deg", "qrs_t_angle_deg", "spatial_qrs_t_angle_deg", "lbbb_score", "rbbb_score"),
    }
)
"""What limits and criteria were not made for when beats are paced."""

NUMBERS_NEED_LEADS = NEEDED_LEADS | {
    **dict.fromkeys(("p_axis_deg", "qrs_axis_deg", "t_axis_deg", "qrs_t_angle_deg"), ("I", "aVF")),
    "spatial_qrs_t_angle_deg": LEAD_SETS["8"],
    "lbbb_score": ("V1", "V6"),
    "rbbb_score": ("V1", "V6"),
}
_WAVES = ("P", "QRS", "T")
_BORDERS = ((Mark.P_ON, Mark.P_OFF), (Mark.QRS_ON, Mark.QRS_OFF), (Mark.T_ON, Mark.T_OFF))
_ABSENT = (Reason.NO_P, Reason.NO_QRS, Reason.NO_T)
_UNSURE = (Reason.UNSURE_P, Reason.UNSURE_QRS, Reason.UNSURE_T)


def _wave_of(name: str) -> int:
    """Return on which wave a number of the leads is measured; the level and the noise go with QRS."""
    if name.startswith("p_"):
        return 0
    return 2 if name.startswith(("t_", "qt_")) else 1


_WAVE_OF_COLUMN = np.array([_wave_of(name) for name in LEAD_QUANTITIES])
_NEEDS_MV = np.array([quantity.needs_millivolts for quantity in LEAD_QUANTITIES.values()])
_OWN_BORDERS = [COLUMN[name] for name in ("p_ms", "qrs_ms", "qt_ms")]
_DEFLECTION_MV = np.array([COLUMN[f"{name}_mv"] for name in DEFLECTIONS])
_DEFLECTION_MS = np.array([COLUMN[f"{name}_ms"] for name in DEFLECTIONS])


@dataclass(frozen=True, slots=True)
class Waves:
    """Why P, QRS and T of the dominant morphology are absent, or doubtful; ``Reason.NONE`` where they are not."""

    absent: tuple[Reason, Reason, Reason]
    doubt: tuple[Reason, Reason, Reason]
    paced: bool


def judge_waves(delineation: Delineation, *, atrial_fibrillation: bool) -> Waves:
    """Return what the waves of the dominant morphology are worth; there is at least one beat.

    There is no P in atrial fibrillation or flutter, whatever looks like one.
    """
    marks, confidence = delineation.marks[0], delineation.confidence[0].tolist()
    absent = [
        reason if math.isnan(marks[begin] + marks[end]) else Reason.NONE
        for (begin, end), reason in zip(_BORDERS, _ABSENT, strict=True)
    ]
    lengths = intervals(marks)
    doubt = [
        Reason.NONE if sure >= SURE and _is_plausible(name, lengths[name]) else reason
        for sure, name, reason in zip(confidence, ("p_ms", "qrs_ms", "qt_ms"), _UNSURE, strict=True)
    ]
    if absent[2] or _overlap(lengths, delineation.beats.rr_ms):
        doubt[0] = doubt[0] or Reason.P_IN_T
        doubt[2] = doubt[2] or Reason.P_IN_T
    if delineation.flutter_cycle_ms is not None:
        absent[0] = Reason.ATRIAL_FLUTTER
        doubt[2] = doubt[2] or Reason.ATRIAL_FLUTTER
    elif atrial_fibrillation:
        absent[0] = Reason.ATRIAL_FIBRILLATION
    elif delineation.free_p.shape[0] > MANY_FREE_P * len(delineation.beats.kind):
        absent[0], doubt[0] = absent[0] and Reason.FREE_P, Reason.FREE_P
    if delineation.representatives[0].beats.size < FEWEST_BEATS:
        doubt = [Reason.TOO_FEW_BEATS] * 3
    kinds = [delineation.beats.kind[beat] for beat in delineation.representatives[0].beats.tolist()]
    paced = 2 * kinds.count(BeatKind.PACED) > len(kinds)
    return Waves((absent[0], absent[1], absent[2]), (doubt[0], doubt[1], doubt[2]), paced)


def _overlap(lengths: Mapping[str, float], rr_ms: NDArray[np.float64]) -> bool:
    """Return whether P begins before the T wave of the beat before ends: then one border or both are a guess."""
    known = rr_ms[np.isfinite(rr_ms)]
    return bool(known.size and lengths["pr_ms"] + lengths["qt_ms"] > np.median(known))


def lead_codes(
    values: NDArray[np.float64], waves: Waves, *, usable: NDArray[np.bool_], in_mv: bool, n_derived: int = 0
) -> NDArray[np.uint8]:
    """Return the reasons of each number of the leads; what is absent becomes NaN in ``values``.

    Parameters
    ----------
    values : float64 (lead, quantity)
        Changed in place.
    waves : Waves
    usable : bool (lead,)
    in_mv : bool
    n_derived : int
        How many leads, the last ones, have no borders of their own.
    """
    absent = np.array(waves.absent, dtype=np.uint8)[_WAVE_OF_COLUMN]
    codes = np.empty(values.shape, dtype=np.uint8)
    codes[:] = np.array(waves.doubt, dtype=np.uint8)[_WAVE_OF_COLUMN]
    codes[values[:, COLUMN["noise_mv"]] > LARGEST_NOISE * values[:, COLUMN["qrs_peak_to_peak_mv"]]] = Reason.NOISE
    if in_mv:
        lead, deflection = np.nonzero(np.abs(values[:, _DEFLECTION_MV]) < SMALLEST_MV)
        codes[lead, _DEFLECTION_MV[deflection]] = codes[lead, _DEFLECTION_MS[deflection]] = Reason.SMALL_DEFLECTION
    values[:, absent > 0] = np.nan
    values[~usable] = np.nan
    codes[np.isnan(values)] = Reason.NO_DEFLECTION
    codes[len(values) - n_derived :, _OWN_BORDERS] = Reason.LEAD_DERIVED
    codes[:, absent > 0] = absent[absent > 0]
    if not in_mv:
        values[:, _NEEDS_MV] = np.nan
        codes[:, _NEEDS_MV] = Reason.NO_UNIT
    codes[~usable] = Reason.LEAD_UNUSABLE
    return codes


def judge_numbers(
    numbers: dict[str, float],
    codes: dict[str, Reason],
    waves: Waves,
    *,
    rows: Mapping[str, int],
    leads: tuple[str, ...],
) -> None:
    """Say why numbers of the whole ECG are absent or doubtful.

    Parameters
    ----------
    numbers : dict of name to float
        What lacks its wave becomes NaN.
    codes : dict of name to Reason
        Completed; what is there already is a doubt about the number itself.
    waves : Waves
    rows : mapping of lead to row
        The leads that can be relied on.
    leads : tuple of str
        All leads of the record.
    """
    absences, doubts = _by_needed_waves(waves.absent), _by_needed_waves(waves.doubt)
    flutter = waves.absent[0] is Reason.ATRIAL_FLUTTER
    atria_seen = flutter or waves.absent[0] is Reason.FREE_P
    if flutter:
        codes["af_score"] = Reason.ATRIAL_FLUTTER
    elif atria_seen:
        codes["atrial_rate_bpm"] = Reason.FREE_P  # some P waves are hidden
    for name, value in numbers.items():
        needed = "" if atria_seen and name == "atrial_rate_bpm" else NEEDED_WAVES.get(name, "")
        absence = absences[needed]
        if absence or math.isnan(value):
            numbers[name] = math.nan
            lacking = _missing_lead(NUMBERS_NEED_LEADS.get(name, ()), rows, leads)
            codes[name] = absence or lacking or codes.get(name, Reason.NONE) or Reason.NO_DEFLECTION
        elif not _is_plausible(name, value):
            codes[name] = Reason.IMPLAUSIBLE
        elif doubt := doubts[needed]:
            codes[name] = doubt
        elif waves.paced and name in PACED_DOUBTS:
            codes[name] = Reason.PACED


def _is_plausible(name: str, value: float) -> bool:
    lowest, highest = (PLAUSIBLE_MS | PLAUSIBLE_BPM).get(name, (-math.inf, math.inf))
    return lowest <= value <= highest


def _by_needed_waves(reasons: tuple[Reason, Reason, Reason]) -> dict[str, Reason]:
    """Return the first reason among the waves of each value of ``NEEDED_WAVES``."""
    p, qrs, t = reasons
    return {"": Reason.NONE, "P": p, "QRS": qrs, "T": t, "P QRS": p or qrs, "QRS T": qrs or t}


def _missing_lead(needed: tuple[str, ...], rows: Mapping[str, int], leads: tuple[str, ...]) -> Reason:
    if any(lead not in leads for lead in needed):
        return Reason.LEAD_MISSING
    return Reason.NONE if all(lead in rows for lead in needed) else Reason.LEAD_UNUSABLE
