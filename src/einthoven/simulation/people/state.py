"""The state of a patient's heart on the day of an ECG, consistent with all that went before."""

from __future__ import annotations

import math
from collections.abc import Mapping

from einthoven.simulation.clinical_state import AvBlock, ClinicalState, Conduction, Infarct, Rhythm
from einthoven.simulation.people.course import Course
from einthoven.simulation.people.draws import Draws
from einthoven.simulation.people.parameters import expit, parameters
from einthoven.simulation.people.visits import Episode

__all__ = ["fibrillation_probability", "state_on"]

SMALLEST_INFARCT_AGE = 0.02  # days: half an hour


def state_on(
    draws: Draws, course: Course, episode: Episode, *, day: float, lvef: float, age_years: float, sex: str
) -> ClinicalState:
    """Return what is true of the heart at the moment of an ECG.

    Parameters
    ----------
    course : Course
    episode : Episode
        The visit at which the ECG is recorded.
    day : float
        Of the course.
    lvef : float, %
        True one of the moment.
    age_years, sex
        Of the patient: those of the course, but in a hospital without memory.
    """
    facts = course.facts_on(day)
    drugs = {name for name, begun in course.treated.items() if begun <= day}
    rhythm = _rhythm(draws, course, episode, day)
    conduction = _conduction(draws, course, day)
    block = _av_block(draws, course, day=day, rhythm=rhythm, conduction=conduction, age_years=age_years)
    rate = _heart_rate(
        draws, course, episode, day=day, lvef=lvef, rhythm=rhythm, block=block, drugs=drugs, conduction=conduction
    )
    pr = _pr_ms(draws, course, age_years=age_years, rate=rate, drugs=drugs, conduction=conduction, sex=sex)
    if block == "none" and pr > parameters("state.pr")["first_degree_above"] and rhythm == "sinus":
        block = "first"
    weak = max(55.0 - lvef, 0.0)
    potassium, calcium = _electrolytes(draws, course, episode, facts, drugs)
    acute = episode.setting != "outpatient"
    inflamed = parameters("state.pericarditis")
    return ClinicalState(
        age_years=age_years,
        sex="M" if sex == "M" else "F",
        lvef=round(lvef, 2),
        rhythm=rhythm,
        heart_rate_bpm=round(rate, 1),
        conduction=conduction,
        pr_ms=round(pr, 1),
        av_block=block,
        infarcts=tuple(
            Infarct(territory, size, max(day - began, SMALLEST_INFARCT_AGE))
            for began, territory, size in course.infarcts
            if began <= day
        ),
        ischaemia=_ischaemia(draws, course, day),
        lvh=_lvh(course, facts, weak),
        rvh=_rvh(course, facts),
        left_atrial_enlargement=_left_atrium(course, facts, day=day, weak=weak),
        potassium_mmol_l=potassium,
        calcium_mmol_l=calcium,
        qt_shift_ms=_qt_shift(draws, course, drugs),
        digoxin="digoxin" in drugs,
        pericarditis=(
            round(draws.uniform(inflamed["low"], inflamed["high"]), 2)
            if acute and draws.chance(inflamed["share"])
            else 0.0
        ),
        atrial_ectopy=_ectopy(draws, course, facts, kind="atrial") if rhythm == "sinus" else 0.0,
        ventricular_ectopy=_ectopy(draws, course, facts, kind="ventricular"),
    )


def fibrillation_probability(course: Course, *, day: float, event: str = "") -> float:
    """Return how likely an ECG of this day shows AF or flutter."""
    began = course.began.get("atrial_fibrillation", math.inf)
    if began > day:
        return 0.0
    if course.persistent_from <= day:
        return 1.0
    known = parameters("fibrillation")
    fresh = day - began < parameters("onset.limits")["recent_days"] or event == "atrial_fibrillation"
    return float(known["first_shown_when_new" if fresh else "paroxysmal_shown"])


def _rhythm(draws: Draws, course: Course, episode: Episode, day: float) -> Rhythm:
    if not draws.chance(fibrillation_probability(course, day=day, event=episode.event)):
        return "sinus"
    return "flutter" if course.flutter else "fibrillation"


