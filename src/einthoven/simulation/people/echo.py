"""Who gets an echocardiogram, when, and what the examiner measures.

Low LVEF makes an echo likelier, so that the prevalence among the examined is above that of all: verification bias whose
truth is known.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal

from einthoven.simulation.clinical_state import ClinicalState
from einthoven.simulation.hospitals import HospitalSettings
from einthoven.simulation.people.dials import Dials
from einthoven.simulation.people.draws import Draws
from einthoven.simulation.people.parameters import parameters
from einthoven.simulation.people.visits import Episode

__all__ = ["echo_days", "lvsd_probability", "measure", "measured_lvef"]

Method = Literal["simpson", "m_mode", "visual"]
METHODS: tuple[Method, ...] = ("simpson", "m_mode", "visual")


def echo_days(
    draws: Draws,
    episodes: Sequence[Episode],
    facts: Sequence[Mapping[str, float]],
    *,
    ever: float,
    dials: Dials,
    wait_days: float,
) -> list[tuple[int, float]]:
    """Return episode and day of each echo.

    Parameters
    ----------
    episodes : sequence of Episode
    facts : sequence of mappings
        What the patient has in each episode.
    ever : float
        Probability of an echo on account of the first visit.
    dials : Dials
        Of the hospital.
    wait_days : float
        Median time from an outpatient's ECG to the echo.
    """
    time, event_share = parameters("echo.time"), parameters("echo.event")
    examined = draws.chance(ever)
    later = draws.chance(time["later_share"]) and len(episodes) > 1
    planned = 1 + int(draws.uniform() * (len(episodes) - 1)) if later else 0
    had, found = False, []
    for index, episode in enumerate(episodes):
        share = event_share.get(episode.event, 0.0) if index else 0.0
        if had:
            share = max(share, dials.risk("echo.again").probability(facts[index]))
        spent = draws.chance(share)
        if spent or (examined and index == planned):
            had = True
            found.append((index, episode.day + _gap_days(draws, episode, wait_days=wait_days)))
    return found


def _gap_days(draws: Draws, episode: Episode, *, wait_days: float) -> float:
    known = parameters("echo.time")
    if episode.setting == "inpatient":
        return draws.exponential(known["inpatient_gap_days"])
    gap = wait_days * math.exp(draws.normal(0, known["outpatient_gap_log_sd"]))
    gap = float(min(gap, known["longest_gap_days"]))
    return -gap if draws.chance(known["outpatient_before"]) else gap


def lvsd_probability(lvef: float, hospital: HospitalSettings) -> float:
    """Return how likely an echo reads LVSD where the patient's course stands at ``lvef`` %."""
    known, moves, low = parameters("echo.error"), parameters("lvef.fluctuation")["sd"], parameters("lvsd")["threshold"]
    total = 0.0
    for method, share in zip(METHODS, hospital.echo_methods, strict=True):
        step = known["visual_step"] if method == "visual" else 1.0
        # what is read is rounded to steps: low + step / 2 still is LVSD
        z = (low + step / 2 - lvef) / math.hypot(known[method], moves)
        total += share * 0.5 * math.erfc(-z / math.sqrt(2))
    return total


def measured_lvef(draws: Draws, lvef: float, hospital: HospitalSettings) -> tuple[float, Method]:
    """Return an LVEF as read, in %, and by which method; the eye reads in steps."""
    known = parameters("echo.error")
    method = METHODS[draws.one_of(hospital.echo_methods)]
    value = min(max(lvef + draws.normal(0, known[method]), known["simpson_low"]), known["high"])
    if method == "visual":
        return float(known["visual_step"] * round(value / known["visual_step"])), method
    return float(round(value)), method


def measure(
    draws: Draws, state: ClinicalState, lvef: float, *, cavity: float, facts: Mapping[str, float]
) -> dict[str, float]:
    """Return the other quantities that a report names, in keeping with the measured LVEF.

    Parameters
    ----------
    state : ClinicalState
        Of the day.
    lvef : float, %
        As measured.
    cavity : float
        The patient's own deviation of the ventricle's size, in standard deviations.
    facts : mapping
        What the patient has.
    """
    known = parameters("echo.size")
    if draws.chance(known["only_lvef"]):
        return {"lvef": lvef}
    group = "men" if state.sex == "M" else "women"
    weak, failure = max(55.0 - state.lvef, 0.0), facts.get("heart_failure", 0.0)
    error = known["error_sd"]
    lvidd = known[f"lvidd_{group}"] + known[f"lvidd_{group}_sd"] * cavity + known["per_lvef_below_55"] * weak
    lvidd += draws.normal(0, error)
    # 1 - LVEF is the square of 1 - shortening where the length of the ventricle hardly changes
    lvids = lvidd * math.sqrt(max(1 - lvef / 100, 0.05))
    wall = known[f"wall_{group}"] + known["wall_per_lvh"] * state.lvh
    la = known[f"la_{group}"] + known["la_per_enlargement"] * state.left_atrial_enlargement
    e_over_e = known["e_over_e_mean"] + known["e_over_e_per_lvef_below_55"] * weak + known["e_over_e_failure"] * failure
    rvsp = known["rvsp_mean"] + known["rvsp_failure"] * failure + known["rvsp_lung"] * facts.get("lung_disease", 0.0)
    found = {
        "lvidd_mm": round(lvidd, 0),
        "lvids_mm": round(lvids, 0),
        "ivs_mm": round(wall + draws.normal(0, known["wall_sd"]), 0),
        "pw_mm": round(wall + draws.normal(0, known["wall_sd"]), 0),
        "la_mm": round(la + draws.normal(0, known["la_sd"]), 0),
        "e_over_e": round(max(e_over_e + draws.normal(0, known["e_over_e_sd"]), 4.0), 1),
        "rvsp_mmhg": round(max(rvsp + draws.normal(0, known["rvsp_sd"]), 15.0), 0),
    }
    kept = {name: value for name, value in found.items() if not draws.chance(known["missing"])}
    return {"lvef": lvef} | kept | _valves(draws, state, facts)


def _valves(draws: Draws, state: ClinicalState, facts: Mapping[str, float]) -> dict[str, float]:
    """Return grades 0 to 3 of the valves."""
    known = parameters("echo.valves")
    sick = "valve_disease" in facts
    weak = max(55.0 - state.lvef, 0.0) / 20.0
    grades = {}
    for name in ("mr", "ar", "as", "tr"):
        level = known[name] + known[f"{name}_age"] * (state.age_years - 60) / 10 + draws.normal(0, known["sd"])
        level += known[f"{name}_weak"] * weak
        grades[name] = float(min(max(math.floor(level), 0), 1))
    if sick:
        worst = ("mr", "ar", "as", "tr")[draws.one_of(known["worst"])]
        grades[worst] = 2.0 + float(draws.chance(known["severe"]))
    return grades
