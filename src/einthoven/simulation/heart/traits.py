"""What stays with a person: where the heart lies, how large it is, how it conducts and recovers.

A person's traits are a point in a space of standardised numbers. Mean, spread and correlation of that space were
estimated by fitting this heart to the normal ECGs of PTB-XL (``population.json``); what each number does, and how far
it may stray by itself, is in ``parameters.toml``.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "HeartParameters",
    "HeartTraits",
    "draw_traits",
    "heart_constants",
    "parameters_of",
    "trait_space",
    "with_disease",
]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class HeartTraits:
    """A person's heart.

    Attributes
    ----------
    values : float64 (trait,)
        Standardised, in the order of ``trait_space().names``.
    details : float32 (detail,), optional
        Standard normal; what is personal in a wave beside them (``body_surface``).
    """

    values: Array
    details: NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class HeartParameters:
    """All that a heart's ECG depends on, in cm, ms, cm/ms and degrees; ``parameters.toml`` says what each is."""

    azimuth: float
    elevation: float
    roll: float
    x: float
    y: float
    z: float
    lv_radius: float
    lv_length: float
    wall: float
    rv_width: float
    chest: float
    v_height: float
    gain: float
    limb_gain: float
    v_purkinje: float
    v_muscle: float
    v_right: float
    t_anterior: float
    t_posterior: float
    t_right: float
    theta_anterior: float
    theta_posterior: float
    phi_septal: float
    phi_anterior: float
    phi_posterior: float
    basal_delay: float
    apd: float
    transmural: float
    coupling: float
    t_rise: float
    t_fall: float
    right_amplitude: float
    right_apd: float
    right_apd_base: float
    amplitude: Array
    delay: Array
    apd_field: Array
    early_recovery: Array
    right_atrium: Array
    left_atrium: Array
    atrial_times: Array
    ectopic_site: Array


class TraitSpace(NamedTuple):
    """What the standardised numbers stand for.

    ``value = centre + spread z``, or ``centre exp(spread z)`` where ``logarithmic``. ``fields`` says which numbers make
    up which field of ``HeartParameters``.
    """

    names: tuple[str, ...]
    centre: Array
    spread: Array
    logarithmic: NDArray[np.bool_]
    fields: tuple[tuple[str, int, int], ...]


class _Population(NamedTuple):
    """Kinds of hearts, about each of which people vary alike."""

    shares: Array
    age_means: Array
    age_sd: float
    female_shares: Array
    means: Array
    per_decade: Array
    female: Array
    factor: Array
    associated: dict[str, Array]


@cache
def heart_constants() -> dict[str, Any]:
    """Return the content of ``parameters.toml``."""
    return tomllib.loads(resources.files(__package__).joinpath("parameters.toml").read_text(encoding="utf-8"))


@cache
def trait_space() -> TraitSpace:
    """Return what the numbers of a person stand for."""
    names: list[str] = []
    rows: list[tuple[float, float, bool]] = []
    fields: list[tuple[str, int, int]] = []
    for name, row in heart_constants()["traits"].items():
        centres = row["centre"] if isinstance(row["centre"], list) else [row["centre"]]
        fields.append((name, len(rows), len(rows) + len(centres) if isinstance(row["centre"], list) else -1))
        names += [name] if len(centres) == 1 else [f"{name}_{k}" for k in range(len(centres))]
        rows += [(float(centre), float(row["spread"]), row.get("logarithmic", False)) for centre in centres]
    centre, spread, logarithmic = (np.array(column) for column in zip(*rows, strict=True))
    return TraitSpace(tuple(names), centre, spread, logarithmic, tuple(fields))


def parameters_of(traits: HeartTraits) -> HeartParameters:
    """Return what a person's numbers stand for."""
    space = trait_space()
    moved = space.spread * traits.values
    factors = np.exp(np.minimum(np.maximum(moved, -3), 3))
    values = np.where(space.logarithmic, space.centre * factors, space.centre + moved)
    plain = values.tolist()
    found: dict[str, Any] = {
        name: plain[first] if last < 0 else values[first:last] for name, first, last in space.fields
    }
    return HeartParameters(**found)


def draw_traits(
    random: np.random.Generator, *, sex: Literal["F", "M"], age_years: float, height_cm: float, weight_kg: float
) -> HeartTraits:
    """Return a person's traits.

    Parameters
    ----------
    random : numpy.random.Generator
    sex : ``F`` or ``M``
    age_years : float
        At which the traits are fixed: the heart turns to the left with age, and its voltages fall.
    height_cm, weight_kg : float
        A heavy person's electrodes are farther away.
    """
    population, space = _population(), trait_space()
    body = heart_constants()["body"]
    most = body["most_sd"]
    values = population.means[_kind(population, random, sex=sex, age_years=age_years)]
    values = values + population.per_decade * (age_years - 60) / 10 + population.female * (sex == "F")
    values = values + population.factor @ np.clip(random.standard_normal(len(space.names)), -most, most)
    index = weight_kg / (height_cm / 100) ** 2
    chest = space.names.index("chest")
    heavier = np.clip(index - body["body_mass_index"], -10, 15)
    values[chest] += body["chest_per_body_mass_index"] * heavier / space.spread[chest]
    surface = heart_constants()["body_surface"]
    details = random.standard_normal(surface["n_details"], dtype=np.float32)
    return HeartTraits(values, np.clip(details, -surface["most_sd"], surface["most_sd"], out=details))


def with_disease(traits: HeartTraits, findings: Mapping[str, float]) -> HeartTraits:
    """Return the traits as they are with some findings: a heart with a bundle branch block also lies otherwise.

    Parameters
    ----------
    findings : mapping of str to float
        How marked each is, 1 as in PTB-XL on average; those that ``population.json`` doesn't know change nothing.
    """
    shifts = _population().associated
    known = [degree * shifts[name] for name, degree in findings.items() if name in shifts]
    return HeartTraits(np.sum([traits.values, *known], axis=0), traits.details) if known else traits


@cache
def _population() -> _Population:
    content = json.loads(resources.files(__package__).joinpath("population.json").read_text(encoding="utf-8"))
    if tuple(content["names"]) != trait_space().names:
        raise ValueError("population.json and parameters.toml name different traits")
    factor = np.zeros((len(content["factor"]), len(content["factor"])))
    for k, row in enumerate(content["factor"]):
        factor[k, : len(row)] = row
    associated = {name: np.array(shift, dtype=np.float64) for name, shift in content["associated"].items()}
    shares, ages, females, means = (
        np.array([kind[key] for kind in content["types"]], dtype=np.float64)
        for key in ("share", "age_mean", "female_share", "mean")
    )
    per_decade, female = (np.array(content[key], dtype=np.float64) for key in ("per_decade", "female"))
    return _Population(shares, ages, content["age_sd"], females, means, per_decade, female, factor, associated)


def _kind(population: _Population, random: np.random.Generator, *, sex: str, age_years: float) -> int:
    """Return which kind of heart a person of this age and sex has."""
    of_sex = population.female_shares if sex == "F" else 1 - population.female_shares
    distance = (np.clip(age_years, 30, 85) - population.age_means) / population.age_sd
    weights = population.shares * of_sex * np.exp(-0.5 * distance**2)
    return int(np.searchsorted(np.cumsum(weights) / weights.sum(), random.random()))
