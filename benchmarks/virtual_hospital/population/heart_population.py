"""Kinds of hearts as ``population.json`` keeps them, and which traits make QRST and which the P wave."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from einthoven.simulation.heart.traits import trait_space

__all__ = ["ATRIAL", "VENTRICULAR", "Normal", "Population", "packaged", "read_population", "write_population"]

Array = NDArray[np.float64]

NAMES = trait_space().names
ATRIAL = np.array(
    [k for k, name in enumerate(NAMES) if name.startswith(("right_atrium", "left_atrium", "atrial_times"))]
)
"""Traits of the P wave alone."""

ECTOPIC = np.array([k for k, name in enumerate(NAMES) if name.startswith("ectopic")])
"""Not estimated: an assumption with mean 0 and SD 1."""

VENTRICULAR = np.setdiff1d(np.arange(len(NAMES)), np.concatenate([ATRIAL, ECTOPIC]))

LEAST_VARIANCE = 1e-6  # a covariance of rounded numbers has to stay positive definite
FULL_AGE_YEARS = 60.0  # ``per_decade`` counts from here
MOST_SD = 2.0  # as in ``draw_traits``


@dataclass(frozen=True, slots=True, eq=False)
class Normal:
    """A multivariate normal distribution: mean float64 (trait,), covariance float64 (trait, trait)."""

    mean: Array
    covariance: Array


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Population:
    """Kinds of hearts, about each of which people vary alike; traits are standardised.

    Attributes
    ----------
    shares, age_means, female_shares : float64 (kind,)
    age_sd : float
        Years, within a kind.
    means : float64 (kind, trait)
    covariance : float64 (trait, trait)
        Within each kind.
    per_decade, female : float64 (trait,)
        What a decade above 60 years and the female sex add.
    associated : dict of str to float64 (trait,)
        What a finding adds.
    """

    shares: Array
    age_means: Array
    female_shares: Array
    age_sd: float
    means: Array
    covariance: Array
    per_decade: Array
    female: Array
    associated: dict[str, Array]

    @property
    def mean(self) -> Array:
        """Return float64 (trait,): that of all kinds together."""
        mean: Array = self.shares @ self.means / self.shares.sum()
        return mean

    def expected(self, *, age_years: float, sex: str) -> Array:
        """Return float64 (trait,): the mean of people of this age and sex whose kind is unknown."""
        return self.mean + self.shift(age_years=age_years, sex=sex)

    def shift(self, *, age_years: float, sex: str) -> Array:
        """Return float64 (trait,): what age and sex add to a kind's mean."""
        return self.per_decade * (age_years - FULL_AGE_YEARS) / 10 + self.female * (sex == "F")

    @property
    def total_covariance(self) -> Array:
        """Return float64 (trait, trait): within and between kinds."""
        away = self.means - self.mean
        between: Array = (away.T * (self.shares / self.shares.sum())) @ away
        return self.covariance + between

    def draw(self, random: np.random.Generator, n: int) -> Array:
        """Return float64 (n, trait): people of any kind, before what age and sex add."""
        kinds = random.choice(self.shares.size, n, p=self.shares / self.shares.sum())
        factor = np.linalg.cholesky(self.covariance)
        return self.means[kinds] + clipped_normal(random, (n, len(NAMES))) @ factor.T


def clipped_normal(random: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Return standard normal numbers within the same two SD in which ``draw_traits`` keeps them."""
    return np.clip(random.standard_normal(shape), -MOST_SD, MOST_SD)


def packaged() -> Population:
    """Return the population that the package simulates."""
    return read_population(resources.files("einthoven.simulation.heart").joinpath("population.json").read_text("utf-8"))


def read_population(text: str) -> Population:
    """Return the population that a text in the form of ``population.json`` holds."""
    content = json.loads(text)
    if tuple(content["names"]) != NAMES:
        raise ValueError("the population's traits must be those of heart/parameters.toml in their order")
    factor = np.zeros((len(NAMES), len(NAMES)))
    for k, row in enumerate(content["factor"]):
        factor[k, : k + 1] = row
    kinds = content["types"]
    return Population(
        shares=np.array([kind["share"] for kind in kinds]),
        age_means=np.array([kind["age_mean"] for kind in kinds]),
        female_shares=np.array([kind["female_share"] for kind in kinds]),
        age_sd=content["age_sd"],
        means=np.array([kind["mean"] for kind in kinds], dtype=np.float64),
        covariance=factor @ factor.T + LEAST_VARIANCE * np.eye(len(NAMES)),
        per_decade=np.array(content["per_decade"], dtype=np.float64),
        female=np.array(content["female"], dtype=np.float64),
        associated={name: np.array(shift, dtype=np.float64) for name, shift in content["associated"].items()},
    )


def write_population(population: Population, path: Path) -> None:
    """Write a population in the form of ``population.json``; the factor is the covariance's lower triangular one."""
    factor = np.linalg.cholesky(population.covariance)
    columns = (population.shares, population.age_means, population.female_shares, population.means)
    content = {
        "names": NAMES,
        "age_sd": round(population.age_sd, 1),
        "types": [
            {
                "share": round(float(share), 4),
                "age_mean": round(float(age), 1),
                "female_share": round(float(female), 3),
                "mean": _rounded(mean),
            }
            for share, age, female, mean in zip(*columns, strict=True)
        ],
        "per_decade": _rounded(population.per_decade),
        "female": _rounded(population.female),
        "factor": [_rounded(row[: k + 1]) for k, row in enumerate(factor)],
        "associated": {name: _rounded(shift) for name, shift in population.associated.items()},
    }
    path.write_text(json.dumps(content, separators=(",", ":")), encoding="utf-8")


def _rounded(values: Array) -> list[float]:
    return [round(float(value), 3) for value in values]
