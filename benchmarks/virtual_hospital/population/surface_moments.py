"""From the moments of real and simulated waves to a correction (``body_surface``) that makes them equal.

A linear map moves what varies more in simulated waves, or otherwise, and never makes anything larger: what varies less
is filled with personal details. What comes with a finding is told apart from how people vary: the mean of a finding
moves towards the real one as far as its persons are many, and otherwise stays as simulated. After each round the wanted
moments are moved by what is still missing in recorded simulated waves, since noise, marks and landmarks turn what a
heart makes into something a little different.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from kinds import FEWEST_PERSONS
from moments import ridge_regression, transport
from numpy.typing import NDArray

__all__ = ["Fit", "Moments", "Observed", "Space", "first_fit", "next_fit", "space_of"]

Array = NDArray[np.float64]

OUTLIER_SD = 3.5  # values beyond count as if they were there
STEP = 0.5  # share of what is missing that a round adds
SMALLEST = 1e-6  # variance, in mean variances of a component, that keeps a root invertible
LEAST_OUTSIDE = 0.0025  # of the power
BELIEVED = 10.0  # persons: a finding's simulated effect counts as much as that in so many real ones
HARDLY = 0.1  # keeps a regression solvable
REST_LEFT = 0.7  # of what real waves leave outside; the rest of it is noise


class Space(NamedTuple):
    """Components of real waves: mean and weights float64 (value,), basis float64 (value, component)."""

    mean: Array
    weights: Array
    basis: Array

    def scores(self, waves: Array) -> Array:
        """Return float64 (wave, component)."""
        scores: Array = ((waves - self.mean) * self.weights) @ self.basis
        return scores

    def outside(self, waves: Array) -> float:
        """Return the median power that no component describes."""
        weighted = (waves - self.mean) * self.weights
        return float(np.median((weighted**2).sum(1) - ((weighted @ self.basis) ** 2).sum(1)))


class Fit(NamedTuple):
    """A correction of one form of the heart, and what it was made for.

    Attributes
    ----------
    map, details : float64 (component, component)
    offset : float64 (component,)
    effects : float64 (finding, component)
    outside : float
    wanted : Moments
    """

    map: Array
    offset: Array
    details: Array
    effects: Array
    outside: float
    wanted: Moments


class Moments(NamedTuple):
    """Of scores: ``mean + findings @ effects``, and float64 (component, component) about it.

    Attributes
    ----------
    mean : float64 (component,)
        Without any finding.
    effects : float64 (finding, component)
    covariance : float64 (component, component)
    """

    mean: Array
    effects: Array
    covariance: Array


class Observed(NamedTuple):
    """Waves, float64 (wave, value), and the degrees of their findings, float64 (wave, finding)."""

    waves: Array
    findings: Array


def space_of(waves: Array, weights: Array, *, n: int) -> Space:
    """Return the first ``n`` principal components of weighted float64 (wave, value)."""
    mean = waves.mean(0)
    return Space(mean, weights, np.linalg.svd((waves - mean) * weights, full_matrices=False)[2][:n].T)


def first_fit(space: Space, real: Observed, recorded: Observed, made: Observed) -> Fit:
    """Return a fit from uncorrected waves.

    Parameters
    ----------
    space : Space
    real : Observed
    recorded, made : Observed
        Simulated waves as they were measured in an ECG, and as the heart made them.
    """
    there = _moments(space, recorded)
    wanted = _moments(space, real, expected=there.effects)
    seen = _scores(space, recorded.waves) - _scores(space, made.waves)
    wanted = wanted._replace(mean=wanted.mean - seen.mean(0), covariance=wanted.covariance - _covariance(seen))
    rest = REST_LEFT * space.outside(real.waves) - max(space.outside(recorded.waves) - space.outside(made.waves), 0.0)
    outside = float(np.sqrt(np.clip(rest / max(space.outside(made.waves), SMALLEST), LEAST_OUTSIDE, 1)))
    return _fit(space, made, wanted, outside)


def next_fit(space: Space, before: Fit, real: Observed, recorded: Observed, made: Observed) -> Fit:
    """Return a fit whose moments are nearer to the real ones; ``recorded`` are waves with the fit before."""
    reached = _moments(space, recorded)
    missing = _moments(space, real, expected=before.wanted.effects)
    wanted = Moments(
        *(old + STEP * (real_one - one) for old, real_one, one in zip(before.wanted, missing, reached, strict=True))
    )
    return _fit(space, made, wanted._replace(effects=missing.effects), before.outside)


def _fit(space: Space, made: Observed, wanted: Moments, outside: float) -> Fit:
    there = _moments(space, made)
    smallest = SMALLEST * np.trace(wanted.covariance) / len(wanted.covariance)
    wanted = wanted._replace(covariance=_at_least(wanted.covariance, smallest))
    covariance = there.covariance + smallest * np.eye(len(there.covariance))
    values, axes = np.linalg.eigh(transport(covariance, wanted.covariance))
    no_larger = (axes * np.clip(values, 0, 1)) @ axes.T
    missing, directions = np.linalg.eigh(wanted.covariance - no_larger @ covariance @ no_larger)
    return Fit(
        map=no_larger,
        offset=wanted.mean - no_larger @ there.mean,
        details=directions * np.sqrt(np.clip(missing, 0, None)),
        effects=wanted.effects - there.effects @ no_larger,
        outside=outside,
        wanted=wanted,
    )


def _moments(space: Space, observed: Observed, *, expected: Array | None = None) -> Moments:
    """Return the moments of waves.

    Parameters
    ----------
    space : Space
    observed : Observed
    expected : float64 (finding, component), optional
        Effects that count as if ``BELIEVED`` persons had shown them; of a finding in fewer than ``FEWEST_PERSONS``
        waves they are what is returned. Zero by default, and hardly counted.
    """
    scores = _scores(space, observed.waves)
    findings = observed.findings
    effects = np.zeros((findings.shape[1], scores.shape[1])) if expected is None else expected.copy()
    common = np.flatnonzero((findings > 0).sum(0) >= FEWEST_PERSONS)
    about = findings - findings.mean(0)
    rest = scores - scores.mean(0) - about @ effects
    penalty = HARDLY if expected is None else BELIEVED
    effects[common] += ridge_regression(about[:, common], rest, penalty=penalty)
    mean = scores.mean(0) - findings.mean(0) @ effects
    return Moments(mean, effects, _covariance(scores - findings @ effects))


def _scores(space: Space, waves: Array) -> Array:
    """Return scores, those of outliers nearer to the median."""
    scores = space.scores(waves)
    middle = np.median(scores, 0)
    spread = np.maximum(1.4826 * np.median(np.abs(scores - middle), 0), scores.std(0) / 2)
    return np.clip(scores, middle - OUTLIER_SD * spread, middle + OUTLIER_SD * spread)


def _covariance(scores: Array) -> Array:
    return np.atleast_2d(np.cov(scores.T))


def _at_least(covariance: Array, smallest: float) -> Array:
    values, axes = np.linalg.eigh((covariance + covariance.T) / 2)
    raised: Array = (axes * np.clip(values, smallest, None)) @ axes.T
    return raised
