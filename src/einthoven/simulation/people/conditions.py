"""What a person has at the first ECG, and since when.

The joint distribution is a chain of logistic models in the order of ``CHAIN``: each condition given age, sex and those
before it. LVSD comes before AF and LBBB, so that published odds ratios are parameters; the cause of LVSD comes last.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from einthoven.simulation.people.demography import Demography
from einthoven.simulation.people.dials import CALIBRATED, Dials
from einthoven.simulation.people.draws import Draws
from einthoven.simulation.people.parameters import expit, parameters

__all__ = ["Conditions", "draw_conditions"]

CHAIN = (
    "hypertension", "diabetes", "chronic_kidney_disease", "lung_disease", "valve_disease", "lvsd",
    "atrial_fibrillation", "left_bundle_branch_block", "right_bundle_branch_block",
    "incomplete_right_bundle_branch_block", "left_anterior_block", "left_posterior_block", "intraventricular_delay",
    "preexcitation", "pacemaker",
)  # fmt: skip
DAYS_A_YEAR = 365.25


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a person has at the first ECG.

    Attributes
    ----------
    facts : dict of str to float
        1 for what the person has, besides ``age``, ``male`` and ``bmi``.
    onset_days : dict of str to float
        Counted from the first ECG: below 0.
    cause : str
        Of LVSD; empty without.
    log_odds : dict of section to float
        Of what is in ``CALIBRATED``, for the calibration.
    """

    facts: dict[str, float]
    onset_days: dict[str, float]
    cause: str
    log_odds: dict[str, float]


def draw_conditions(draws: Draws, person: Demography, *, dials: Dials) -> Conditions:
    """Return what a person has, in a hospital with these dials."""
    facts, log_odds = person.facts, {}
    for name in CHAIN:
        section = f"conditions.{name}"
        odds = dials.risk(section).log_odds(facts)
        if section in CALIBRATED:
            log_odds[section] = odds
        if draws.chance(expit(odds)):
            facts[name] = 1.0
    cause = _cause(draws, person, facts, independent=dials.independent)
    _ischaemic_disease(draws, facts, cause, dials=dials)
    for name in ("heart_failure", "stroke"):
        if draws.chance(dials.risk(f"conditions.{name}").probability(facts)):
            facts[name] = 1.0
    if cause and "heart_failure" not in facts and draws.chance(parameters("lvsd")["failure_share"]):
        facts["heart_failure"] = 1.0
    return Conditions(facts, _onsets(draws, person, facts), cause, log_odds)


def _cause(draws: Draws, person: Demography, facts: Mapping[str, float], *, independent: bool) -> str:
    """Return what weakened the heart; without LVSD nothing did."""
    if "lvsd" not in facts:
        return ""
    known = parameters("lvsd.cause")
    ischaemic = known["ischaemic"]
    ischaemic *= known["ischaemic_male"] if person.sex == "M" else 1.0
    ischaemic *= known["ischaemic_diabetes"] if "diabetes" in facts else 1.0
    ischaemic *= known["ischaemic_young"] if person.age_years < 45 else 1.0
    weights = {
        "ischaemic": ischaemic,
        "dilated": known["dilated"],
        "tachycardia": 0.0 if independent else known["tachycardia"] * facts.get("atrial_fibrillation", 0.0),
        "valve_disease": known["valve_disease"] * facts.get("valve_disease", 0.0),
    }
    return tuple(weights)[draws.one_of(tuple(weights.values()))]


def _ischaemic_disease(draws: Draws, facts: dict[str, float], cause: str, *, dials: Dials) -> None:
    """Add infarction and angina, as the cause of LVSD demands or by their own risk."""
    share = parameters("lvsd.cause")["infarction_share"]
    infarction = share if cause == "ischaemic" else dials.risk("conditions.infarction").probability(facts)
    if draws.chance(infarction):
        facts["infarction"] = 1.0
    angina = 1.0 if cause == "ischaemic" else dials.risk("conditions.angina").probability(facts)
    if draws.chance(angina) and "infarction" not in facts:
        facts["angina"] = 1.0


def _onsets(draws: Draws, person: Demography, facts: Mapping[str, float]) -> dict[str, float]:
    """Return the day each condition began, in adult life; some are new and the reason for the first ECG."""
    years, new_share, limits = parameters("onset.years"), parameters("onset.new_share"), parameters("onset.limits")
    adult_days = max(person.age_years - limits["adult_age"], 0.0) * DAYS_A_YEAR
    onsets = {}
    for name in facts:
        if name not in years:
            continue
        longest = adult_days * draws.uniform(limits["first_share"], 1.0)
        before = min(draws.exponential(years[name]) * DAYS_A_YEAR, longest) + limits["least_days"]
        new = name in new_share and draws.chance(new_share[name])
        onsets[name] = -draws.uniform(limits["new_least_days"], limits["new_most_days"]) if new else -before
    return onsets