def _conduction(draws: Draws, course: Course, day: float) -> Conduction:
    """Return how the ventricles are activated; what hides the other comes first."""
    paced = draws.chance(parameters("state.paced")["share"])
    if paced and course.has("pacemaker", day):
        return "paced"
    right, front = course.has("right_bundle_branch_block", day), course.has("left_anterior_block", day)
    order: tuple[tuple[bool, Conduction], ...] = (
        (course.has("preexcitation", day), "wpw"),
        (course.has("left_bundle_branch_block", day), "lbbb"),
        (right and front, "rbbb_lafb"),
        (right, "rbbb"),
        (course.has("intraventricular_delay", day), "ivcd"),
        (front, "lafb"),
        (course.has("left_posterior_block", day), "lpfb"),
        (course.has("incomplete_right_bundle_branch_block", day), "irbbb"),
    )
    return next((conduction for present, conduction in order if present), "normal")


def _av_block(
    draws: Draws, course: Course, *, day: float, rhythm: Rhythm, conduction: Conduction, age_years: float
) -> AvBlock:
    """Return a block of the second or third degree; that of the first follows from PR."""
    known = parameters("state.av_block")
    chance = draws.uniform()
    if conduction in {"paced", "wpw"} or rhythm == "flutter":
        return "none"
    implanted = course.began.get("pacemaker", math.inf)
    if 0 <= implanted - day < known["before_pacemaker_days"]:
        complete, mobitz, wenckebach = known["before_pacemaker_complete"], known["before_pacemaker_mobitz"], 0.0
    else:
        older = math.exp(known["per_decade"] * (age_years - 60) / 10)
        complete, mobitz, wenckebach = (known[name] * older for name in ("complete", "mobitz", "wenckebach"))
    if chance < complete:
        return "complete"
    if rhythm == "fibrillation":
        return "none"
    if chance < complete + mobitz:
        return "mobitz"
    return "wenckebach" if chance < complete + mobitz + wenckebach else "none"


def _heart_rate(
    draws: Draws,
    course: Course,
    episode: Episode,
    *,
    day: float,
    lvef: float,
    rhythm: Rhythm,
    block: AvBlock,
    drugs: set[str],
    conduction: Conduction,
) -> float:
    known = parameters("state.heart_rate")
    within = draws.normal(0, known["within_sd"])
    if block == "complete":
        return float(known["complete_block"] + within / 2)
    if rhythm == "flutter":
        return float(known["flutter_rates"][draws.one_of(known["flutter_shares"])])
    rate = known["mean"] + known["own_sd"] * course.own.heart_rate + within
    rate += known["women"] if course.person.sex == "F" else 0.0
    rate += known["per_decade"] * (course.person.age_years - 60) / 10
    rate += known.get(episode.setting, 0.0) + known["per_lvef_below_55"] * max(55.0 - lvef, 0.0)
    rate += sum(known[drug] for drug in ("beta_blocker", "digoxin") if drug in drugs)
    if rhythm == "fibrillation":
        age_days = day - course.began["atrial_fibrillation"]
        fresh = age_days < parameters("onset.limits")["recent_days"] or episode.event == "atrial_fibrillation"
        rate += known["new_fibrillation" if fresh else "fibrillation"] + draws.normal(0, known["fibrillation_sd"])
        if course.conditions.cause == "tachycardia" and day < known["tachycardia_days"]:
            rate += known["tachycardia"]
    if block in {"mobitz", "wenckebach"}:
        rate = min(rate, known["mobitz"] + abs(within))
    if conduction == "paced":
        rate = max(rate, known["paced_lowest"])
    return float(min(max(rate, known["lowest"]), known["highest"]))


def _pr_ms(
    draws: Draws, course: Course, *, age_years: float, rate: float, drugs: set[str], conduction: Conduction, sex: str
) -> float:
    known = parameters("state.pr")
    within = draws.normal(0, known["within_sd"])
    if conduction == "wpw":
        return float(known["preexcitation"] + within)
    pr = known["mean_at_60"] + known["per_decade"] * (age_years - 60) / 10 + known["own_sd"] * course.own.pr + within
    pr += known["men"] if sex == "M" else 0.0
    pr += known["per_bpm_above_70"] * (rate - 70)
    pr += sum(known[drug] for drug in ("beta_blocker", "digoxin") if drug in drugs)
    pr += known["bundle_branch_block"] if conduction in {"lbbb", "rbbb_lafb"} else 0.0
    return float(min(max(pr, known["lowest"]), known["highest"]))


