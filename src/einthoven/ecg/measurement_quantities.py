"""What is measured once per ECG: name, unit, meaning, formula and source of each quantity.

The one list behind the columns of a table of measurements, its documentation, and the validity of each number. Names
are those of ``ecg/formats/measurement_names.py`` where a machine measures the same.

Borders of waves are those over all leads (early onsets, late ends: ``delineation.GLOBAL_QUANTILES``) of the
representative beat of the dominant morphology.
"""

from __future__ import annotations

from dataclasses import dataclass

from einthoven.ecg.measurement_sources import (
    AHA_CONDUCTION,
    AHA_HYPERTROPHY,
    AHA_REPOLARISATION,
    AHA_TECHNOLOGY,
    BAZETT,
    CASALE,
    CSE,
    DAS,
    ESC_FIBRILLATION,
    FRAMINGHAM,
    FRIDERICIA,
    GOLDBERGER,
    HODGES,
    KORS,
    MOLLOY,
    MORRIS,
    OUR_OWN,
    SIEGEL,
    SOKOLOW,
    STRAUSS,
    TASK_FORCE,
)

__all__ = ["QUANTITIES", "Quantity"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a number is.

    Attributes
    ----------
    unit : str
        ``1`` for counts, shares and scores.
    meaning, formula, source : str
    compares_leads : bool
        Whether it needs leads of one scale.
    """

    unit: str
    meaning: str
    formula: str
    source: str
    compares_leads: bool = False

    @property
    def needs_millivolts(self) -> bool:
        """Whether it is absent from a record without unit, each of whose leads may have a scale of its own."""
        return self.unit.startswith("mV") or self.compares_leads


QUANTITIES: dict[str, Quantity] = {
    "n_beats": Quantity("1", "beats found", "count", OUR_OWN),
    "n_premature_wide": Quantity("1", "premature beats of another, wide morphology", "count", OUR_OWN),
    "n_premature_narrow": Quantity(
        "1", "premature beats of the dominant or another narrow morphology", "count", OUR_OWN
    ),
    "n_paced": Quantity("1", "beats behind a pacing spike", "count", OUR_OWN),
    "heart_rate_bpm": Quantity("1/min", "ventricular rate", "60000 / rr_ms", TASK_FORCE),
    "atrial_rate_bpm": Quantity("1/min", "atrial rate", "60000 / median interval between P or flutter waves", OUR_OWN),
    "rr_ms": Quantity("ms", "mean RR interval", "mean over intervals without a gap", TASK_FORCE),
    "rr_sd_ms": Quantity("ms", "standard deviation of RR", "sqrt(sum (RR - mean)^2 / (n - 1))", TASK_FORCE),
    "rr_min_ms": Quantity("ms", "shortest RR interval", "min RR", TASK_FORCE),
    "rr_max_ms": Quantity("ms", "longest RR interval", "max RR", TASK_FORCE),
    "rmssd_ms": Quantity("ms", "beat-to-beat variation", "sqrt(mean (RR[k+1] - RR[k])^2), normal beats", TASK_FORCE),
    "rr_regularity": Quantity(
        "1", "regularity of the rhythm, 0 to 1", "share of intervals within 10 % of the median interval", OUR_OWN
    ),
    "af_score": Quantity(
        "1",
        "evidence for atrial fibrillation from RR and P, 0 to 1",
        "logistic function of how often RR changes by 10 %, and of how alike P is from beat to beat",
        ESC_FIBRILLATION,
    ),
    "p_ms": Quantity("ms", "P wave duration", "P end - P onset", CSE),
    "pr_ms": Quantity("ms", "PR (PQ) interval", "QRS onset - P onset", CSE),
    "qrs_ms": Quantity("ms", "QRS duration", "J - QRS onset", CSE),
    "qt_ms": Quantity("ms", "QT interval", "T end - QRS onset", AHA_REPOLARISATION),
    "jt_ms": Quantity("ms", "JT interval", "qt_ms - qrs_ms", AHA_REPOLARISATION),
    "qtc_bazett_ms": Quantity("ms", "QT corrected after Bazett", "qt_ms / sqrt(rr_ms / 1000)", BAZETT),
    "qtc_fridericia_ms": Quantity("ms", "QT corrected after Fridericia", "qt_ms / cbrt(rr_ms / 1000)", FRIDERICIA),
    "qtc_framingham_ms": Quantity(
        "ms", "QT corrected after the Framingham study", "qt_ms + 154 (1 - rr_ms / 1000)", FRAMINGHAM
    ),
    "qtc_hodges_ms": Quantity("ms", "QT corrected after Hodges", "qt_ms + 1.75 (heart_rate_bpm - 60)", HODGES),
    "p_axis_deg": Quantity(
        "deg",
        "frontal axis of P, -180 to 180",
        "atan2(2 / sqrt(3) * p_area aVF, p_area I), both from any two limb leads",
        GOLDBERGER,
        compares_leads=True,
    ),
    "qrs_axis_deg": Quantity(
        "deg",
        "frontal axis of QRS, -180 to 180",
        "atan2(2 / sqrt(3) * qrs_area aVF, qrs_area I), both from any two limb leads",
        GOLDBERGER,
        compares_leads=True,
    ),
    "t_axis_deg": Quantity(
        "deg",
        "frontal axis of T, -180 to 180",
        "atan2(2 / sqrt(3) * t_area aVF, t_area I), both from any two limb leads",
        GOLDBERGER,
        compares_leads=True,
    ),
    "qrs_t_angle_deg": Quantity(
        "deg",
        "frontal angle between QRS and T, 0 to 180",
        "|qrs_axis - t_axis|, folded",
        AHA_REPOLARISATION,
        compares_leads=True,
    ),
    "spatial_qrs_t_angle_deg": Quantity(
        "deg",
        "angle in space between the mean vectors of QRS and T, 0 to 180",
        "angle between Kors' regression matrix times qrs_area and times t_area of I, II, V1 to V6",
        KORS,
        compares_leads=True,
    ),
    "p_terminal_force_mv_ms": Quantity(
        "mV ms", "P terminal force in V1, not above 0", "depth (below 0) x duration of the last, negative part", MORRIS
    ),
    "sokolow_lyon_mv": Quantity("mV", "Sokolow-Lyon voltage", "S V1 + higher R of V5 and V6", SOKOLOW),
    "cornell_mv": Quantity("mV", "Cornell voltage", "R aVL + S V3", CASALE),
    "cornell_product_mv_ms": Quantity(
        "mV ms", "Cornell product", "(cornell_mv, women + 0.6 mV) x qrs_ms", f"{MOLLOY}; {AHA_HYPERTROPHY}"
    ),
    "qrs_voltage_sum_mv": Quantity("mV", "total QRS voltage", "sum of qrs_peak_to_peak over the 12 leads", SIEGEL),
    "qrs_voltage_limb_mv": Quantity(
        "mV", "highest QRS of the six limb leads; low voltage below 0.5", "max of qrs_peak_to_peak", AHA_TECHNOLOGY
    ),
    "qrs_voltage_precordial_mv": Quantity(
        "mV", "highest QRS of V1 to V6; low voltage below 1.0", "max of qrs_peak_to_peak", AHA_TECHNOLOGY
    ),
    "r_progression_steps": Quantity(
        "1", "growth of R towards V4, 0 to 3", "how often R grows from V1 to V4", OUR_OWN, compares_leads=True
    ),
    "transition_zone": Quantity(
        "1",
        "where R becomes as high as S is deep: 3.5 is halfway from V3 to V4, 0.5 before V1, 6.5 behind V6",
        "crossing of r_share = 0.5, linear between leads",
        OUR_OWN,
    ),
    "notched_leads": Quantity("1", "leads with a notched QRS (fragmentation)", "leads with qrs_notches > 0", DAS),
    "lbbb_score": Quantity(
        "1",
        "how well QRS meets the criteria of left bundle branch block in adults, 0 to 1",
        "grade of qrs_ms from 100 to 140 ms x mean grade of: r_share low in V1, V2; R broad or notched in I, aVL, V5, "
        "V6; no Q in I, V5, V6; late r_peak_time in V5, V6; qrs_terminal_share positive in I, V6 and negative in V1",
        f"{AHA_CONDUCTION}; {STRAUSS}",
    ),
    "rbbb_score": Quantity(
        "1",
        "how well QRS meets the criteria of right bundle branch block in adults, 0 to 1",
        "grade of qrs_ms from 100 to 140 ms x mean grade of: qrs_terminal_share positive in V1 or V2; late r_peak_time "
        "in V1 and none in V5, V6; s_ms long in I, V6",
        AHA_CONDUCTION,
    ),
}
