"""The clinical state that corresponds to a real ECG: its readers' findings, its patient's age and sex, its own rate.

What the readers don't say (size and age of an infarct, how far a wall is thickened, LVEF) is drawn anew for each
twin, from ranges that are assumptions of this comparison and no part of the simulator.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from findings import INFARCTS
from real_ecgs import RealEcg

from einthoven.simulation.clinical_state import AvBlock, ClinicalState, Conduction, Infarct, Rhythm

__all__ = ["matched_state"]

CONDUCTION: tuple[tuple[frozenset[str], Conduction], ...] = (
    (frozenset({"paced"}), "paced"),
    (frozenset({"wpw"}), "wpw"),
    (frozenset({"lbbb"}), "lbbb"),
    (frozenset({"rbbb", "lafb"}), "rbbb_lafb"),
    (frozenset({"rbbb"}), "rbbb"),
    (frozenset({"lafb"}), "lafb"),
    (frozenset({"lpfb"}), "lpfb"),
    (frozenset({"ivcd"}), "ivcd"),
    (frozenset({"ilbbb"}), "ivcd"),
    (frozenset({"irbbb"}), "irbbb"),
)
"""The first whose findings are all there; a state has no incomplete left block, the nearest is ``ivcd``."""

AV_BLOCK: dict[str, AvBlock] = {"av_third": "complete", "av_second": "wenckebach", "av_first": "first"}
INFARCT_DAYS = {"I": (0.2, 2.0), "II": (4.0, 20.0), "II-III": (20.0, 60.0), "III": (90.0, 3000.0)}
"""PTB-XL's stages: acute, subacute, old."""
LUDB_STEMI = "II"
"""LUDB names the kind of infarct and not its day, and its ECGs of that kind have no raised ST at the median."""
INFARCT_SIZE, SURE_LVH, SOFT_LVH = (0.25, 0.9), (0.25, 0.8), (0.05, 0.4)
LVEF = {"normal": (63.0, 4.0), "MI": (48.0, 11.0), "lbbb": (46.0, 12.0), "fibrillation": (55.0, 10.0)}
OTHER_LVEF = (58.0, 8.0)
FIRST_DEGREE_MS, USUAL_PR_MS = 220.0, 160.0
FEWEST_ECTOPIC = 0.06
"""Share of beats where an extrasystole was read but none was found by measuring: one in 10 s."""


def matched_state(ecg: RealEcg, measured: Mapping[str, float], *, random: np.random.Generator) -> ClinicalState:
    """Return one state in which the real ECG might have been recorded.

    Parameters
    ----------
    ecg : RealEcg
    measured : mapping of str to float
        Its measurements; rate and, in sinus rhythm, PR are taken over.
    random : Generator
    """
    found = ecg.findings
    rhythm: Rhythm = "fibrillation" if "fibrillation" in found else "flutter" if "flutter" in found else "sinus"
    infarcts = _infarcts(ecg, random)
    ischaemia = _drawn(random, (0.3, 0.9), when="ischaemia" in found or "injury" in found)
    ischaemia = ischaemia or _drawn(random, (0.1, 0.5), when="st_t" in found)
    return ClinicalState(
        age_years=ecg.age_years,
        sex=ecg.sex,
        lvef=_lvef(found, has_infarct=bool(infarcts), random=random),
        rhythm=rhythm,
        heart_rate_bpm=_known(measured["heart_rate_bpm"], 70.0),
        conduction=next((kind for needed, kind in CONDUCTION if needed <= found), "normal"),
        pr_ms=_pr_ms(found, measured),
        av_block=next((block for finding, block in AV_BLOCK.items() if finding in found), "none"),
        infarcts=infarcts,
        ischaemia=ischaemia,
        lvh=_lvh(ecg, random),
        rvh=_drawn(random, (0.3, 0.8), when="rvh" in found),
        left_atrial_enlargement=_drawn(random, (0.3, 0.9), when="left_atrium" in found),
        qt_shift_ms=_drawn(random, (40.0, 80.0), when="long_qt" in found),
        digoxin="digoxin" in found,
        atrial_ectopy=_ectopy("atrial_ectopy", "n_premature_narrow", found, measured),
        ventricular_ectopy=_ectopy("ventricular_ectopy", "n_premature_wide", found, measured),
    )


def _infarcts(ecg: RealEcg, random: np.random.Generator) -> tuple[Infarct, ...]:
    stage = LUDB_STEMI if "stemi" in ecg.findings else ecg.infarct_stage
    low, high = INFARCT_DAYS.get(stage, INFARCT_DAYS["III"])
    age_days = float(np.exp(random.uniform(np.log(low), np.log(high))))
    return tuple(
        Infarct(territory, float(random.uniform(*INFARCT_SIZE)), age_days)  # type: ignore[arg-type]
        for finding, territory in INFARCTS.items()
        if finding in ecg.findings
    )


def _lvh(ecg: RealEcg, random: np.random.Generator) -> float:
    """Return hypertrophy; LUDB reads it in 76 of 120, so it can't mean there what it does in PTB-XL (33 of 488)."""
    if "lvh" in ecg.findings:
        return float(random.uniform(*(SURE_LVH if ecg.source == "ptb_xl" else SOFT_LVH)))
    return _drawn(random, SOFT_LVH, when="lvh_voltage" in ecg.findings)


def _lvef(found: frozenset[str], *, has_infarct: bool, random: np.random.Generator) -> float:
    kinds = [*(["MI"] if has_infarct else []), *(kind for kind in ("lbbb", "fibrillation", "normal") if kind in found)]
    mean, sd = LVEF[kinds[0]] if kinds else OTHER_LVEF
    return float(np.clip(random.normal(mean, sd), 15.0, 75.0))


def _pr_ms(found: frozenset[str], measured: Mapping[str, float]) -> float:
    usual = FIRST_DEGREE_MS if "av_first" in found else USUAL_PR_MS
    conducted = "sinus" in found and "paced" not in found and "av_third" not in found
    return _known(measured["pr_ms"], usual) if conducted else usual


def _ectopy(finding: str, count: str, found: frozenset[str], measured: Mapping[str, float]) -> float:
    if finding not in found:
        return 0.0
    share = measured[count] / measured["n_beats"] if measured["n_beats"] else 0.0
    return float(np.clip(share, FEWEST_ECTOPIC, 0.5))


def _drawn(random: np.random.Generator, between: tuple[float, float], *, when: bool) -> float:
    return float(random.uniform(*between)) if when else 0.0


def _known(value: float, otherwise: float) -> float:
    return float(value) if np.isfinite(value) else otherwise
