"""Who comes: sex, age, height and weight."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

from einthoven.simulation.hospitals import HospitalSettings
from einthoven.simulation.people.draws import Draws
from einthoven.simulation.people.parameters import parameters

__all__ = ["Demography", "draw_demography"]

SMALLEST_RANK = 1e-12  # the normal distribution has no end


@dataclass(frozen=True, slots=True)
class Demography:
    """A person at the first ECG; age in years."""

    sex: Literal["F", "M"]
    age_years: float
    height_cm: float
    weight_kg: float

    @property
    def facts(self) -> dict[str, float]:
        """What the risks of ``parameters.toml`` are linear in."""
        bmi = self.weight_kg / (self.height_cm / 100) ** 2
        return {"age": (self.age_years - 60) / 10, "male": float(self.sex == "M"), "bmi": (bmi - 25) / 5}


def draw_demography(draws: Draws, hospital: HospitalSettings, *, rank: float | None = None) -> Demography:
    """Return a person as one comes to this hospital.

    Parameters
    ----------
    rank : float in (0, 1), optional
        Share of patients who are younger; at random when absent.
    """
    body = parameters("body")
    male = draws.chance(hospital.male_share)
    age = _age(hospital, draws.uniform() if rank is None else rank)
    group = "men" if male else "women"
    height = body[f"height_cm_{group}_at_40"] + body["height_cm_per_year"] * (age - 40)
    height += draws.truncated_normal(0, body["height_cm_sd"], low=-body["height_cm_most"], high=body["height_cm_most"])
    bmi = body[f"bmi_median_{group}"] * math.exp(draws.normal(0, body["bmi_log_sd"]))
    bmi = min(max(bmi, body["bmi_low"]), body["bmi_high"])
    return Demography(
        sex="M" if male else "F",
        age_years=age,
        height_cm=round(height, 1),
        weight_kg=round(bmi * (height / 100) ** 2, 1),
    )


def _age(hospital: HospitalSettings, rank: float) -> float:
    """Return the age at a rank of the normal distribution that is cut at both ends."""
    ages = NormalDist(hospital.age_mean, hospital.age_sd)
    below, above = ages.cdf(hospital.age_min), ages.cdf(hospital.age_max)
    within = min(max(below + rank * (above - below), SMALLEST_RANK), 1 - SMALLEST_RANK)
    return min(max(ages.inv_cdf(within), hospital.age_min), math.nextafter(hospital.age_max, 0))