def _ischaemia(draws: Draws, course: Course, day: float) -> float:
    known = parameters("state.ischaemia")
    if not course.has("angina", day):
        return 0.0
    if day - course.began["angina"] < known["new_days"]:
        return round(draws.uniform(known["new_low"], known["new_high"]), 2)
    return round(draws.uniform(0, known["chronic_high"]), 2) if draws.chance(known["chronic_share"]) else 0.0


def _lvh(course: Course, facts: Mapping[str, float], weak: float) -> float:
    known = parameters("state.lvh")
    mass = known["none"] + known["own_sd"] * course.own.wall + known["per_lvef_below_55"] * weak
    mass += sum(known[name] for name in ("hypertension", "valve_disease", "chronic_kidney_disease") if name in facts)
    return round(float(min(max(mass, 0.0), known["highest"])), 3)


def _rvh(course: Course, facts: Mapping[str, float]) -> float:
    """Return the right ventricle's excess: of the few whose own deviation lies at the end of its range."""
    known = parameters("state.rvh")
    share = known["lung_disease"] if "lung_disease" in facts else known["otherwise"]
    rank = 0.5 * math.erfc(course.own.right / math.sqrt(2))
    return round(known["right_sd"] * (1 - rank / share) + 0.1, 3) if rank < share else 0.0


def _left_atrium(course: Course, facts: Mapping[str, float], *, day: float, weak: float) -> float:
    known = parameters("state.left_atrium")
    size = known["none"] + known["sd"] * course.own.atrium + known["per_lvef_below_55"] * weak
    size += sum(
        known[name]
        for name in ("hypertension", "valve_disease", "atrial_fibrillation", "heart_failure")
        if name in facts
    )
    size += known["persistent"] if course.persistent_from <= day else 0.0
    return round(float(min(max(size, 0.0), 1.0)), 3)


def _electrolytes(
    draws: Draws, course: Course, episode: Episode, facts: Mapping[str, float], drugs: set[str]
) -> tuple[float, float]:
    """Return potassium and ionised calcium, mmol/l."""
    known, inpatient = parameters("state.potassium"), episode.setting == "inpatient"
    value = known["mean"] + known["own_sd"] * course.own.potassium + draws.normal(0, known["within_sd"])
    value += draws.normal(0, known["inpatient_sd"]) if inpatient else 0.0
    kidney = "chronic_kidney_disease" in facts
    value += known["chronic_kidney_disease"] if kidney else 0.0
    value += sum(known[drug] for drug in ("loop_diuretic", "thiazide", "raas_inhibitor") if drug in drugs)
    if inpatient and kidney and draws.chance(known["high_share"]):
        value += draws.uniform(known["high_low"], known["high_high"])
    if inpatient and drugs & {"loop_diuretic", "thiazide"} and draws.chance(known["low_share"]):
        value -= draws.uniform(known["low_low"], known["low_high"])
    salt = parameters("state.calcium")
    calcium = draws.normal(salt["mean"], salt["sd"]) + (salt["chronic_kidney_disease"] if kidney else 0.0)
    return (
        round(min(max(value, known["lowest"]), known["highest"]), 2),
        round(min(max(calcium, salt["lowest"]), salt["highest"]), 3),
    )


def _qt_shift(draws: Draws, course: Course, drugs: set[str]) -> float:
    known = parameters("state.qt")
    shift = known["congenital"] if course.own.congenital_qt < known["congenital_share"] else 0.0
    if "qt_prolonging" in drugs:
        shift += max(draws.normal(known["drug_mean"], known["drug_sd"]), 0.0)
    return round(float(shift), 1)


def _ectopy(draws: Draws, course: Course, facts: Mapping[str, float], *, kind: str) -> float:
    """Return the share of premature beats; most ECGs have none."""
    known = parameters("state.ectopy")
    own = course.own.atrial_ectopy if kind == "atrial" else course.own.ventricular_ectopy
    odds = known[kind] + known["per_decade"] * facts["age"] + known["own"] * own
    if kind == "ventricular":
        odds += sum(known[name] for name in ("lvsd", "infarction") if name in facts)
    else:
        odds += known["atrial_disease"] if "atrial_fibrillation" in facts or "valve_disease" in facts else 0.0
    if not draws.chance(expit(odds)):
        return 0.0
    return float(round(min(known["median"] * math.exp(draws.normal(0, known["log_sd"])), known["highest"]), 3))
