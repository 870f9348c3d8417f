"""Mean and covariance of the atria's traits, moved until simulated P waves scatter as those of normal ECGs do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from aligned_beats import RealBeat
from components import Components, components_of
from heart_population import ATRIAL, NAMES, Population
from moments import moved
from numpy.typing import NDArray
from simulated_beats import simulated_p

from einthoven.simulation.heart.traits import heart_constants, trait_space

__all__ = ["with_matched_p"]

Array = NDArray[np.float64]

N_COMPONENTS, N_ROUNDS, DRAWS = 12, 14, 3
STEP, RIDGE = 0.6, 0.005
WITHIN_PERCENT = 0.5, 99.5  # of each value: what is mistaken for P lies outside
BODY_MASS_INDEX_SD, BODY_MASS_INDEX_AWAY = 4.2, 1.5
"""Of adults, kg/m^2, the latter from the index at which the heart's ``chest`` is as drawn: an assumption."""


def with_matched_p(population: Population, beats: Sequence[RealBeat]) -> Population:
    """Return a population whose P waves have mean and covariance of the beats' P waves.

    Parameters
    ----------
    population : Population
    beats : sequence of RealBeat
        Normal ones; those without P are left out.
    """
    beats = [beat for beat in beats if beat.p is not None]
    waves = np.array([beat.p.ravel() for beat in beats if beat.p is not None])
    waves = np.clip(waves, *np.percentile(waves, WITHIN_PERCENT, axis=0))
    space = components_of(waves, n=N_COMPONENTS)
    real = space.scores(waves)
    shifts = np.array([population.shift(age_years=beat.state.age_years, sex=beat.state.sex) for beat in beats])
    for number in range(N_ROUNDS):
        random = np.random.default_rng(number)
        population = _next(population, real, np.repeat(shifts, DRAWS, axis=0), space=space, random=random)
    return population


def _next(
    population: Population, real: Array, shifts: Array, *, space: Components, random: np.random.Generator
) -> Population:
    drawn = population.draw(random, len(shifts))
    scores = space.scores(np.array([simulated_p(one).ravel() for one in with_bodies(drawn + shifts, random)]))
    mean = scores.mean(0)
    traits = (drawn - population.mean)[:, ATRIAL]
    found = moved(traits - traits.mean(0), scores - mean, np.cov(real.T), step=STEP, ridge=RIDGE)
    means, covariance = population.means.copy(), population.covariance.copy()
    means[:, ATRIAL] += STEP * (real.mean(0) - mean) @ found.slope
    covariance[ATRIAL], covariance[:, ATRIAL] = 0.0, 0.0
    covariance[np.ix_(ATRIAL, ATRIAL)] = found.covariance
    return replace(population, means=means, covariance=covariance)


def with_bodies(traits: Array, random: np.random.Generator) -> Array:
    """Return float64 (person, trait): electrodes are as far away as people are heavy (``draw_traits``)."""
    index = np.clip(random.normal(BODY_MASS_INDEX_AWAY, BODY_MASS_INDEX_SD, len(traits)), -10, 15)
    chest = NAMES.index("chest")
    moved_traits = traits.copy()
    effect = heart_constants()["body"]["chest_per_body_mass_index"]
    moved_traits[:, chest] += effect * index / trait_space().spread[chest]
    return moved_traits
